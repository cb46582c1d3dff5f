package capture

import (
	"encoding/binary"
	"net/netip"
)

// A header is an IP header with what follows it. It is read with fewer questions
// asked than by a host: what others have sent is shown, not judged.
type header struct {
	src, dst netip.Addr
	proto    uint8
	ttl, tos uint8
	id       uint32
	offset   int    // of a fragment, in bytes
	more     bool   // fragments follow
	length   int    // of the payload, in bytes, by the header
	payload  []byte // as far as it was captured
	cut      bool   // it was not captured whole
}

const (
	ipv4HeaderLen = 20
	ipv6HeaderLen = 40
)

// parse reads the header that b begins with; missing bytes after b were not
// captured. The kind is TCP for whatever may go on.
func (h *header) parse(b []byte, missing int) Kind {
	switch {
	case len(b) == 0:
		return Other
	case b[0]>>4 == 4:
		return h.parseIPv4(b, missing)
	case b[0]>>4 == 6:
		return h.parseIPv6(b, missing)
	}
	return Other
}

func (h *header) parseIPv4(b []byte, missing int) Kind {
	if len(b) < ipv4HeaderLen {
		return shortBy(missing)
	}
	hlen, total := int(b[0]&0xf)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 { // a super-segment that its network card was to cut up
		total = len(b) + missing
	}
	if hlen < ipv4HeaderLen || total < hlen {
		return Malformed
	}
	if len(b) < hlen {
		return shortBy(missing)
	}
	fragment := binary.BigEndian.Uint16(b[6:])
	*h = header{
		src: netip.AddrFrom4([4]byte(b[12:])), dst: netip.AddrFrom4([4]byte(b[16:])),
		proto: b[9], ttl: b[8], tos: b[1], id: uint32(binary.BigEndian.Uint16(b[4:])),
		offset: int(fragment&0x1fff) * 8, more: fragment&0x2000 != 0,
	}
	return h.body(b[hlen:], total-hlen, missing)
}

func (h *header) parseIPv6(b []byte, missing int) Kind {
	if len(b) < ipv6HeaderLen {
		return shortBy(missing)
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n == 0 {
		n = len(b) - ipv6HeaderLen + missing
	}
	*h = header{
		src: netip.AddrFrom16([16]byte(b[8:])), dst: netip.AddrFrom16([16]byte(b[24:])),
		proto: b[6], ttl: b[7], tos: b[0]<<4 | b[1]>>4,
	}
	if kind := h.body(b[ipv6HeaderLen:], n, missing); kind != TCP {
		return kind
	}
	return h.skipExtensions(missing)
}

// body sets the payload: length bytes, of which those in b were captured. What
// follows them is padding of the link.
func (h *header) body(b []byte, length, missing int) Kind {
	if length > len(b)+missing {
		return Malformed
	}
	h.length, h.payload, h.cut = length, b[:min(length, len(b))], length > len(b)
	return TCP
}

// The IPv6 extension headers that are skipped (RFC 8200 §4, RFC 4302).
const (
	extHopByHop    = 0
	extRouting     = 43
	extFragment    = 44
	extAuth        = 51
	extDestination = 60
)

// skipExtensions moves past the extension headers.
func (h *header) skipExtensions(missing int) Kind {
	for range maxTags {
		n := 0
		switch {
		case h.proto != extHopByHop && h.proto != extRouting && h.proto != extDestination && h.proto != extFragment && h.proto != extAuth:
			return TCP
		case len(h.payload) < 8:
			return shortBy(missing)
		case h.proto == extFragment:
			word := binary.BigEndian.Uint16(h.payload[2:])
			h.offset, h.more, h.id = int(word&^7), word&1 != 0, binary.BigEndian.Uint32(h.payload[4:])
			n = 8
		case h.proto == extAuth:
			n = 8 + int(h.payload[1])*4
		default:
			n = 8 + int(h.payload[1])*8
		}
		if n > h.length {
			return Malformed
		}
		if n > len(h.payload) {
			return shortBy(missing)
		}
		h.proto, h.payload, h.length = h.payload[0], h.payload[n:], h.length-n
		if h.offset > 0 {
			return TCP
		}
	}
	return Malformed
}

// shortBy is what a header is that ends too early: cut by the capture, or bad.
func shortBy(missing int) Kind {
	if missing > 0 {
		return Cut
	}
	return Malformed
}

// tooShort is shortBy for what follows the header.
func (h *header) tooShort() Kind {
	if h.cut {
		return Cut
	}
	return Malformed
}
