// Package wire is TCP, IPv4, IPv6 and ICMP as they stand in packets: parsed,
// validated values on one side, bytes on the other.
package wire

import "github.com/lastack/lastack/internal/seq"

// Flags is the control bits of a TCP header (§3.1), with AE (RFC 9768) as the
// ninth.
type Flags uint16

// The control bits.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// String is the flags in packetdrill's letters: "S" is SYN, "." is ACK, so "S."
// is SYN,ACK; "-" is none.
func (f Flags) String() string {
	out := ""
	for i, letter := range "FSRP" {
		if f&(1<<i) != 0 {
			out += string(letter)
		}
	}
	for _, l := range []struct {
		f Flags
		s string
	}{{URG, "U"}, {ECE, "E"}, {CWR, "W"}, {AE, "A"}, {ACK, "."}} {
		if f&l.f != 0 {
			out += l.s
		}
	}
	if out == "" {
		return "-"
	}
	return out
}

// A Segment is a TCP segment: what parsing yields, what package tcp takes, and
// what emitting fills. Everything in it has been validated as far as it can be
// without a connection.
type Segment struct {
	SrcPort, DstPort uint16
	Flags            Flags
	Seq              seq.Num // SEG.SEQ
	Ack              seq.Num // SEG.ACK, meaningful with the ACK bit
	Wnd              uint16  // the header's window field: unsigned (MUST-1), not scaled
	Up               uint16  // the urgent pointer, meaningful with the URG bit
	ECN              ECN     // of the packet that the segment comes in
	Opts             Options
	Payload          []byte // borrowed: whoever keeps it copies it
}

// Has reports whether any of the flags is set.
func (s *Segment) Has(f Flags) bool { return s.Flags&f != 0 }

// Len is SEG.LEN: the sequence numbers that the segment occupies, counting SYN
// and FIN (§3.4).
func (s *Segment) Len() uint32 {
	n := uint32(len(s.Payload))
	if s.Has(SYN) {
		n++
	}
	if s.Has(FIN) {
		n++
	}
	return n
}

// End is the sequence number after the segment: SEG.SEQ+SEG.LEN.
func (s *Segment) End() seq.Num { return s.Seq + seq.Num(s.Len()) }

// Options is the TCP options of a segment that this stack knows (§3.2, RFC
// 7323, RFC 2018, RFC 5482).
type Options struct {
	MSS         uint16 // 0: absent
	HasWScale   bool
	WScale      uint8 // the shift count, at most 14
	SACKOK      bool  // SACK-permitted
	HasTS       bool
	TSVal       uint32
	TSEcr       uint32
	UserTimeout uint32 // in seconds; 0: absent (RFC 5482)
	HasFO       bool   // fast open: a cookie, or, if FO is empty, the wish for one (RFC 7413)
	FO          Cookie
	NSACK       uint8 // how many of SACK are used
	SACK        [4]SACKBlock
}

// A Cookie is a fast open cookie: what a server gives a client to show that it has
// received something at its address before (RFC 7413 §3). Its zero value is none.
type Cookie struct {
	N uint8 // its length in bytes: 0, or an even number from 4 to 16
	B [16]byte
}

// A SACKBlock is a stretch of received sequence numbers, Left =< n < Right.
type SACKBlock struct{ Left, Right seq.Num }
