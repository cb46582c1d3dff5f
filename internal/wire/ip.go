package wire

import (
	"encoding/binary"
	"net/netip"
)

// IP protocol numbers, in Packet.Proto.
const (
	ProtoICMP   = 1
	ProtoTCP    = 6
	ProtoUDP    = 17
	ProtoICMPv6 = 58
)

// DefaultTTL is the time to live, in hops, of a packet whose TTL is zero.
const DefaultTTL = 64

// A Packet is an IP packet of either version, parsed or to be written. Src and
// Dst are of the same version, which is the packet's.
type Packet struct {
	Src, Dst netip.Addr
	Proto    uint8  // what Payload is: the protocol after all extension headers
	TTL      uint8  // hops left; to be written: 0 is DefaultTTL
	TOS      uint8  // IPv4 TOS, IPv6 traffic class: DSCP<<2 | ECN
	ID       uint32 // the identification: IPv4, or IPv6 fragments
	DF       bool   // IPv4 only: do not fragment
	MF       bool   // more fragments follow
	FragOff  uint16 // where Payload stands in the unfragmented payload, in bytes
	Payload  []byte // borrowed
}

// IsFragment reports whether the packet is but a part of one.
func (p *Packet) IsFragment() bool { return p.MF || p.FragOff != 0 }

// Is4 reports whether the packet is IPv4.
func (p *Packet) Is4() bool { return p.Src.Is4() }

// ParseIP parses and validates the IP packet that b begins with; what comes
// after it is padding of the link and is cut. The payload stays in b. If the
// result is not OK, p is not to be used.
func ParseIP(b []byte, p *Packet) Reason {
	if len(b) == 0 {
		return ShortIP
	}
	switch b[0] >> 4 {
	case 4:
		return parseIPv4(b, p)
	case 6:
		return parseIPv6(b, p)
	}
	return BadVersion
}

// HeaderLen is the length in bytes of the header that PutIP writes.
func (p *Packet) HeaderLen() int {
	switch {
	case p.Is4():
		return ipv4HeaderLen
	case p.IsFragment():
		return ipv6HeaderLen + fragmentHeaderLen
	}
	return ipv6HeaderLen
}

// PutIP writes the header of p for a payload of n bytes to b, and returns the
// header's length. It does not look at p.Payload. The packet must fit b and
// the length field: header and payload in 65,535 bytes.
func PutIP(b []byte, p *Packet, n int) int {
	if p.Is4() {
		return putIPv4(b, p, n)
	}
	return putIPv6(b, p, n)
}

// ttl is the TTL to write.
func (p *Packet) ttl() uint8 {
	if p.TTL == 0 {
		return DefaultTTL
	}
	return p.TTL
}

// checkFragment is BadFragment if the packet cannot be part of one: all
// fragments but the last are multiples of eight bytes, and the whole fits a
// length field.
func (p *Packet) checkFragment() Reason {
	n := len(p.Payload)
	if p.IsFragment() && n == 0 || p.MF && n%8 != 0 || int(p.FragOff)+n > 65535 {
		return BadFragment
	}
	return OK
}

// PseudoSum is the sum of the pseudo-header that TCP, UDP and ICMPv6 take into
// their checksum, for n bytes of the protocol (§3.1, RFC 8200 §8.1).
func PseudoSum(src, dst netip.Addr, proto uint8, n int) Sum {
	var s Sum
	if src.Is4() {
		a, b := src.As4(), dst.As4()
		s = s.Add(a[:]).Add(b[:])
	} else {
		a, b := src.As16(), dst.As16()
		s = s.Add(a[:]).Add(b[:])
	}
	var rest [8]byte
	binary.BigEndian.PutUint32(rest[0:], uint32(n))
	rest[7] = proto
	return s.Add(rest[:])
}

// IsUnicast reports whether a packet may come from a, and whether it may be
// for a, as far as the address alone can tell (MUST-57, MUST-63, RFC 1122
// §3.2.1.3): not unspecified, not in "this network" 0.0.0.0/8, not multicast,
// not the limited broadcast, and no IPv4-mapped address in an IPv6 packet.
// Directed broadcasts only those can tell who know the networks.
func IsUnicast(a netip.Addr) bool {
	if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a.Is4In6() {
		return false
	}
	if !a.Is4() {
		return true
	}
	b := a.As4()
	return b[0] != 0 && b != [4]byte{255, 255, 255, 255}
}
