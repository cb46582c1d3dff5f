package wire

import (
	"encoding/binary"
	"net/netip"

	"github.com/lastack/lastack/internal/seq"
)

// An ICMPKind is what an ICMP or ICMPv6 message is, whichever of the two it is.
type ICMPKind uint8

// The kinds of ICMP messages.
const (
	ICMPOther        ICMPKind = iota // none of the others; only parsed, never written
	EchoRequest                      // ID, Seq, Data
	EchoReply                        // ID, Seq, Data
	Unreachable                      // Code, Data, Quote
	PacketTooBig                     // MTU, Data, Quote; in ICMPv4 "fragmentation needed"
	TimeExceeded                     // Code, Data, Quote
	ParameterProblem                 // Code, Data, Quote
	SourceQuench                     // Data, Quote; ICMPv4 only, to be ignored (RFC 6633)
)

var icmpKindNames = [...]string{
	"other", "echo request", "echo reply", "unreachable", "packet too big",
	"time exceeded", "parameter problem", "source quench",
}

// String is the kind in words.
func (k ICMPKind) String() string {
	if int(k) < len(icmpKindNames) {
		return icmpKindNames[k]
	}
	return icmpKindNames[ICMPOther]
}

// IsError reports whether messages of this kind quote a packet.
func (k ICMPKind) IsError() bool { return k >= Unreachable && k <= SourceQuench }

// The codes of an ICMPv4 Unreachable (RFC 792, RFC 1122 §3.2.2.1, RFC 1812
// §5.2.7.1). Fragmentation needed is not among them: see PacketTooBig.
const (
	Unreach4Net            = 0
	Unreach4Host           = 1
	Unreach4Protocol       = 2
	Unreach4Port           = 3
	Unreach4SourceRoute    = 5
	Unreach4NetUnknown     = 6
	Unreach4HostUnknown    = 7
	Unreach4NetProhibited  = 9
	Unreach4HostProhibited = 10
	Unreach4Prohibited     = 13
)

// The codes of an ICMPv6 Unreachable (RFC 4443 §3.1).
const (
	Unreach6NoRoute    = 0
	Unreach6Prohibited = 1
	Unreach6Address    = 3
	Unreach6Port       = 4
)

// An ICMP is an ICMP or ICMPv6 message.
type ICMP struct {
	Kind    ICMPKind
	Code    uint8
	ID, Seq uint16 // of an echo
	MTU     int    // of the next hop, in bytes, at most 65,535; 0: the router did not say
	Data    []byte // borrowed: of an echo, or the packet that an error is about, from its start
	Quote   Quote  // what Data says, if the message is an error; not looked at in writing
}

// A Quote is what an ICMP error tells of the packet that it is about.
type Quote struct {
	Src, Dst         netip.Addr
	Proto            uint8
	Len              int     // the packet's length in bytes, as its header has it
	SrcPort, DstPort uint16  // of TCP
	Seq              seq.Num // of TCP: SEG.SEQ
}

const icmpHeaderLen = 8

// codeFragNeeded is the code of the ICMPv4 Unreachable that is a PacketTooBig.
const codeFragNeeded = 4

// The longest errors, in bytes with the IP header (RFC 1812 §4.3.2.3, RFC 4443
// §2.4).
const (
	maxICMPv4Error = 576
	maxICMPv6Error = 1280
)

// The types of the messages in the two protocols, by kind; -1: there is none.
var (
	icmpv4Types = [...]int16{-1, 8, 0, 3, 3, 11, 12, 4}
	icmpv6Types = [...]int16{-1, 128, 129, 1, 2, 3, 4, -1}
)

