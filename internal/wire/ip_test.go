package wire

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var cmpAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// packet4 is an IPv4 packet with the options and payload, changed by edit, with
// a right header checksum after that.
func packet4(options, payload []byte, edit func(b []byte)) []byte {
	b := make([]byte, 20, 100)
	PutIP(b, &Packet{Src: a4, Dst: b4, Proto: ProtoTCP}, len(options)+len(payload))
	b = append(append(b, options...), payload...)
	b[0] = 0x40 | byte(5+len(options)/4)
	if edit != nil {
		edit(b)
	}
	fixHeaderChecksum(b)
	return b
}

// packet6 is an IPv6 packet whose first next header is proto.
func packet6(proto uint8, rest ...byte) []byte {
	b := make([]byte, 40, 100)
	PutIP(b, &Packet{Src: a6, Dst: b6, Proto: proto}, len(rest))
	return append(b, rest...)
}

func TestParseIPRefuses(t *testing.T) {
	eight := make([]byte, 8)
	frag4 := func(word uint16) func(b []byte) {
		return func(b []byte) { binary.BigEndian.PutUint16(b[6:], word) }
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want Reason
	}{
		{"nothing", nil, ShortIP},
		{"version 5", []byte{0x50}, BadVersion},
		{"version 0", make([]byte, 40), BadVersion},

		{"IPv4 of 19 bytes", packet4(nil, nil, nil)[:19], ShortIP},
		{"IPv4 header length 4", packet4(nil, eight, func(b []byte) { b[0] = 0x44 }), BadHeaderLen},
		{"IPv4 header past the end", packet4(nil, nil, func(b []byte) { b[0] = 0x46 }), ShortIP},
		{"IPv4 total length under the header", packet4(nil, nil, func(b []byte) { b[3] = 19 }), BadTotalLen},
		{"IPv4 cut off", packet4(nil, eight, nil)[:27], BadTotalLen},
		{"IPv4 header checksum", append([]byte{0x45, 1}, packet4(nil, nil, nil)[2:]...), BadHeaderChecksum},
		{"IPv4 loose source route", packet4([]byte{1, 131, 3, 4}, nil, nil), SourceRouted},
		{"IPv4 strict source route", packet4([]byte{137, 3, 4, 0}, nil, nil), SourceRouted},
		{"IPv4 option length zero", packet4([]byte{7, 0, 0, 0}, nil, nil), BadIPOption},
		{"IPv4 option past the header", packet4([]byte{7, 5, 0, 0}, eight, nil), BadIPOption},
		{"IPv4 option without length", packet4([]byte{1, 1, 1, 7}, eight, nil), BadIPOption},
		{"IPv4 fragment past 65,535", packet4(nil, eight, frag4(0x1fff)), BadFragment},
		{"IPv4 fragment of 7 bytes before another", packet4(nil, eight[:7], frag4(flagMF)), BadFragment},
		{"IPv4 fragment of nothing", packet4(nil, nil, frag4(2)), BadFragment},

		{"IPv6 of 39 bytes", packet6(ProtoTCP)[:39], ShortIP},
		{"IPv6 cut off", packet6(ProtoTCP, eight...)[:47], BadTotalLen},
		{"IPv6 hop-by-hop cut off", packet6(0, 6, 0, 1, 4, 0, 0, 0), BadExtension},
		{"IPv6 hop-by-hop longer than the packet", packet6(0, 6, 1, 1, 4, 0, 0, 0, 0), BadExtension},
		{"IPv6 hop-by-hop twice", packet6(0, 0, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0), BadExtension},
		{"IPv6 option past its header", packet6(60, 6, 0, 1, 5, 0, 0, 0, 0), BadExtension},
		{"IPv6 option without length", packet6(60, 6, 0, 1, 3, 0, 0, 0, 5), BadExtension},
		{"IPv6 option not to be skipped", packet6(60, 6, 0, 0x81, 4, 0, 0, 0, 0), UnknownExtension},
		{"IPv6 jumbo payload", packet6(0, 6, 0, 0xc2, 4, 0, 1, 0, 0), UnknownExtension},
		{"IPv6 routing type 0", packet6(43, 6, 0, 0, 0, 0, 0, 0, 0), SourceRouted},
		{"IPv6 routing with segments left", packet6(43, 6, 0, 2, 1, 0, 0, 0, 0), SourceRouted},
		{"IPv6 routing cut off", packet6(43, 6, 0), BadExtension},
		{"IPv6 fragment header cut off", packet6(44, 6, 0, 0, 1), BadExtension},
		{"IPv6 fragment of 7 bytes before another", packet6(44, append([]byte{6, 0, 0, 1, 0, 0, 0, 1}, eight[:7]...)...), BadFragment},
		{"IPv6 fragment past 65,535", packet6(44, append([]byte{6, 0, 0xff, 0xf8, 0, 0, 0, 1}, eight...)...), BadFragment},
	} {
		var p Packet
		if got := ParseIP(tt.b, &p); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// MUST-50: options that mean nothing to us change nothing.
func TestIPOptionsAndExtensionsAreSkipped(t *testing.T) {
	payload := []byte("payload!")
	ext := func(proto uint8, headers ...byte) []byte { return packet6(proto, append(headers, payload...)...) }
	for _, tt := range []struct {
		name string
		b    []byte
	}{
		{"IPv4 without options", packet4(nil, payload, nil)},
		{"IPv4 router alert and end", packet4([]byte{1, 148, 4, 0, 0, 0, 0xff, 0xff}, payload, nil)},
		{"IPv4 reserved bit", packet4(nil, payload, func(b []byte) { b[6] |= 0x80 })},
		{"IPv4 padding of the link", append(packet4(nil, payload, nil), 0, 0, 0)},
		{"IPv6 without extensions", ext(6)},
		{"IPv6 padding of the link", append(ext(6), 0, 0, 0)},
		{"IPv6 hop-by-hop with a router alert", ext(0, 6, 0, 5, 2, 0, 0, 0, 0)},
		{"IPv6 destination options of 16 bytes", ext(60, 6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"IPv6 routing type 2 at its end", ext(43, 6, 0, 2, 0, 0, 0, 0, 0)},
		{"IPv6 atomic fragment", ext(44, 6, 0, 0, 0, 0, 0, 0, 9)},
		{"IPv6 chain", ext(0, 60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 1, 4, 0, 0, 0, 0, 6, 0, 4, 0, 0, 0, 0, 0)},
	} {
		var p Packet
		r := ParseIP(tt.b, &p)
		if r != OK || p.Proto != ProtoTCP || p.IsFragment() || !bytes.Equal(p.Payload, payload) {
			t.Errorf("%s: %v, %+v", tt.name, r, p)
		}
	}
}

// The payload's capacity ends with it, so that appending to it cannot reach
// the next packet of the buffer.
func TestPayloadIsClosed(t *testing.T) {
	for _, b := range [][]byte{packet4(nil, []byte("x"), nil), packet6(6, 'x')} {
		var p Packet
		if r := ParseIP(append(b, 1, 2, 3), &p); r != OK || cap(p.Payload) != 1 {
			t.Errorf("%v, capacity %d, want 1", r, cap(p.Payload))
		}
	}
}

func TestPutIPRoundTrip(t *testing.T) {
	payload := make([]byte, 16)
	for _, want := range []Packet{
		{Src: a4, Dst: b4, Proto: ProtoUDP, TTL: 1, TOS: 0xb9, ID: 0xffff, DF: true},
		{Src: a4, Dst: b4, Proto: ProtoTCP, TTL: 255, ID: 1, MF: true},
		{Src: a4, Dst: b4, Proto: ProtoTCP, TTL: 9, FragOff: 65512},
		{Src: a6, Dst: b6, Proto: ProtoTCP, TTL: 1, TOS: 0xb9},
		{Src: a6, Dst: b6, Proto: ProtoTCP, TTL: 255, ID: 1 << 31, MF: true, FragOff: 8},
		{Src: a6, Dst: b6, Proto: 59, TTL: 9, ID: 7, FragOff: 65512},
	} {
		want.Payload = payload
		b := bytes.Repeat([]byte{0xee}, 64)
		n := PutIP(b, &want, len(payload))
		if n != want.HeaderLen() {
			t.Errorf("PutIP returns %d, HeaderLen is %d", n, want.HeaderLen())
		}
		copy(b[n:], payload)
		var got Packet
		if r := ParseIP(b, &got); r != OK {
			t.Errorf("%+v: %v", want, r)
		}
		if diff := cmp.Diff(want, got, cmpAddr, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-put +parsed):\n%s", diff)
		}
	}
}

func TestDefaultTTL(t *testing.T) {
	for _, h := range families {
		var b [40]byte
		var p Packet
		h.Proto = ProtoTCP
		PutIP(b[:], &h, 0)
		if r := ParseIP(b[:], &p); r != OK || p.TTL != DefaultTTL {
			t.Errorf("%v, TTL %d, want %d", r, p.TTL, DefaultTTL)
		}
	}
}

// MUST-57, MUST-63.
func TestIsUnicast(t *testing.T) {
	for s, want := range map[string]bool{
		"10.0.0.1": true, "127.0.0.1": true, "2001:db8::1": true, "fe80::1": true, "::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "239.255.255.255": false,
		"255.255.255.255": false, "::": false, "ff02::1": false, "::ffff:10.0.0.1": false,
	} {
		if got := IsUnicast(netip.MustParseAddr(s)); got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
	if IsUnicast(netip.Addr{}) {
		t.Error("the zero Addr is unicast")
	}
}
