package wire

import (
	"encoding/binary"

	"github.com/lastack/lastack/internal/seq"
)

const (
	tcpHeaderLen   = 20
	maxTCPOptions  = 40 // the data offset is four bits, in words of 32
	tcpChecksumOff = 16 // where the checksum stands
)

// ParseTCP parses and validates the TCP segment b (§3.1). The payload stays in
// b. The checksum is not looked at: see VerifyTCP. If the result is not OK,
// seg is not to be used. The reserved bits are ignored. Any segment may carry
// options (MUST-5).
func ParseTCP(b []byte, seg *Segment) Reason {
	if len(b) < tcpHeaderLen {
		return ShortTCP
	}
	off := int(b[12]>>4) * 4
	if off < tcpHeaderLen || off > len(b) {
		return BadDataOffset
	}
	seg.SrcPort = binary.BigEndian.Uint16(b[0:])
	seg.DstPort = binary.BigEndian.Uint16(b[2:])
	seg.Seq = seq.Num(binary.BigEndian.Uint32(b[4:]))
	seg.Ack = seq.Num(binary.BigEndian.Uint32(b[8:]))
	seg.Flags = Flags(b[13]) | Flags(b[12]&1)<<8
	seg.Wnd = binary.BigEndian.Uint16(b[14:])
	seg.Up = binary.BigEndian.Uint16(b[18:])
	seg.Opts = Options{}
	seg.Opts.parse(b[tcpHeaderLen:off])
	if !seg.Has(SYN) {
		seg.Opts.dropSYNOnly()
	}
	seg.Payload = b[off:]
	return OK
}

// HeaderLen is the length in bytes of the segment's header with its options.
func (s *Segment) HeaderLen() int { return tcpHeaderLen + s.Opts.len() }

// Put writes the header, with a checksum of zero, and the payload to b, which
// must have room for both. It returns their length.
func (s *Segment) Put(b []byte) int {
	hlen := s.HeaderLen()
	h := b[:hlen]
	binary.BigEndian.PutUint16(h[0:], s.SrcPort)
	binary.BigEndian.PutUint16(h[2:], s.DstPort)
	binary.BigEndian.PutUint32(h[4:], uint32(s.Seq))
	binary.BigEndian.PutUint32(h[8:], uint32(s.Ack))
	h[12] = byte(hlen/4)<<4 | byte(s.Flags>>8&1)
	h[13] = byte(s.Flags)
	binary.BigEndian.PutUint16(h[14:], s.Wnd)
	binary.BigEndian.PutUint16(h[tcpChecksumOff:], 0)
	binary.BigEndian.PutUint16(h[18:], s.Up)
	s.Opts.put(h[tcpHeaderLen:])
	return hlen + copy(b[hlen:hlen+len(s.Payload)], s.Payload)
}

// VerifyTCP reports whether the checksum of the TCP segment in p is right
// (MUST-3). A fragment's cannot be.
func VerifyTCP(p *Packet) bool {
	s := PseudoSum(p.Src, p.Dst, ProtoTCP, len(p.Payload))
	return s.Add(p.Payload).Uint16() == 0xffff
}

// PutTCP writes a whole packet to b: the IP header of p, then seg, with their
// checksums (MUST-2). It returns the packet's length, for which b must have
// room. The packet is TCP and not to be fragmented whatever p says; Src, Dst,
// TTL, TOS and ID are taken from p.
func PutTCP(b []byte, p *Packet, seg *Segment) int {
	h := Packet{Src: p.Src, Dst: p.Dst, Proto: ProtoTCP, TTL: p.TTL, TOS: p.TOS, ID: p.ID, DF: true}
	off := h.HeaderLen()
	n := seg.Put(b[off:])
	PutIP(b, &h, n)
	sum := PseudoSum(h.Src, h.Dst, ProtoTCP, n).Add(b[off : off+n])
	binary.BigEndian.PutUint16(b[off+tcpChecksumOff:], sum.Checksum())
	return off + n
}
