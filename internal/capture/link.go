package capture

import (
	"encoding/binary"
	"fmt"
)

// A LinkType says what the packets of an interface begin with (LINKTYPE_ of
// draft-ietf-opsawg-pcaplinktype, and the numbers that systems write in their place).
type LinkType uint16

// The link types that are understood.
const (
	LinkNull      LinkType = 0 // BSD loopback: the address family, in the writer's byte order
	LinkEthernet  LinkType = 1
	LinkPPP       LinkType = 9
	LinkRawBSD    LinkType = 12
	LinkRawOther  LinkType = 14
	LinkPPPHDLC   LinkType = 50
	LinkPPPoE     LinkType = 51
	LinkRaw       LinkType = 101
	LinkLoop      LinkType = 108 // OpenBSD loopback: the address family
	LinkLinuxSLL  LinkType = 113
	LinkIPv4      LinkType = 228
	LinkIPv6      LinkType = 229
	LinkLinuxSLL2 LinkType = 276
)

// String is the link type's name, or its number.
func (l LinkType) String() string {
	switch l {
	case LinkNull, LinkLoop:
		return "loopback"
	case LinkEthernet:
		return "Ethernet"
	case LinkPPP, LinkPPPHDLC:
		return "PPP"
	case LinkPPPoE:
		return "PPPoE"
	case LinkRaw, LinkRawBSD, LinkRawOther, LinkIPv4, LinkIPv6:
		return "IP"
	case LinkLinuxSLL, LinkLinuxSLL2:
		return "Linux cooked"
	default:
		return fmt.Sprintf("link type %d", uint16(l))
	}
}

// The EtherTypes that lead on to IP.
const (
	etherIPv4  = 0x0800
	etherIPv6  = 0x86dd
	etherVLAN  = 0x8100
	etherQinQ  = 0x88a8
	etherQinQ2 = 0x9100
	etherMPLS  = 0x8847
	etherMPLS2 = 0x8848
	etherPPPoE = 0x8864
	etherTEB   = 0x6558 // an Ethernet frame, in GRE and Geneve
)

// The PPP protocols that lead on to IP.
const (
	pppIPv4 = 0x0021
	pppIPv6 = 0x0057
)

// maxTags bounds how many tags and tunnels are taken off a packet.
const maxTags = 16

// frame takes the link's header off a packet: what is left is an IP packet. It is
// not ok if it is none.
func (d *Decoder) frame(link LinkType, b []byte) (ip []byte, ok bool) {
	switch link {
	case LinkRaw, LinkRawBSD, LinkRawOther, LinkIPv4, LinkIPv6:
		return b, len(b) > 0
	case LinkNull, LinkLoop:
		return cut(b, 4)
	case LinkEthernet:
		return d.ethernet(b)
	case LinkLinuxSLL:
		return d.after(b, 14, 16)
	case LinkLinuxSLL2:
		return d.after(b, 0, 20)
	case LinkPPP, LinkPPPHDLC:
		return ppp(b)
	case LinkPPPoE:
		return d.pppoe(b)
	}
	return nil, false
}

// cut takes n bytes off; it is not ok unless something is left.
func cut(b []byte, n int) ([]byte, bool) {
	if len(b) <= n {
		return nil, false
	}
	return b[n:], true
}

// ethernet takes an Ethernet header off.
func (d *Decoder) ethernet(b []byte) (ip []byte, ok bool) { return d.after(b, 12, 14) }

// after takes a header off that is n bytes long and has an EtherType at an
// offset.
func (d *Decoder) after(b []byte, at, n int) (ip []byte, ok bool) {
	if len(b) <= n {
		return nil, false
	}
	return d.etherType(binary.BigEndian.Uint16(b[at:]), b[n:])
}

// etherType takes off what an EtherType says that b begins with, down to IP.
func (d *Decoder) etherType(kind uint16, b []byte) (ip []byte, ok bool) {
	for range maxTags {
		switch kind {
		case etherIPv4, etherIPv6:
			return b, true
		case etherVLAN, etherQinQ, etherQinQ2:
			if len(b) <= 4 {
				return nil, false
			}
			d.tag.VLAN[1], d.tag.VLAN[0] = d.tag.VLAN[0], binary.BigEndian.Uint16(b)&0xfff
			kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
		case etherMPLS, etherMPLS2:
			return d.mpls(b)
		case etherPPPoE:
			return d.pppoe(b)
		default:
			return nil, false
		}
	}
	return nil, false
}

// mpls takes off a stack of labels, of which the last one is kept as a tag. What
// follows says by its first bits what it is (RFC 4928 §3).
func (d *Decoder) mpls(b []byte) (ip []byte, ok bool) {
	for range maxTags {
		if len(b) <= 4 {
			return nil, false
		}
		label := binary.BigEndian.Uint32(b)
		b = b[4:]
		if label&0x100 == 0 { // not the bottom of the stack
			continue
		}
		d.tag.Tunnel = label >> 12
		switch b[0] >> 4 {
		case 4, 6:
			return b, true
		case 0: // a pseudowire's control word, then an Ethernet frame
			if inner, ok := cut(b, 4); ok {
				return d.ethernet(inner)
			}
		}
		return nil, false
	}
	return nil, false
}

// pppoe takes a PPPoE session header off.
func (d *Decoder) pppoe(b []byte) (ip []byte, ok bool) {
	b, ok = cut(b, 6)
	if !ok {
		return nil, false
	}
	return ppp(b)
}

// ppp takes a PPP header off, with or without HDLC's address and control.
func ppp(b []byte) (ip []byte, ok bool) {
	if len(b) > 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	switch {
	case len(b) > 2 && (binary.BigEndian.Uint16(b) == pppIPv4 || binary.BigEndian.Uint16(b) == pppIPv6):
		return b[2:], true
	case len(b) > 1 && (b[0] == pppIPv4 || b[0] == pppIPv6): // compressed
		return b[1:], true
	}
	return nil, false
}
