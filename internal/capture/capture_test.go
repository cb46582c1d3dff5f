package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/link/tap"
)

var (
	client  = netip.MustParseAddrPort("10.0.0.1:40000")
	server  = netip.MustParseAddrPort("10.0.0.2:80")
	client6 = netip.MustParseAddrPort("[fd00::1]:40000")
	server6 = netip.MustParseAddrPort("[fd00::2]:80")
)

// packet is an IP packet with a segment that carries a text.
func packet(src, dst netip.AddrPort, text string) []byte {
	b := make([]byte, 2000)
	seg := wire.Segment{
		SrcPort: src.Port(), DstPort: dst.Port(), Flags: wire.ACK | wire.PSH, Seq: 1000, Ack: 2000, Wnd: 64,
		Opts: wire.Options{HasTS: true, TSVal: 7, TSEcr: 8}, Payload: []byte(text),
	}
	return b[:wire.PutTCP(b, &wire.Packet{Src: src.Addr(), Dst: dst.Addr(), TTL: 61, TOS: 2}, &seg)]
}

// join puts bytes written in hexadecimal, and what follows them, together.
func join(parts ...any) (out []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			out = append(out, p...)
		case string:
			var digits []byte
			for _, c := range strings.ReplaceAll(p, " ", "") {
				digits = append(digits, byte(strings.IndexRune("0123456789abcdef", c)))
			}
			for i := 0; i < len(digits); i += 2 {
				out = append(out, digits[i]<<4|digits[i+1])
			}
		}
	}
	return out
}

// decode is what a Decoder makes of a packet that was captured whole.
func decode(d Decoder, link LinkType, b []byte) (Kind, Segment) {
	var seg Segment
	kind := d.Decode(&Packet{Link: link, Data: b, Len: len(b)}, &seg)
	return kind, seg
}

const macs = "020000000001 020000000002 "

// One segment, in all that it may be wrapped in.
func TestSegmentIsFoundInEveryLinkType(t *testing.T) {
	ip4, ip6 := packet(client, server, "hello"), packet(client6, server6, "hello")
	udp := func(port uint16, b []byte) []byte {
		h := make([]byte, 8)
		binary.BigEndian.PutUint16(h[2:], port)
		binary.BigEndian.PutUint16(h[4:], uint16(8+len(b)))
		return outer(wire.ProtoUDP, append(h, b...))
	}
	for _, tt := range []struct {
		name string
		link LinkType
		b    []byte
		tag  Tag
	}{
		{name: "raw IPv4", link: LinkRaw, b: ip4},
		{name: "raw IPv6", link: LinkRaw, b: ip6},
		{name: "raw, as BSD numbers it", link: LinkRawBSD, b: ip4},
		{name: "IPv4", link: LinkIPv4, b: ip4},
		{name: "IPv6", link: LinkIPv6, b: ip6},
		{name: "loopback, little-endian", link: LinkNull, b: join("02000000", ip4)},
		{name: "loopback, big-endian", link: LinkLoop, b: join("00000002", ip4)},
		{name: "Ethernet", link: LinkEthernet, b: join(macs, "0800", ip4)},
		{name: "Ethernet, IPv6", link: LinkEthernet, b: join(macs, "86dd", ip6)},
		{name: "Ethernet, padded", link: LinkEthernet, b: join(macs, "0800", ip4, "000000000000")},
		{name: "VLAN", link: LinkEthernet, b: join(macs, "8100 2005 0800", ip4), tag: Tag{VLAN: [2]uint16{5}}},
		{name: "VLAN in VLAN", link: LinkEthernet, b: join(macs, "88a8 0007 8100 0005 0800", ip4), tag: Tag{VLAN: [2]uint16{5, 7}}},
		{name: "MPLS", link: LinkEthernet, b: join(macs, "8847 00010040 00022140", ip4), tag: Tag{Tunnel: 0x22}},
		{name: "pseudowire", link: LinkEthernet, b: join(macs, "8847 00022140 00000000", macs, "0800", ip4), tag: Tag{Tunnel: 0x22}},
		{name: "PPPoE", link: LinkEthernet, b: join(macs, "8864 11000001 0000 0021", ip4)},
		{name: "PPP", link: LinkPPP, b: join("ff03 0057", ip6)},
		{name: "PPP, compressed", link: LinkPPP, b: join("21", ip4)},
		{name: "Linux cooked", link: LinkLinuxSLL, b: join("0000 0001 0006 020000000001 0000 0800", ip4)},
		{name: "Linux cooked, version 2", link: LinkLinuxSLL2, b: join("0800 0000 00000002 0001 00 06 0200000000010000", ip4)},
		{name: "IPv4 in IPv4", link: LinkRaw, b: outer(protoIPv4, ip4)},
		{name: "IPv6 in IPv4", link: LinkRaw, b: outer(protoIPv6, ip6)},
		{name: "GRE", link: LinkRaw, b: outer(protoGRE, join("0000 0800", ip4))},
		{name: "GRE with key and sequence number", link: LinkRaw, b: outer(protoGRE, join("3000 0800 0000002a 00000001", ip4)), tag: Tag{Tunnel: 42}},
		{name: "GRE, Ethernet", link: LinkRaw, b: outer(protoGRE, join("0000 6558", macs, "0800", ip4))},
		{name: "VXLAN", link: LinkRaw, b: udp(portVXLAN, join("08000000 00002a00", macs, "0800", ip4)), tag: Tag{Tunnel: 42}},
		{name: "Geneve with an option", link: LinkRaw, b: udp(portGeneve, join("0100 6558 00002a00 00000000", macs, "0800", ip4)), tag: Tag{Tunnel: 42}},
	} {
		kind, seg := decode(Decoder{Inner: true}, tt.link, tt.b)
		if kind != TCP {
			t.Errorf("%s: kind %d", tt.name, kind)
			continue
		}
		if seg.Tag != tt.tag || seg.Src.Port() != 40000 || seg.Dst.Port() != 80 || seg.Seq != 1000 || seg.Opts.TSEcr != 8 {
			t.Errorf("%s: %+v", tt.name, seg)
		}
		if string(seg.Payload) != "hello" || seg.Len != 5 || seg.Checksum != Right || seg.TTL != 61 || seg.TOS != 2 {
			t.Errorf("%s: text %q of %d bytes, checksum %d, TTL %d, TOS %d", tt.name, seg.Payload, seg.Len, seg.Checksum, seg.TTL, seg.TOS)
		}
	}
}

