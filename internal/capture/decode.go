package capture

import (
	"encoding/binary"
	"net/netip"

	"github.com/lastack/lastack/internal/wire"
)

// A Kind is what a packet was found to be.
type Kind uint8

// The kinds.
const (
	Other     Kind = iota // nothing that has to do with TCP
	TCP                   // a segment
	Fragment              // a later part of an IP packet, without a TCP header
	ICMPError             // a message about a TCP segment
	Cut                   // TCP, but so little of it was captured that its header is not whole
	Malformed             // the lengths in its headers cannot be
)

// A Tag tells packets apart whose addresses and ports are the same: those of two
// VLANs, or of two tunnels.
type Tag struct {
	VLAN   [2]uint16 // the innermost first; 0: none
	Tunnel uint32    // MPLS label, GRE key, VXLAN or Geneve network; 0: none
}

// A Checksum is what is known of a segment's checksum.
type Checksum uint8

// What may be known.
const (
	Unchecked Checksum = iota // not all of the segment was captured
	Right
	Wrong // or left to the network card, as for most that a host sends itself
)

// A Segment is a TCP segment of a capture, or what an ICMP error says of one.
type Segment struct {
	Tag      Tag
	Src, Dst netip.AddrPort
	TTL      uint8  // as it was where it was captured
	TOS      uint8  // DSCP<<2 | ECN
	ID       uint32 // IP's identification
	Checksum Checksum
	Partial  bool // the first fragment: Len is not the segment's, but the fragment's
	Len      int  // of the text, in bytes, by the IP header; Payload may be cut

	wire.Segment // for an ICMP error: unset

	ICMP wire.ICMP // for an ICMP error: with Quote.SrcPort ... about the segment from Quote.Src
}

// A Decoder finds the TCP segments in packets.
type Decoder struct {
	// Inner asks for what is in tunnels: GRE, IP in IP, VXLAN, Geneve. Otherwise a
	// tunnel's packets are Other.
	Inner bool

	tag  Tag
	icmp wire.ICMP
}

// Decode says what p is. If it is TCP or ICMPError, seg is set; its payload is p's.
func (d *Decoder) Decode(p *Packet, seg *Segment) Kind {
	d.tag = Tag{}
	b, ok := d.frame(p.Link, p.Data)
	if !ok {
		return Other
	}
	missing := p.Len - len(p.Data)
	for range maxTags {
		var h header
		if kind := h.parse(b, missing); kind != TCP {
			return kind
		}
		inner, tunnelled := d.tunnel(&h)
		if !tunnelled {
			return d.transport(&h, seg)
		}
		b = inner
	}
	return Malformed
}

// transport takes the header of TCP or ICMP.
func (d *Decoder) transport(h *header, seg *Segment) Kind {
	switch {
	case h.offset > 0:
		if h.proto == wire.ProtoTCP {
			return Fragment
		}
		return Other
	case h.proto == wire.ProtoTCP:
		return d.tcp(h, seg)
	case h.proto == wire.ProtoICMP && h.src.Is4(), h.proto == wire.ProtoICMPv6 && !h.src.Is4():
		return d.icmpError(h, seg)
	}
	return Other
}

func (d *Decoder) tcp(h *header, seg *Segment) Kind {
	switch wire.ParseTCP(h.payload, &seg.Segment) {
	case wire.OK:
	case wire.ShortTCP:
		return h.tooShort()
	default:
		if h.cut {
			return Cut
		}
		return Malformed
	}
	header := len(h.payload) - len(seg.Payload)
	seg.Tag, seg.TTL, seg.TOS, seg.ID = d.tag, h.ttl, h.tos, h.id
	seg.Src, seg.Dst = netip.AddrPortFrom(h.src, seg.SrcPort), netip.AddrPortFrom(h.dst, seg.DstPort)
	seg.Partial, seg.Len = h.more, h.length-header
	seg.Checksum = Unchecked
	if !h.cut && !h.more {
		seg.Checksum = h.checksum()
	}
	return TCP
}

