package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// quoted is a TCP packet such as an ICMP error quotes, and what it tells.
func quoted(h Packet) ([]byte, Quote) {
	seg := Segment{SrcPort: 40000, DstPort: 80, Flags: ACK, Seq: 0xfffffff0, Payload: make([]byte, 1400)}
	b := make([]byte, 1500)
	n := PutTCP(b, &h, &seg)
	return b[:n], Quote{Src: h.Src, Dst: h.Dst, Proto: ProtoTCP, Len: n, SrcPort: 40000, DstPort: 80, Seq: seg.Seq}
}

// icmpMessages is a message of every kind there is in the header's version.
func icmpMessages(h Packet) []ICMP {
	pkt, q := quoted(h)
	all := []ICMP{
		{Kind: EchoRequest, ID: 0x1234, Seq: 0xfffe, Data: []byte("odd")},
		{Kind: EchoReply, ID: 1, Seq: 2},
		{Kind: Unreachable, Code: Unreach4Port, Data: pkt, Quote: q},
		{Kind: PacketTooBig, MTU: 1400, Data: pkt, Quote: q},
		{Kind: TimeExceeded, Code: 1, Data: pkt, Quote: q},
		{Kind: ParameterProblem, Data: pkt, Quote: q},
	}
	if h.Is4() {
		all[3].Code = codeFragNeeded
		all = append(all, ICMP{Kind: SourceQuench, Data: pkt, Quote: q})
	}
	return all
}

func TestICMPRoundTrip(t *testing.T) {
	for _, h := range families {
		for _, want := range icmpMessages(h) {
			b := bytes.Repeat([]byte{0xee}, 1600)
			b = b[:PutICMP(b, &h, &want)]
			var p Packet
			var got ICMP
			if r := ParseIP(b, &p); r != OK {
				t.Fatalf("%v: %v", want.Kind, r)
			}
			if r := ParseICMP(&p, &got); r != OK {
				t.Fatalf("%v: %v", want.Kind, r)
			}
			if limit := maxICMPError(h.Is4()); want.Kind.IsError() {
				if len(b) != limit {
					t.Errorf("%v: %d bytes, want %d", want.Kind, len(b), limit)
				}
				want.Data = want.Data[:len(got.Data)]
			}
			if diff := cmp.Diff(want, got, cmpAddr, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%v (-put +parsed):\n%s", want.Kind, diff)
			}
		}
	}
}

// message is the ICMP packet of the version of h with the body b, its checksum
// made right.
func message(h Packet, b ...byte) Packet {
	h.Proto = icmpProto(h.Is4())
	h.Payload = b
	if len(b) >= 4 {
		b[2], b[3] = 0, 0
		binary.BigEndian.PutUint16(b[2:], icmpSum(h.Src, h.Dst, b).Checksum())
	}
	return h
}

func TestParseICMPRefuses(t *testing.T) {
	h4, h6 := families[0], families[1]
	q4, _ := quoted(h4)
	q6, _ := quoted(h6)
	error6 := func(quote ...byte) Packet {
		return message(h6, append([]byte{1, 0, 0, 0, 0, 0, 0, 0}, quote...)...)
	}
	error4 := func(quote []byte) Packet {
		return message(h4, append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, quote...)...)
	}
	edit := func(b []byte, off int, v ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[off:], v)
		return b
	}
	wrong := message(h4, 8, 0, 0, 0, 0, 0, 0, 0)
	wrong.Payload[2] ^= 1
	swapped := message(h4, 8, 0, 0, 0, 0, 0, 0, 0)
	swapped.Proto = ProtoICMPv6
	ext := func(next byte, headers ...byte) []byte {
		return append(append(edit(q6[:40], 6, next), headers...), q6[40:]...)
	}
	for _, tt := range []struct {
		name string
		p    Packet
		want Reason
	}{
		{"no message", message(h4), ShortICMP},
		{"7 bytes", message(h4, 8, 0, 0, 0, 0, 0, 0), ShortICMP},
		{"a wrong checksum", wrong, BadICMPChecksum},
		{"ICMPv6 in IPv4", swapped, WrongICMP},
		{"no quotation", error4(nil), ShortQuote},
		{"a quotation of the IPv4 header only", error4(q4[:20]), ShortQuote},
		{"a quotation of 7 bytes of TCP", error4(q4[:27]), ShortQuote},
		{"a quotation of 8 bytes of TCP", error4(q4[:28]), OK},
		{"a quotation cut in the IPv4 options", error4(edit(q4[:28], 0, 0x4f)), ShortQuote},
		{"a quoted header length of 16", error4(edit(q4, 0, 0x44)), BadQuote},
		{"IPv6 quoted in ICMPv4", error4(q6), BadQuote},
		{"a later fragment quoted", error4(edit(q4, 6, 0, 1)), BadQuote},
		{"a first fragment quoted", error4(edit(q4, 6, 0x20, 0)), OK},
		{"UDP quoted without a byte of it", error4(edit(q4[:20], 9, ProtoUDP)), OK},

		{"IPv4 quoted in ICMPv6", error6(append(bytes.Clone(q4), make([]byte, 40)...)...), BadQuote},
		{"a quotation of 39 bytes", error6(q6[:39]...), ShortQuote},
		{"a quotation of 7 bytes of TCP in IPv6", error6(q6[:47]...), ShortQuote},
		{"a quotation of 8 bytes of TCP in IPv6", error6(q6[:48]...), OK},
		{"quoted extension headers", error6(ext(0, 60, 0, 0, 0, 0, 0, 0, 0, 44, 1, 0, 0, 0, 0, 0, 0,
			0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 1)...), OK},
		{"a later IPv6 fragment quoted", error6(ext(44, 6, 0, 0, 8, 0, 0, 0, 1)...), BadQuote},
		{"a quotation cut in the extension headers", error6(append(edit(q6[:40], 6, 0), 6, 3, 0)...), ShortQuote},
	} {
		var m ICMP
		if got := ParseICMP(&tt.p, &m); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		} else if got == OK && m.Quote.Proto == ProtoTCP && m.Quote.Seq != 0xfffffff0 {
			t.Errorf("%s: quoted sequence number %x", tt.name, m.Quote.Seq)
		}
	}
}

func TestUnknownICMPIsOther(t *testing.T) {
	for _, h := range families {
		p := message(h, 200, 0, 0, 0, 0, 0, 0, 0)
		var m ICMP
		if r := ParseICMP(&p, &m); r != OK || m.Kind != ICMPOther || m.Kind.IsError() {
			t.Errorf("type 200: %v, %v", r, m.Kind)
		}
	}
	// 4 is a source quench in ICMPv4 only.
	if k := icmpKind(false, 4, 0); k != ParameterProblem {
		t.Errorf("ICMPv6 type 4 is %v", k)
	}
}

// RFC 8201 leaves 32 bits for the MTU; one that no packet has is cut.
func TestMTUIsBounded(t *testing.T) {
	pkt, _ := quoted(families[1])
	p := message(families[1], append([]byte{2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, pkt...)...)
	var m ICMP
	if r := ParseICMP(&p, &m); r != OK || m.MTU != 65535 {
		t.Errorf("%v, MTU %d, want 65535", r, m.MTU)
	}
}

func TestICMPKindNames(t *testing.T) {
	if len(icmpKindNames) != int(SourceQuench)+1 || len(icmpv4Types) != len(icmpKindNames) || len(icmpv6Types) != len(icmpKindNames) {
		t.Error("a kind has no name or no type")
	}
	if got := fmt.Sprint(PacketTooBig, ICMPKind(99)); got != "packet too big other" {
		t.Errorf("names: %s", got)
	}
}
