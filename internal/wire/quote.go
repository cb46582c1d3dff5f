package wire

import (
	"encoding/binary"
	"net/netip"

	"github.com/lastack/lastack/internal/seq"
)

// quotedTCPLen is how much of a quoted TCP header must be there: the ports and
// the sequence number, which is all that RFC 792 promises.
const quotedTCPLen = 8

// parse reads the packet that an ICMP error quotes. A quotation is cut short
// by nature, and routers have changed its header, so neither lengths nor
// checksums are compared.
func (q *Quote) parse(is4 bool, b []byte) Reason {
	var r Reason
	if is4 {
		b, r = q.parseIPv4(b)
	} else {
		b, r = q.parseIPv6(b)
	}
	if r != OK || q.Proto != ProtoTCP {
		return r
	}
	if len(b) < quotedTCPLen {
		return ShortQuote
	}
	q.SrcPort = binary.BigEndian.Uint16(b[0:])
	q.DstPort = binary.BigEndian.Uint16(b[2:])
	q.Seq = seq.Num(binary.BigEndian.Uint32(b[4:]))
	return OK
}

// parseIPv4 reads the IPv4 header that b begins with, and returns what is
// quoted of the payload.
func (q *Quote) parseIPv4(b []byte) ([]byte, Reason) {
	if len(b) < ipv4HeaderLen {
		return nil, ShortQuote
	}
	hlen := int(b[0]&0xf) * 4
	switch {
	case b[0]>>4 != 4 || hlen < ipv4HeaderLen:
		return nil, BadQuote
	case hlen > len(b):
		return nil, ShortQuote
	case binary.BigEndian.Uint16(b[6:])<<3 != 0: // a later fragment has no TCP header
		return nil, BadQuote
	}
	q.Src = netip.AddrFrom4([4]byte(b[12:]))
	q.Dst = netip.AddrFrom4([4]byte(b[16:]))
	q.Proto = b[9]
	q.Len = int(binary.BigEndian.Uint16(b[2:]))
	return b[hlen:], OK
}

// parseIPv6 reads the IPv6 header that b begins with and the extension headers
// after it, and returns what is quoted of the payload.
func (q *Quote) parseIPv6(b []byte) ([]byte, Reason) {
	if len(b) < ipv6HeaderLen {
		return nil, ShortQuote
	}
	if b[0]>>4 != 6 {
		return nil, BadQuote
	}
	q.Src = netip.AddrFrom16([16]byte(b[8:]))
	q.Dst = netip.AddrFrom16([16]byte(b[24:]))
	q.Proto = b[6]
	q.Len = ipv6HeaderLen + int(binary.BigEndian.Uint16(b[4:]))
	return q.skipExtensions(b[ipv6HeaderLen:])
}

// skipExtensions moves Proto past the extension headers that b begins with,
// and returns what is behind them.
func (q *Quote) skipExtensions(b []byte) ([]byte, Reason) {
	for {
		n := fragmentHeaderLen
		switch q.Proto {
		case extHopByHop, extDestination, extRouting:
			if len(b) >= 2 {
				n = 8 + int(b[1])*8
			}
		case extFragment:
			if len(b) >= 4 && binary.BigEndian.Uint16(b[2:])&^7 != 0 {
				return nil, BadQuote
			}
		default:
			return b, OK
		}
		if n > len(b) {
			return nil, ShortQuote
		}
		q.Proto, b = b[0], b[n:]
	}
}
