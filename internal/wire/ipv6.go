package wire

import (
	"encoding/binary"
	"net/netip"
)

const (
	ipv6HeaderLen     = 40
	fragmentHeaderLen = 8
)

// The IPv6 extension headers that are understood, by protocol number (RFC 8200
// §4). Any other number ends the chain and is the packet's protocol.
const (
	extHopByHop    = 0
	extRouting     = 43
	extFragment    = 44
	extDestination = 60
)

// The options of hop-by-hop and destination options headers (RFC 8200 §4.2).
const (
	ipv6OptPad1   = 0
	ipv6OptAction = 0xc0 // the bits of a kind that say what to do if it is not known; none: skip it
)

func parseIPv6(b []byte, p *Packet) Reason {
	if len(b) < ipv6HeaderLen {
		return ShortIP
	}
	total := ipv6HeaderLen + int(binary.BigEndian.Uint16(b[4:]))
	if total > len(b) {
		return BadTotalLen
	}
	*p = Packet{
		Src:     netip.AddrFrom16([16]byte(b[8:])),
		Dst:     netip.AddrFrom16([16]byte(b[24:])),
		Proto:   b[6],
		TTL:     b[7],
		TOS:     b[0]<<4 | b[1]>>4,
		Payload: b[ipv6HeaderLen:total:total],
	}
	if p.Proto == extHopByHop { // only directly after the IPv6 header
		if r := p.skipOptions(); r != OK {
			return r
		}
	}
	return p.skipExtensions()
}

// skipExtensions moves Proto and Payload past the extension headers, but not
// past the fragment header of a true fragment: what follows that one is known
// only after reassembly.
func (p *Packet) skipExtensions() Reason {
	for {
		var r Reason
		switch p.Proto {
		case extHopByHop:
			return BadExtension
		case extDestination:
			r = p.skipOptions()
		case extRouting:
			r = p.skipRouting()
		case extFragment:
			r = p.takeFragmentHeader()
		default:
			return OK
		}
		if r != OK || p.IsFragment() {
			return r
		}
	}
}

// extension takes the next extension header, of the common form, off Payload.
func (p *Packet) extension() (h []byte, ok bool) {
	if len(p.Payload) < 8 {
		return nil, false
	}
	n := 8 + int(p.Payload[1])*8
	if n > len(p.Payload) {
		return nil, false
	}
	h = p.Payload[:n]
	p.Proto, p.Payload = h[0], p.Payload[n:]
	return h, true
}

// skipOptions takes a hop-by-hop or destination options header off. None of
// the options means anything to this stack; one that says that it must not be
// skipped then (RFC 8200 §4.2) is refused, the jumbo payload among them.
func (p *Packet) skipOptions() Reason {
	h, ok := p.extension()
	if !ok {
		return BadExtension
	}
	for h = h[2:]; len(h) > 0; {
		if h[0] == ipv6OptPad1 {
			h = h[1:]
			continue
		}
		if len(h) < 2 || 2+int(h[1]) > len(h) {
			return BadExtension
		}
		if h[0]&ipv6OptAction != 0 {
			return UnknownExtension
		}
		h = h[2+int(h[1]):]
	}
	return OK
}

// skipRouting takes a routing header off. One with segments left asks this
// host to send the packet on, which it does not do.
//
// Deviation: type 0 is refused with no segments left too; it is deprecated and
// nobody sends it but to attack (RFC 5095 would let it pass).
func (p *Packet) skipRouting() Reason {
	h, ok := p.extension()
	if !ok {
		return BadExtension
	}
	kind, left := h[2], h[3]
	if kind == 0 || left != 0 {
		return SourceRouted
	}
	return OK
}

// takeFragmentHeader takes a fragment header off. One that says "the whole
// packet" is an atomic fragment (RFC 6946), and no fragment here.
func (p *Packet) takeFragmentHeader() Reason {
	if len(p.Payload) < fragmentHeaderLen {
		return BadExtension
	}
	h := p.Payload[:fragmentHeaderLen]
	word := binary.BigEndian.Uint16(h[2:])
	p.Proto, p.Payload = h[0], p.Payload[fragmentHeaderLen:]
	p.FragOff, p.MF = word&^7, word&1 != 0
	p.ID = binary.BigEndian.Uint32(h[4:])
	return p.checkFragment()
}

func putIPv6(b []byte, p *Packet, n int) int {
	hlen := p.HeaderLen()
	b = b[:hlen]
	src, dst := p.Src.As16(), p.Dst.As16()
	binary.BigEndian.PutUint32(b, 6<<28|uint32(p.TOS)<<20)
	binary.BigEndian.PutUint16(b[4:], uint16(hlen-ipv6HeaderLen+n))
	b[6], b[7] = p.Proto, p.ttl()
	copy(b[8:], src[:])
	copy(b[24:], dst[:])
	if p.IsFragment() {
		b[6] = extFragment
		putFragmentHeader(b[ipv6HeaderLen:], p)
	}
	return hlen
}

func putFragmentHeader(b []byte, p *Packet) {
	word := p.FragOff &^ 7
	if p.MF {
		word |= 1
	}
	b[0], b[1] = p.Proto, 0
	binary.BigEndian.PutUint16(b[2:], word)
	binary.BigEndian.PutUint32(b[4:], p.ID)
}
