package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
)

// What ends exactly where it may is good: options, extension headers, fragments
// and quotations that fill their room to the last byte.
func TestWhatJustFitsIsTaken(t *testing.T) {
	for _, tt := range []struct {
		name string
		pkt  []byte
		want Reason
	}{
		{"an IPv4 option of two bytes at the end of the header", ipv4With([]byte{ipOptNop, ipOptNop, 130, 2}), OK},
		{"an IPv4 option that goes on beyond the header", ipv4With([]byte{ipOptNop, ipOptNop, 130, 3}), BadIPOption},
		{"an IPv4 option without its length", ipv4With([]byte{ipOptNop, ipOptNop, ipOptNop, 130}), BadIPOption},
		{"an empty IPv6 option at the end of its header", ipv6With(extDestination, []byte{59, 0, 1, 2, 0, 0, 1, 0}), OK},
		{"an IPv6 option that goes on beyond its header", ipv6With(extDestination, []byte{59, 0, 1, 2, 0, 0, 1, 1}), BadExtension},
		{"an atomic fragment of nothing", ipv6With(extFragment, []byte{59, 0, 0, 0, 0, 0, 0, 1}), OK},
		{"a fragment header that is cut", ipv6With(extFragment, []byte{59, 0, 0, 0, 0, 0, 0}), BadExtension},
		{"the last fragment of the longest packet", ipv4Fragment(65528, 7), OK},
		{"a fragment beyond the longest packet", ipv4Fragment(65528, 8), BadFragment},
	} {
		var p Packet
		if got := ParseIP(tt.pkt, &p); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// ipv4With is an IPv4 packet of nothing but options.
func ipv4With(options []byte) []byte {
	b := make([]byte, 100)
	n := PutIP(b, &Packet{Src: families[0].Src, Dst: families[0].Dst, Proto: ProtoUDP}, 0)
	b = append(b[:n:n], options...)
	b[0] += byte(len(options) / 4)
	return ipv4Mend(b)
}

// ipv4Fragment is the last fragment of a packet.
func ipv4Fragment(off, n int) []byte {
	b := make([]byte, 100)
	b = b[:PutIP(b, &Packet{Src: families[0].Src, Dst: families[0].Dst, Proto: ProtoUDP}, n)+n]
	binary.BigEndian.PutUint16(b[6:], uint16(off/8))
	return ipv4Mend(b)
}

// ipv4Mend makes length and checksum of an IPv4 header right.
func ipv4Mend(b []byte) []byte {
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	binary.BigEndian.PutUint16(b[10:], 0)
	binary.BigEndian.PutUint16(b[10:], Sum{}.Add(b[:int(b[0]&0xf)*4]).Checksum())
	return b
}

// ipv6With is an IPv6 packet of one extension header.
func ipv6With(next byte, header []byte) []byte {
	b := make([]byte, 100)
	n := PutIP(b, &Packet{Src: families[1].Src, Dst: families[1].Dst, Proto: ProtoUDP}, len(header))
	b[6] = next
	return append(b[:n:n], header...)
}

// A quoted IPv6 packet may have extension headers of any length before TCP, and may
// end with any of them.
func TestQuoteHasExtensionHeaders(t *testing.T) {
	bare := ipv6With(59, nil)
	tcp := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	hop := func(next byte) []byte { return slices.Concat([]byte{next, 1}, make([]byte, 14)) } // 16 bytes
	for _, tt := range []struct {
		name  string
		next  byte
		after []byte
		want  Reason
	}{
		{"nothing after the header", 59, nil, OK},
		{"a long extension header before TCP", extHopByHop, slices.Concat(hop(ProtoTCP), tcp), OK},
		{"two of them", extDestination, slices.Concat(hop(extRouting), hop(ProtoTCP), tcp), OK},
		{"one that ends the quotation", extHopByHop, hop(59), OK},
		{"one that is cut", extHopByHop, hop(59)[:15], ShortQuote},
		{"a first fragment", extFragment, slices.Concat([]byte{ProtoTCP, 0, 0, 1, 0, 0, 0, 9}, tcp), OK},
		{"a later fragment, cut", extFragment, []byte{ProtoTCP, 0, 0, 8}, BadQuote},
		{"a later fragment", extFragment, slices.Concat([]byte{ProtoTCP, 0, 0, 8, 0, 0, 0, 9}, tcp), BadQuote},
	} {
		b := slices.Concat(bare, tt.after)
		b[6] = tt.next
		var q Quote
		if got := q.parse(false, b); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if tt.want == OK && q.Proto == ProtoTCP && (q.SrcPort != 0x0102 || q.Seq != 0x05060708) {
			t.Errorf("%s: port %#x, sequence number %#x", tt.name, q.SrcPort, q.Seq)
		}
	}
}

// Values that are nothing have a name too.
func TestNamesOutOfRange(t *testing.T) {
	if got := ICMPKind(len(icmpKindNames)).String(); got != "other" {
		t.Errorf("a kind that does not exist is called %q", got)
	}
	if got, want := Reason(NumReasons).String(), fmt.Sprintf("Reason(%d)", NumReasons); got != want {
		t.Errorf("a reason that does not exist is called %q, want %q", got, want)
	}
}