// outer is an IPv4 packet of a protocol around b.
func outer(proto uint8, b []byte) []byte {
	h := make([]byte, ipv4HeaderLen, ipv4HeaderLen+len(b))
	wire.PutIP(h, &wire.Packet{
		Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"), Proto: proto,
	}, len(b))
	return append(h, b...)
}

func TestTunnelsAreLeftClosedUnlessAskedFor(t *testing.T) {
	if kind, _ := decode(Decoder{}, LinkRaw, outer(protoIPv4, packet(client, server, ""))); kind != Other {
		t.Errorf("kind %d, want Other", kind)
	}
}

// What was not captured is not made up.
func TestCutPacketsSayWhatIsMissing(t *testing.T) {
	whole := packet(client, server, "hello, world")
	for n := 1; n < len(whole); n++ {
		var seg Segment
		kind := new(Decoder).Decode(&Packet{Link: LinkRaw, Data: whole[:n], Len: len(whole)}, &seg)
		switch headers := ipv4HeaderLen + 32; {
		case n < headers && kind != Cut:
			t.Errorf("%d bytes: kind %d, want Cut", n, kind)
		case n >= headers && (kind != TCP || seg.Len != 12 || len(seg.Payload) != n-headers || seg.Checksum != Unchecked):
			t.Errorf("%d bytes: kind %d, %d of %d bytes of text, checksum %d", n, kind, len(seg.Payload), seg.Len, seg.Checksum)
		}
	}
}

func TestOddPackets(t *testing.T) {
	good := packet(client, server, "hello")
	with := func(change func(b []byte)) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want Kind
		sum  Checksum
	}{
		{"a wrong checksum", with(func(b []byte) { b[36]++ }), TCP, Wrong},
		{"a super-segment without a length", with(func(b []byte) { b[2], b[3] = 0, 0 }), TCP, Right},
		{"a later fragment", with(func(b []byte) { b[7] = 9 }), Fragment, 0},
		{"a later fragment of UDP", with(func(b []byte) { b[7], b[9] = 9, 17 }), Other, 0},
		{"UDP", with(func(b []byte) { b[9] = 17 }), Other, 0},
		{"a length beyond the packet", with(func(b []byte) { b[2] = 9 }), Malformed, 0},
		{"a header length that cannot be", with(func(b []byte) { b[0] = 0x44 }), Malformed, 0},
		{"a data offset that cannot be", with(func(b []byte) { b[32] = 0x10 }), Malformed, 0},
		{"version 5", with(func(b []byte) { b[0] = 0x55 }), Other, 0},
		{"nothing", nil, Other, 0},
	} {
		kind, seg := decode(Decoder{}, LinkRaw, tt.b)
		if kind != tt.want || kind == TCP && seg.Checksum != tt.sum {
			t.Errorf("%s: kind %d, checksum %d, want %d and %d", tt.name, kind, seg.Checksum, tt.want, tt.sum)
		}
	}
	first := with(func(b []byte) { b[6] = 0x20 })
	if kind, seg := decode(Decoder{}, LinkRaw, first); kind != TCP || !seg.Partial || seg.Checksum != Unchecked {
		t.Errorf("a first fragment: kind %d, %+v", kind, seg)
	}
}

