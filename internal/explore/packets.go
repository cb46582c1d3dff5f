package explore

import (
	"fmt"

	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A segID is the number of a segment, counted from one.
type segID uint32

// A segment is a segment on its way: its numbers are counted from the initial
// ones of its sender and its receiver, so that it is the same whoever sent it.
type segment struct {
	flags    wire.Flags
	nobodys  bool // its sequence number is 0 as it stands, and counts from nowhere: a reset to nobody (§3.10.7.1)
	seq, ack int32
	wnd      uint16
	mss      uint16
	sackOK   bool
	nSACK    uint8
	sack     [maxBlocks][2]int32 // the edges of SACK blocks, counted as ack is
	payload  string
}

// maxBlocks is how many SACK blocks a segment may have.
const maxBlocks = len(wire.Options{}.SACK)

// relative is seg as one sees it from outside, where its sender counts from f.
func relative(seg *wire.Segment, f tcp.Frame) segment {
	s := segment{
		flags: seg.Flags, seq: int32(seg.Seq - f.Snd), wnd: seg.Wnd,
		mss: seg.Opts.MSS, sackOK: seg.Opts.SACKOK, nSACK: seg.Opts.NSACK, payload: string(seg.Payload),
	}
	for i, b := range seg.Opts.SACK[:s.nSACK] {
		s.sack[i] = [2]int32{int32(b.Left - f.Rcv), int32(b.Right - f.Rcv)}
	}
	if seg.Has(wire.RST) && seg.Seq == 0 {
		s.nobodys, s.seq = true, 0
	}
	if seg.Has(wire.ACK) {
		s.ack = int32(seg.Ack - f.Rcv)
	}
	return s
}

// absolute is s as a receiver sees it that counts from f.
func (s *segment) absolute(f tcp.Frame) wire.Segment {
	seg := wire.Segment{
		Flags: s.flags, Seq: f.Rcv + seq.Num(s.seq), Wnd: s.wnd,
		Opts: wire.Options{MSS: s.mss, SACKOK: s.sackOK, NSACK: s.nSACK}, Payload: []byte(s.payload),
	}
	for i, b := range s.sack[:s.nSACK] {
		seg.Opts.SACK[i] = wire.SACKBlock{Left: f.Snd + seq.Num(b[0]), Right: f.Snd + seq.Num(b[1])}
	}
	if s.nobodys {
		seg.Seq = 0
	}
	if seg.Has(wire.ACK) {
		seg.Ack = f.Snd + seq.Num(s.ack)
	}
	return seg
}

// String is the segment in packetdrill's notation: "S. 0:0(0) ack 1 win 4"; a
// reset to nobody is "R. =0 ack 1 win 0".
func (s segment) String() string {
	out := fmt.Sprintf("%v %d:%d(%d)", s.flags, s.seq, int(s.seq)+len(s.payload), len(s.payload))
	if s.nobodys {
		out = fmt.Sprintf("%v =0", s.flags)
	}
	if s.flags&wire.ACK != 0 {
		out += fmt.Sprintf(" ack %d", s.ack)
	}
	out += fmt.Sprintf(" win %d", s.wnd)
	if s.sackOK {
		out += " sackOK"
	}
	for _, b := range s.sack[:s.nSACK] {
		out += fmt.Sprintf(" sack %d:%d", b[0], b[1])
	}
	return out
}

// rank is a number that orders segments in the same way in every run.
func (s *segment) rank() uint64 {
	h := hashBytes([]byte(s.payload))
	if s.nobodys {
		h++
	}
	for _, x := range [...]uint64{uint64(s.flags), uint64(uint32(s.seq)), uint64(uint32(s.ack)), uint64(s.wnd), uint64(s.mss)} {
		h = mix(h ^ x)
	}
	if s.sackOK {
		h = mix(h + 1)
	}
	for _, b := range s.sack[:s.nSACK] {
		h = mix(h ^ uint64(uint32(b[0]))<<32 ^ uint64(uint32(b[1])))
	}
	return h
}

// mix scatters the bits of x (the finaliser of MurmurHash3).
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// hashBytes is FNV-1a, mixed.
func hashBytes(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return mix(h)
}