// checksum verifies a whole segment.
func (h *header) checksum() Checksum {
	if wire.VerifyTCP(&wire.Packet{Src: h.src, Dst: h.dst, Payload: h.payload}) {
		return Right
	}
	return Wrong
}

func (d *Decoder) icmpError(h *header, seg *Segment) Kind {
	p := wire.Packet{Src: h.src, Dst: h.dst, Proto: h.proto, Payload: h.payload}
	if wire.ParseICMP(&p, &d.icmp) != wire.OK || !d.icmp.Kind.IsError() || d.icmp.Quote.Proto != wire.ProtoTCP {
		return Other
	}
	*seg = Segment{Tag: d.tag, TTL: h.ttl, ICMP: d.icmp}
	seg.Src, seg.Dst = netip.AddrPortFrom(h.src, 0), netip.AddrPortFrom(h.dst, 0)
	return ICMPError
}

// The protocols of tunnels, and the UDP ports.
const (
	protoIPv4 = 4
	protoIPv6 = 41
	protoGRE  = 47

	portVXLAN  = 4789
	portGeneve = 6081
)

// tunnel takes a tunnel's header off, if h leads to one and they are asked for.
func (d *Decoder) tunnel(h *header) (inner []byte, ok bool) {
	if !d.Inner || h.offset > 0 || h.more {
		return nil, false
	}
	switch b := h.payload; h.proto {
	case protoIPv4, protoIPv6:
		return b, len(b) > 0
	case protoGRE:
		return d.gre(b)
	case wire.ProtoUDP:
		if len(b) < 8 {
			return nil, false
		}
		switch binary.BigEndian.Uint16(b[2:]) {
		case portVXLAN:
			return d.vxlan(b[8:])
		case portGeneve:
			return d.geneve(b[8:])
		}
	}
	return nil, false
}

// gre takes a GRE header off (RFC 2784, RFC 2890).
func (d *Decoder) gre(b []byte) (inner []byte, ok bool) {
	const checksum, key, sequence, version = 0x8000, 0x2000, 0x1000, 7
	if len(b) < 4 {
		return nil, false
	}
	flags, kind := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if flags&version != 0 {
		return nil, false
	}
	n := 4
	if flags&checksum != 0 {
		n += 4
	}
	if flags&key != 0 {
		if len(b) < n+4 {
			return nil, false
		}
		d.tag.Tunnel = binary.BigEndian.Uint32(b[n:])
		n += 4
	}
	if flags&sequence != 0 {
		n += 4
	}
	return d.inside(kind, b, n)
}

// inside takes n bytes of a tunnel's header off, given the EtherType of what
// follows.
func (d *Decoder) inside(kind uint16, b []byte, n int) (inner []byte, ok bool) {
	b, ok = cut(b, n)
	switch {
	case !ok:
		return nil, false
	case kind == etherTEB:
		return d.ethernet(b)
	}
	return d.etherType(kind, b)
}

// vxlan takes a VXLAN header off (RFC 7348 §5).
func (d *Decoder) vxlan(b []byte) (inner []byte, ok bool) {
	if len(b) <= 8 || b[0]&0x08 == 0 {
		return nil, false
	}
	d.tag.Tunnel = binary.BigEndian.Uint32(b[4:]) >> 8
	return d.ethernet(b[8:])
}

// geneve takes a Geneve header off (RFC 8926 §3.4).
func (d *Decoder) geneve(b []byte) (inner []byte, ok bool) {
	if len(b) < 8 || b[0]>>6 != 0 {
		return nil, false
	}
	kind, n := binary.BigEndian.Uint16(b[2:]), 8+int(b[0]&0x3f)*4
	d.tag.Tunnel = binary.BigEndian.Uint32(b[4:]) >> 8
	return d.inside(kind, b, n)
}