func TestIPv6ExtensionsAreSkipped(t *testing.T) {
	whole := packet(client6, server6, "hello")
	wrap := func(first byte, ext []byte) []byte {
		b := join(whole[:ipv6HeaderLen], ext, whole[ipv6HeaderLen:])
		b[6] = first
		binary.BigEndian.PutUint16(b[4:], uint16(len(b)-ipv6HeaderLen))
		return b
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want Kind
	}{
		{"hop-by-hop", wrap(extHopByHop, join("06 00 010400000000")), TCP},
		{"routing, then destination", wrap(extRouting, join("3c 00 0400 00000000 06 00 010400000000")), TCP},
		{"authentication", wrap(extAuth, join("06 01 0000 00000001 00000001")), TCP},
		{"an atomic fragment", wrap(extFragment, join("06 00 0000 00000001")), TCP},
		{"a later fragment", wrap(extFragment, join("06 00 0008 00000001")), Fragment},
		{"an extension longer than the packet", wrap(extHopByHop, join("06 ff 010400000000")), Malformed},
	} {
		if kind, seg := decode(Decoder{}, LinkRaw, tt.b); kind != tt.want || kind == TCP && seg.Seq != 1000 {
			t.Errorf("%s: kind %d, want %d; %+v", tt.name, kind, tt.want, seg)
		}
	}
}

func TestICMPErrorsAboutSegmentsAreFound(t *testing.T) {
	quoted := packet(client, server, "hello")
	b := make([]byte, 2000)
	router := &wire.Packet{Src: netip.MustParseAddr("10.0.0.254"), Dst: client.Addr()}
	n := wire.PutICMP(b, router, &wire.ICMP{Kind: wire.Unreachable, Code: wire.Unreach4Host, Data: quoted})
	kind, seg := decode(Decoder{}, LinkRaw, b[:n])
	if q := seg.ICMP.Quote; kind != ICMPError || seg.ICMP.Kind != wire.Unreachable || q.DstPort != 80 || q.Seq != 1000 {
		t.Errorf("kind %d, %+v", kind, seg.ICMP)
	}
}

// recorded is a pcapng file with n packets.
func recorded(t testing.TB, n int) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := tap.NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		at := time.Unix(1_700_000_000, 0).Add(time.Duration(i) * time.Microsecond)
		if err := w.WritePacket(at, packet(client, server, strings.Repeat("x", i)), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// classic is a pcap file, in microseconds and little-endian.
func classic(link LinkType, packets ...[]byte) []byte {
	b := join("d4c3b2a1 02000400 00000000 00000000 ffff0000")
	b = binary.LittleEndian.AppendUint32(b, uint32(link))
	for i, p := range packets {
		for _, v := range []uint32{1_700_000_000, uint32(i), uint32(len(p)), uint32(len(p))} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		b = append(b, p...)
	}
	return b
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func zstandard(b []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(b, nil)
}

// readAll reads a file to its end, and checks what all packets have.
func readAll(t testing.TB, file []byte) (segs []Segment, err error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var d Decoder
	for n := 1; ; n++ {
		var p Packet
		if err := r.Next(&p); err != nil {
			return segs, err
		}
		if p.N != n || p.Len < len(p.Data) {
			t.Fatalf("packet %d has number %d, %d bytes of %d", n, p.N, len(p.Data), p.Len)
		}
		var seg Segment
		if d.Decode(&p, &seg) == TCP {
			segs = append(segs, seg)
		}
	}
}

func TestEveryFormatGivesItsPackets(t *testing.T) {
	ng := recorded(t, 10)
	var packets [][]byte
	for i := range 10 {
		packets = append(packets, packet(client, server, strings.Repeat("x", i)))
	}
	pcap := classic(LinkRaw, packets...)
	for name, file := range map[string][]byte{
		"pcapng": ng, "pcapng.gz": gzipped(ng), "pcapng.zst": zstandard(ng),
		"pcap": pcap, "pcap.gz": gzipped(pcap), "pcap.zst": zstandard(pcap),
	} {
		segs, err := readAll(t, file)
		if err != io.EOF || len(segs) != 10 {
			t.Errorf("%s: %d segments, then %v", name, len(segs), err)
			continue
		}
		for i, seg := range segs {
			if seg.Len != i || seg.Src != client {
				t.Errorf("%s: segment %d is %+v", name, i, seg)
			}
		}
	}
}

func TestDamagedFilesGiveWhatIsBeforeTheDamage(t *testing.T) {
	file := recorded(t, 10)
	segs, err := readAll(t, file[:len(file)-70])
	if len(segs) != 9 || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "packet 10") {
		t.Errorf("%d segments, then %v", len(segs), err)
	}
}

func TestFilesThatAreNoCapture(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty": nil, "text": []byte("hello, world"), "short": {0x0a}, "gzip of text": gzipped([]byte("hello, world")),
		"half a head": classic(LinkRaw)[:20], "bad gzip": {0x1f, 0x8b, 0, 0},
	} {
		if _, err := readAll(t, file); err == nil || err == io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
}
