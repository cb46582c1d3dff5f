package stack

import (
	"net/netip"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// Input takes one IP packet from the link. The packet is not kept. What it
// makes the stack owe is asked for with Output.
func (s *Core) Input(now clock.Time, pkt []byte) {
	s.stats.PacketsIn++
	s.stats.BytesIn += uint64(len(pkt))
	s.input(now, pkt, false)
}

// input is Input, also for packets from ourselves to ourselves, which never
// were on the link.
func (s *Core) input(now clock.Time, pkt []byte, looped bool) {
	var p wire.Packet
	if why := wire.ParseIP(pkt, &p); why != wire.OK {
		s.stats.WireDrops[why]++
		return
	}
	switch {
	case s.closed:
		s.stats.Drops[ClosedCore]++
	case !s.addrs.has(p.Dst): // broadcast and multicast too: MUST-57
		s.stats.Drops[NotForUs]++
	case !s.addrs.isHost(p.Src), !looped && !s.addrs.mayArrive(p.Src):
		s.stats.Drops[BadSource]++
	case p.IsFragment():
		s.stats.Drops[Fragment]++
	case p.Proto == wire.ProtoTCP:
		s.inputTCP(now, &p)
	case p.Proto == wire.ProtoICMP, p.Proto == wire.ProtoICMPv6:
		s.inputICMP(now, &p)
	default:
		s.stats.Drops[OtherProtocol]++
	}
}

// inputTCP takes the TCP segment in p to whom it belongs.
func (s *Core) inputTCP(now clock.Time, p *wire.Packet) {
	seg := &s.in
	if why := wire.ParseTCP(p.Payload, seg); why != wire.OK {
		s.stats.WireDrops[why]++
		return
	}
	seg.ECN = p.ECN()
	local, remote := netip.AddrPortFrom(p.Dst, seg.DstPort), netip.AddrPortFrom(p.Src, seg.SrcPort)
	if !wire.VerifyTCP(p) { // MUST-3
		s.stats.WireDrops[wire.BadTCPChecksum]++
		s.trace.dropped(now, local, remote, seg, wire.BadTCPChecksum.String())
		return
	}
	s.stats.SegmentsIn++
	if c := s.conns[tupleOf(local, remote)]; c != nil {
		c.arrive(now, seg)
	} else if l := s.listenerAt(local); l != nil {
		l.arrive(now, local, remote, seg)
	} else {
		s.answer(now, s.nobody, local, remote, seg)
	}
}

// arrive takes a segment to its connection, but for two cases that are the
// stack's: the reopening of one in TIME_WAIT, and a handshake that would
// complete when the accept queue has no room.
func (c *Conn) arrive(now clock.Time, seg *wire.Segment) {
	state := c.tcp.State()
	if state == fsm.TimeWait && opens(seg) {
		if l := c.core.listenerAt(c.local); l != nil && c.supersededBy(seg) {
			l.reopen(now, c, seg)
			return
		}
	}
	if state == fsm.SynReceived && c.stage == halfOpen && c.parent.full() && completes(seg) {
		c.core.dropSegment(now, c.local, c.remote, seg, AcceptQueueFull)
		return
	}
	c.arrived(now, state, seg, c.tcp.Arrive(now, seg))
}

// completes reports whether seg may be what completes a passive handshake.
func completes(seg *wire.Segment) bool {
	return seg.Has(wire.ACK) && !seg.Has(wire.SYN|wire.RST)
}

// arrived is what follows on Arrive, given the state before it.
func (c *Conn) arrived(now clock.Time, state fsm.State, seg *wire.Segment, r tcp.Result) {
	c.core.countDrop(r)
	c.core.trace.arrived(now, c, state, seg, r)
	c.settle(now, r)
}

// answer takes a segment that no connection has to a machine that stays in
// CLOSED or LISTEN. A reset that this owes goes to the reply queue
// (§3.10.7.1, §3.10.7.2).
func (s *Core) answer(now clock.Time, machine *tcp.Conn, local, remote netip.AddrPort, seg *wire.Segment) {
	state := machine.State()
	r := machine.Arrive(now, seg)
	s.countDrop(r)
	s.trace.unmatched(now, local, remote, state, seg, r)
	for machine.Emit(now, &s.out) {
		if !s.resets.take(now) {
			s.stats.Drops[ResetLimit]++
			continue
		}
		s.replyReset(local, remote, seg, &s.out)
	}
}

// countDrop counts why a segment was not used, if it was not. A reset that was
// obeyed has been used.
func (s *Core) countDrop(r tcp.Result) {
	if r.Dropped != tcp.ReasonNone && r.Dropped != tcp.ResetAccepted {
		s.stats.TCPDrops[r.Dropped]++
	}
}

// dropSegment counts and traces a segment that nobody gets to see.
func (s *Core) dropSegment(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment, why Reason) {
	s.stats.Drops[why]++
	s.trace.dropped(now, local, remote, seg, why.String())
}
