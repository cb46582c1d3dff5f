package wire

import (
	"bytes"
	"encoding/binary"
	"net"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"pgregory.net/rapid"
)

// decode is the packet b as gopacket sees it.
func decode(t rapid.TB, b []byte) gopacket.Packet {
	t.Helper()
	first := layers.LayerTypeIPv6
	if b[0]>>4 == 4 {
		first = layers.LayerTypeIPv4
	}
	pkt := gopacket.NewPacket(b, first, gopacket.DecodeStreamsAsDatagrams)
	if e := pkt.ErrorLayer(); e != nil {
		t.Fatalf("gopacket: %v", e.Error())
	}
	for _, layer := range pkt.Layers() {
		if l, ok := layer.(interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}); ok {
			if err := l.SetNetworkLayerForChecksum(pkt.NetworkLayer()); err != nil {
				t.Fatal(err)
			}
		}
	}
	err, mismatches := pkt.VerifyChecksums()
	if err != nil || len(mismatches) > 0 {
		t.Fatalf("gopacket finds wrong checksums: %v %v", err, mismatches)
	}
	return pkt
}

// gopacketFlags is the flags that gopacket found.
func gopacketFlags(tcp *layers.TCP) (f Flags) {
	for i, set := range []bool{tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG, tcp.ECE, tcp.CWR, tcp.NS} {
		if set {
			f |= 1 << i
		}
	}
	return f
}

// gopacketOptions is the options that gopacket found, as ours.
func gopacketOptions(tcp *layers.TCP) (o Options) {
	for _, opt := range tcp.Options {
		if opt.OptionType > optNop {
			o.take(uint8(opt.OptionType), opt.OptionData)
		}
	}
	return o
}

func TestGopacketParsesWhatWePut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, want := drawHeader(t), drawSegment(t)
		b := make([]byte, 400)
		pkt := decode(t, b[:PutTCP(b, &h, &want)])
		tcp, ok := pkt.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if !ok {
			t.Fatalf("no TCP layer in %v", pkt)
		}
		got := Segment{
			SrcPort: uint16(tcp.SrcPort), DstPort: uint16(tcp.DstPort), Flags: gopacketFlags(tcp),
			Seq: want.Seq, Ack: want.Ack, Wnd: tcp.Window, Up: tcp.Urgent,
			Opts: gopacketOptions(tcp), Payload: tcp.Payload,
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("segment (-ours +gopacket's):\n%s", diff)
		}
		if tcp.Seq != uint32(want.Seq) || tcp.Ack != uint32(want.Ack) {
			t.Fatalf("seq %d ack %d, want %d %d", tcp.Seq, tcp.Ack, want.Seq, want.Ack)
		}
		checkNetwork(t, pkt, h)
	})
}

// checkNetwork compares gopacket's reading of the IP header with what was put.
func checkNetwork(t rapid.TB, pkt gopacket.Packet, want Packet) {
	t.Helper()
	same := false
	switch ip := pkt.NetworkLayer().(type) {
	case *layers.IPv4:
		same = ip.TTL == want.TTL && ip.TOS == want.TOS && uint32(ip.Id) == want.ID &&
			ip.Flags == layers.IPv4DontFragment && ip.SrcIP.Equal(want.Src.AsSlice()) && ip.DstIP.Equal(want.Dst.AsSlice())
	case *layers.IPv6:
		same = ip.HopLimit == want.TTL && ip.TrafficClass == want.TOS && ip.FlowLabel == 0 &&
			ip.SrcIP.Equal(want.Src.AsSlice()) && ip.DstIP.Equal(want.Dst.AsSlice())
	}
	if !same {
		t.Fatalf("gopacket reads %v, put was %+v", pkt.NetworkLayer(), want)
	}
}

