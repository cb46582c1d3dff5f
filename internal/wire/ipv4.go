package wire

import (
	"encoding/binary"
	"net/netip"
)

const ipv4HeaderLen = 20

// The flags in the word that the fragment offset is in.
const (
	flagDF = 0x4000
	flagMF = 0x2000
)

// The IPv4 options that matter here (RFC 791 §3.1).
const (
	ipOptEnd               = 0
	ipOptNop               = 1
	ipOptLooseSourceRoute  = 131
	ipOptStrictSourceRoute = 137
)

func parseIPv4(b []byte, p *Packet) Reason {
	if len(b) < ipv4HeaderLen {
		return ShortIP
	}
	hlen, total := int(b[0]&0xf)*4, int(binary.BigEndian.Uint16(b[2:]))
	switch {
	case hlen < ipv4HeaderLen:
		return BadHeaderLen
	case hlen > len(b):
		return ShortIP
	case total < hlen || total > len(b):
		return BadTotalLen
	case Sum{}.Add(b[:hlen]).Uint16() != 0xffff:
		return BadHeaderChecksum
	}
	if r := checkIPv4Options(b[ipv4HeaderLen:hlen]); r != OK {
		return r
	}
	frag := binary.BigEndian.Uint16(b[6:])
	*p = Packet{
		Src:     netip.AddrFrom4([4]byte(b[12:])),
		Dst:     netip.AddrFrom4([4]byte(b[16:])),
		Proto:   b[9],
		TTL:     b[8],
		TOS:     b[1],
		ID:      uint32(binary.BigEndian.Uint16(b[4:])),
		DF:      frag&flagDF != 0,
		MF:      frag&flagMF != 0,
		FragOff: frag << 3,
		Payload: b[hlen:total:total],
	}
	return p.checkFragment()
}

// checkIPv4Options skips the options: none of them means anything to this stack
// (MUST-50).
//
// Deviation: a source route is refused, not followed or turned round for the
// answers (§3.9.2.1, MUST-53), because it lets an attacker choose the way that
// the answers take (RFC 7126 §4.3).
func checkIPv4Options(b []byte) Reason {
	for len(b) > 0 {
		switch b[0] {
		case ipOptEnd:
			return OK
		case ipOptNop:
			b = b[1:]
			continue
		case ipOptLooseSourceRoute, ipOptStrictSourceRoute:
			return SourceRouted
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return BadIPOption
		}
		b = b[b[1]:]
	}
	return OK
}

func putIPv4(b []byte, p *Packet, n int) int {
	b = b[:ipv4HeaderLen]
	frag := p.FragOff >> 3
	if p.DF {
		frag |= flagDF
	}
	if p.MF {
		frag |= flagMF
	}
	src, dst := p.Src.As4(), p.Dst.As4()
	b[0], b[1] = 0x45, p.TOS
	binary.BigEndian.PutUint16(b[2:], uint16(ipv4HeaderLen+n))
	binary.BigEndian.PutUint16(b[4:], uint16(p.ID))
	binary.BigEndian.PutUint16(b[6:], frag)
	b[8], b[9] = p.ttl(), p.Proto
	b[10], b[11] = 0, 0
	copy(b[12:], src[:])
	copy(b[16:], dst[:])
	binary.BigEndian.PutUint16(b[10:], Sum{}.Add(b).Checksum())
	return ipv4HeaderLen
}