// ParseICMP parses and validates the ICMP or ICMPv6 message in p, which must
// not be a fragment. If the result is not OK, m is not to be used. A message
// of a type that is not known is ICMPOther.
func ParseICMP(p *Packet, m *ICMP) Reason {
	b := p.Payload
	switch {
	case p.Proto != icmpProto(p.Is4()):
		return WrongICMP
	case len(b) < icmpHeaderLen:
		return ShortICMP
	case icmpSum(p.Src, p.Dst, b).Uint16() != 0xffff:
		return BadICMPChecksum
	}
	*m = ICMP{Kind: icmpKind(p.Is4(), b[0], b[1]), Code: b[1], Data: b[icmpHeaderLen:]}
	switch {
	case m.Kind == EchoRequest || m.Kind == EchoReply:
		m.ID = binary.BigEndian.Uint16(b[4:])
		m.Seq = binary.BigEndian.Uint16(b[6:])
	case m.Kind == PacketTooBig && p.Is4():
		m.MTU = int(binary.BigEndian.Uint16(b[6:])) // RFC 1191 §4
	case m.Kind == PacketTooBig:
		m.MTU = int(min(binary.BigEndian.Uint32(b[4:]), 65535))
	}
	if m.Kind.IsError() {
		return m.Quote.parse(p.Is4(), m.Data)
	}
	return OK
}

// PutICMP writes a whole packet to b: the IP header of p, then the message m,
// with their checksums. It returns the packet's length, for which b must have
// room. Src, Dst, TTL, TOS and ID are taken from p. The quotation of an error
// is cut to what the error may hold.
func PutICMP(b []byte, p *Packet, m *ICMP) int {
	h := Packet{Src: p.Src, Dst: p.Dst, Proto: icmpProto(p.Is4()), TTL: p.TTL, TOS: p.TOS, ID: p.ID}
	off := h.HeaderLen()
	data := m.Data
	if m.Kind.IsError() {
		data = data[:min(len(data), maxICMPError(h.Is4())-off-icmpHeaderLen)]
	}
	n := icmpHeaderLen + len(data)
	msg := b[off : off+n]
	m.putHeader(msg, h.Is4())
	copy(msg[icmpHeaderLen:], data)
	binary.BigEndian.PutUint16(msg[2:], icmpSum(h.Src, h.Dst, msg).Checksum())
	return PutIP(b, &h, n) + n
}

// putHeader writes the eight bytes of m's header, with a checksum of zero.
func (m *ICMP) putHeader(b []byte, is4 bool) {
	b[0], b[1] = icmpType(is4, m.Kind), m.Code
	clear(b[2:icmpHeaderLen])
	switch {
	case m.Kind == EchoRequest || m.Kind == EchoReply:
		binary.BigEndian.PutUint16(b[4:], m.ID)
		binary.BigEndian.PutUint16(b[6:], m.Seq)
	case m.Kind == PacketTooBig && is4:
		b[1] = codeFragNeeded
		binary.BigEndian.PutUint16(b[6:], uint16(m.MTU))
	case m.Kind == PacketTooBig:
		b[1] = 0
		binary.BigEndian.PutUint32(b[4:], uint32(m.MTU))
	}
}

func icmpProto(is4 bool) uint8 {
	if is4 {
		return ProtoICMP
	}
	return ProtoICMPv6
}

func maxICMPError(is4 bool) int {
	if is4 {
		return maxICMPv4Error
	}
	return maxICMPv6Error
}

// icmpSum is the sum of the message b; ICMPv6's has a pseudo-header before it.
func icmpSum(src, dst netip.Addr, b []byte) Sum {
	if src.Is4() {
		return Sum{}.Add(b)
	}
	return PseudoSum(src, dst, ProtoICMPv6, len(b)).Add(b)
}

// icmpKind is the kind of a message by its type and code.
func icmpKind(is4 bool, typ, code uint8) ICMPKind {
	types := &icmpv6Types
	if is4 {
		types = &icmpv4Types
		if typ == 3 && code == codeFragNeeded {
			return PacketTooBig
		}
	}
	for k, t := range types {
		if t == int16(typ) {
			return ICMPKind(k)
		}
	}
	return ICMPOther
}

// icmpType is the type of messages of kind k.
func icmpType(is4 bool, k ICMPKind) uint8 {
	types := &icmpv6Types
	if is4 {
		types = &icmpv4Types
	}
	if types[k] < 0 {
		panic("BUG: no such ICMP message: " + k.String())
	}
	return uint8(types[k])
}