// serialize is the packet that gopacket makes of the layers, with its lengths
// and checksums.
func serialize(t rapid.TB, all ...gopacket.SerializableLayer) []byte {
	t.Helper()
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, all...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// network is gopacket's layer for the header h.
func network(h Packet, proto layers.IPProtocol) interface {
	gopacket.SerializableLayer
	gopacket.NetworkLayer
} {
	src, dst := net.IP(h.Src.AsSlice()), net.IP(h.Dst.AsSlice())
	if h.Is4() {
		return &layers.IPv4{Version: 4, SrcIP: src, DstIP: dst, Protocol: proto, TTL: h.TTL, TOS: h.TOS, Id: uint16(h.ID)}
	}
	return &layers.IPv6{Version: 6, SrcIP: src, DstIP: dst, NextHeader: proto, HopLimit: h.TTL, TrafficClass: h.TOS}
}

// optionList is the options of o for gopacket, each with a NOP before it, so
// that they are at another alignment than ours.
func optionList(o Options) (list []layers.TCPOption) {
	add := func(kind layers.TCPOptionKind, data ...byte) {
		list = append(list, layers.TCPOption{OptionType: optNop, OptionLength: 1},
			layers.TCPOption{OptionType: kind, OptionLength: uint8(2 + len(data)), OptionData: data})
	}
	be := binary.BigEndian
	if o.HasTS {
		add(optTimestamp, be.AppendUint32(be.AppendUint32(nil, o.TSVal), o.TSEcr)...)
	}
	if o.HasWScale {
		add(optWScale, o.WScale)
	}
	if o.SACKOK {
		add(optSACKOK)
	}
	if o.MSS != 0 {
		add(optMSS, be.AppendUint16(nil, o.MSS)...)
	}
	return list
}

func TestWeParseWhatGopacketSerialises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, want := drawHeader(t), drawSegment(t)
		want.Opts.NSACK, want.Opts.SACK = 0, [4]SACKBlock{}
		ip := network(h, layers.IPProtocolTCP)
		f := func(bit Flags) bool { return want.Has(bit) }
		tcp := &layers.TCP{
			SrcPort: layers.TCPPort(want.SrcPort), DstPort: layers.TCPPort(want.DstPort),
			Seq: uint32(want.Seq), Ack: uint32(want.Ack), Window: want.Wnd, Urgent: want.Up,
			FIN: f(FIN), SYN: f(SYN), RST: f(RST), PSH: f(PSH), ACK: f(ACK), URG: f(URG), ECE: f(ECE), CWR: f(CWR), NS: f(AE),
			Options: optionList(want.Opts),
		}
		if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		p, got := mustParse(t, serialize(t, ip, tcp, gopacket.Payload(want.Payload)))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("segment (-gopacket's +ours):\n%s", diff)
		}
		if p.Src != h.Src || p.Dst != h.Dst || p.TTL != h.TTL || p.TOS != h.TOS || p.ID != h.ID {
			t.Fatalf("header %+v, want %+v", p, h)
		}
	})
}

func TestGopacketParsesOurICMP(t *testing.T) {
	for _, h := range families {
		for _, m := range icmpMessages(h) {
			b := make([]byte, 1600)
			pkt := decode(t, b[:PutICMP(b, &h, &m)])
			kind, code := uint8(0), uint8(0)
			if v4, ok := pkt.Layer(layers.LayerTypeICMPv4).(*layers.ICMPv4); ok {
				kind, code = v4.TypeCode.Type(), v4.TypeCode.Code()
			} else if v6, ok := pkt.Layer(layers.LayerTypeICMPv6).(*layers.ICMPv6); ok {
				kind, code = v6.TypeCode.Type(), v6.TypeCode.Code()
			}
			if kind != icmpType(h.Is4(), m.Kind) || code != m.Code {
				t.Errorf("%v: gopacket reads type %d code %d", m.Kind, kind, code)
			}
		}
	}
}

func TestWeParseGopacketsPing(t *testing.T) {
	h := families[0]
	b := serialize(t, network(h, layers.IPProtocolICMPv4),
		&layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: 7, Seq: 9}, gopacket.Payload("ping"))
	var p Packet
	var m ICMP
	if r := ParseIP(b, &p); r != OK {
		t.Fatal(r)
	}
	if r := ParseICMP(&p, &m); r != OK || m.Kind != EchoRequest || m.ID != 7 || m.Seq != 9 || !bytes.Equal(m.Data, []byte("ping")) {
		t.Errorf("%v, %+v", r, m)
	}
	if !slices.Equal(p.Src.AsSlice(), h.Src.AsSlice()) {
		t.Errorf("source %v", p.Src)
	}
}
