package stack

import (
	"net/netip"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// quantum is how many segments a connection sends before it is the next one's
// turn.
const quantum = 4

// Output writes the next packet owed to buf, which holds at least the MTU, and
// returns its length, 0 if nothing is owed. It is called until then after
// every input, timer and user call, and not from within Notify or Observer.
//
// Resets to nobody and echo replies go first, then connections take turns.
// Packets to our own addresses do not come out: they are delivered here, and
// what they cause is owed as well.
func (s *Core) Output(now clock.Time, buf []byte) int {
	for {
		n, to := s.reply(now, buf)
		if n == 0 {
			n, to = s.segment(now, buf)
		}
		if n == 0 {
			return 0
		}
		if !s.addrs.has(to) {
			s.stats.PacketsOut++
			s.stats.BytesOut += uint64(n)
			return n
		}
		s.stats.Looped++
		s.input(now, buf[:n], true)
	}
}

// reply writes the next packet of the reply queue.
func (s *Core) reply(now clock.Time, buf []byte) (n int, to netip.Addr) {
	r := s.replies.pop()
	if r == nil {
		return 0, to
	}
	if r.icmp.Kind != wire.ICMPOther {
		p := s.header(r.local, r.remote)
		return wire.PutICMP(buf, &p, &r.icmp), p.Dst
	}
	s.trace.replied(now, r)
	return s.put(buf, r.local, r.remote, 0, &r.seg), r.remote.Addr()
}

// segment writes the next segment that a connection owes.
func (s *Core) segment(now clock.Time, buf []byte) (n int, to netip.Addr) {
	for c := s.ready.first; c != nil; c = s.ready.first {
		if c.emit(now, &s.out) {
			if s.turn++; s.turn == quantum {
				s.turn = 0
				s.ready.rotate()
			}
			return s.put(buf, c.local, c.remote, c.dscp, &s.out), c.remote.Addr()
		}
		s.turn = 0
		s.ready.remove(c)
		c.finish()
	}
	return 0, to
}

// emit fills seg with the next segment that c owes; false if there is none.
func (c *Conn) emit(now clock.Time, seg *wire.Segment) bool {
	c.followPath(now)
	ok := c.tcp.Emit(now, seg)
	if c.inTable {
		c.setTimer()
	}
	if ok {
		seg.SrcPort, seg.DstPort = c.local.Port(), c.remote.Port()
		c.core.trace.sent(now, c, seg)
	}
	return ok
}

// setTimer sets c's entry in the wheel to the next of its timers.
func (c *Conn) setTimer() {
	if at := c.tcp.Deadline(); at != c.timer.At() {
		c.core.wheel.Set(&c.timer, at)
	}
}

// put writes a segment as an IP packet, with the codepoint as the user gave it
// (SHLD-22), and the ECN field as the connection did.
func (s *Core) put(buf []byte, local, remote netip.AddrPort, dscp uint8, seg *wire.Segment) int {
	s.stats.SegmentsOut++
	if seg.Has(wire.RST) {
		s.stats.Resets++
	}
	p := s.header(local, remote)
	p.TOS = dscp<<2 | uint8(seg.ECN)
	return wire.PutTCP(buf, &p, seg)
}

// header is what the packets to remote have in common, with the next ID.
// TCP's say do not fragment, so that IDs need not be unique (RFC 6864 §4.1).
func (s *Core) header(local, remote netip.AddrPort) wire.Packet {
	s.ipID++
	return wire.Packet{Src: local.Addr(), Dst: remote.Addr(), TTL: s.cfg.TTL, ID: uint32(s.ipID)}
}
