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
	payload  string
}

// relative is seg as one sees it from outside, where its sender counts from f.
func relative(seg *wire.Segment, f tcp.Frame) segment {
	s := segment{
		flags: seg.Flags, seq: int32(seg.Seq - f.Snd), wnd: seg.Wnd,
		mss: seg.Opts.MSS, payload: string(seg.Payload),
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
		Opts: wire.Options{MSS: s.mss}, Payload: []byte(s.payload),
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
	return out + fmt.Sprintf(" win %d", s.wnd)
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
