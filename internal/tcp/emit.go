package tcp

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// Emit builds the next segment that is owed, without ports, and reports whether
// there was one. Its payload is the connection's memory, valid until the next
// call.
func (c *Conn) Emit(now clock.Time, seg *wire.Segment) bool {
	if c.heard {
		c.heard, c.ccLimited = false, false
	}
	switch {
	case c.emitReset(seg):
	case c.tcb.State == fsm.Closed, c.tcb.State == fsm.Listen:
		return false
	case c.emitFirst(now, seg):
	case c.emitLost(now, seg):
	case c.emitTail(now, seg):
	case c.emitNew(now, seg):
	case c.emitRescue(now, seg):
	case c.emitProbe(now, seg):
	case c.emitACK(now, seg):
	default:
		c.holdSilly(now)
		if c.Unsent() == 0 {
			c.loss.AppLimited()
		}
		return false
	}
	return true
}

// emitReset sends the reset that is owed.
func (c *Conn) emitReset(seg *wire.Segment) bool {
	if c.resetDue {
		*seg, c.resetDue = c.reset, false
		return true
	}
	return false
}

// emitLost sends again what is held lost, if it is in the window (SHLD-16), and as
// the congestion window opens. F-RTO waits with that for new data; without any it
// has to go without.
func (c *Conn) emitLost(now clock.Time, seg *wire.Segment) bool {
	if c.loss.WantsNew() && !c.fitsNew() {
		c.loss.NothingNew()
	}
	start, end, ok := c.loss.NextLost()
	return ok && c.resend(now, seg, start, end, false)
}

// emitRescue sends again what may be lost, when there is nothing else to send in a
// recovery (RFC 6675 §4, NextSeg rules 3 and 4).
func (c *Conn) emitRescue(now clock.Time, seg *wire.Segment) bool {
	start, end, ok := c.loss.Rescue()
	return ok && c.resend(now, seg, start, end, false)
}

// resend sends start =< n < end again, as far as it fits. An urgent one does not
// wait for the congestion window. When the oldest goes out again, the
// retransmission timer starts over: an answer takes a round trip from now.
func (c *Conn) resend(now clock.Time, seg *wire.Segment, start, end seq.Num, urgent bool) bool {
	n, fin, _ := c.fits(start)
	if end != c.tcb.Snd.Nxt { // otherwise what is new may come along
		n = min(n, end.Sub(start))
		fin = fin && start.Add(n) != end
	}
	switch {
	case n == 0 && !fin && start != c.tcb.Snd.ISS:
		return false
	case urgent:
	case !c.loss.MayResend(max(n, 1)):
		c.ccLimited = true // so that slow start goes on, though there may be nothing new to send
		return false
	case c.paced(now):
		return false
	}
	if start == c.tcb.Snd.Una && c.tcb.synAcked() {
		c.timers.stop(TimerRetransmit)
	}
	c.build(now, seg, start, n, fin)
	c.loss.Resent(now, start, seq.Min(end, seg.End()))
	return true
}

// emitTail sends a tail loss probe: something new, whatever the congestion window
// is, or else the last segment again (RFC 8985 §7.3).
func (c *Conn) emitTail(now clock.Time, seg *wire.Segment) bool {
	if !c.loss.ProbeDue() {
		return false
	}
	snd := &c.tcb.Snd
	if n, fin, ok := c.fits(snd.Nxt); ok {
		c.build(now, seg, snd.Nxt, n, fin)
		c.loss.ProbeSent(snd.Nxt, false)
		return true
	}
	start, end := c.loss.LastSegment()
	sent := c.resend(now, seg, start, end, true)
	c.loss.ProbeSent(snd.Nxt, true)
	return sent
}

// emitNew sends what has not been sent before: SYN, text, FIN. Now and then it is
// a trial of a larger segment.
func (c *Conn) emitNew(now clock.Time, seg *wire.Segment) bool {
	snd := &c.tcb.Snd
	n, fin, ok := c.fits(snd.Nxt)
	if !ok || !c.worthwhile(n, fin) || c.loss.Full() {
		return false
	}
	trial, wait := c.trialText(now)
	if trial > 0 {
		n, fin = trial, false
	}
	if wait {
		return false
	}
	if n > 0 && !c.loss.MaySend(n) {
		c.ccLimited = true
		return false
	}
	if n > 0 && c.paced(now) {
		return false
	}
	if idle := now.Sub(c.timers.lastSent); snd.Una == snd.Nxt && idle > c.rtt.timeout() && !c.cfg.NoIdleRestart {
		c.cc.Idle(time.Duration(now), idle)
	}
	c.build(now, seg, snd.Nxt, n, fin)
	if trial > 0 {
		c.sentTrial(seg)
	}
	return true
}

// fitsNew reports whether there is something new that the peer's window takes.
func (c *Conn) fitsNew() bool {
	_, _, ok := c.fits(c.tcb.Snd.Nxt)
	return ok
}

// fits is how much text, and whether a FIN, a segment may carry that starts at
// from: as much as there is (SHLD-28), in the peer's window and in one segment.
// A window that has shrunk may end before from: then it is nothing (MUST-34,
// SHLD-15). For the SYN n
// is 0. It is not ok if the segment would be empty.
func (c *Conn) fits(from seq.Num) (n int, fin, ok bool) {
	t, end := &c.tcb, c.out.end()
	if from == t.Snd.ISS {
		return 0, false, true
	}
	room := t.Snd.Una.Add(int(t.Snd.Wnd)).Sub(from)
	if c.mayText() {
		n = max(min(end.Sub(from), room, c.mss()), 0)
	}
	fin = t.FinQueued && from.Add(n) == end && room > n
	return n, fin, n > 0 || fin
}

// worthwhile is the sender's algorithm against silly windows, with Nagle's
// (§3.8.6.2.1, MUST-38; §3.7.4, SHLD-7). All data count as pushed: they wait for
// an acknowledgment, together (MAY-16), or for the override timer, and for more
// data only if the user has said that there will be some (MUST-60). n is what
// fits, and whether it comes with the FIN.
func (c *Conn) worthwhile(n int, fin bool) bool {
	snd := &c.tcb.Snd
	all := snd.Nxt.Add(n) == c.out.end()
	idle := snd.Nxt == snd.Una || snd.Nxt == snd.ISS+1 || c.tcb.NoDelay // a SYN is no small segment of text
	switch {
	case n == 0 || fin || n >= c.mss():
		return true
	case all && c.tcb.More && !c.tcb.FinQueued:
		return false
	case all && (idle || c.tcb.FinQueued):
		return true
	case idle && n >= int(snd.MaxWnd/2):
		return true
	}
	return false
}

// emitProbe sends a probe that the persist or the keep-alive timer asked for:
// an octet of text, or FIN, into a closed or silly window; otherwise an empty
// segment that the peer has to answer (§3.8.4, SHLD-12).
func (c *Conn) emitProbe(now clock.Time, seg *wire.Segment) bool {
	snd := &c.tcb.Snd
	if !c.probeDue {
		return false
	}
	c.probeDue = false
	end := c.out.end()
	switch {
	case snd.Una != snd.Nxt && snd.Una != end: // the octet that is out already, again
		c.build(now, seg, snd.Una, 1, false)
		c.loss.Probed()
	case snd.Una != snd.Nxt:
		c.build(now, seg, snd.Una, 0, true)
		c.loss.Probed()
	case c.Unsent() > 0:
		n := max(1, min(end.Sub(snd.Nxt), int(snd.Wnd), c.mss()))
		c.build(now, seg, snd.Nxt, n, false)
	case c.tcb.FinQueued && !c.tcb.finSent(end):
		c.build(now, seg, snd.Nxt, 0, true)
	default:
		c.build(now, seg, snd.Nxt-1, 0, false)
	}
	return true
}

// emitACK sends an empty acknowledgment if one is owed.
func (c *Conn) emitACK(now clock.Time, seg *wire.Segment) bool {
	if !c.ack.now || c.tcb.State == fsm.SynSent {
		return false
	}
	c.build(now, seg, c.tcb.ackSeq(), 0, false)
	return true
}

// build fills in a segment that starts at from, with n bytes of text. It is the
// one place where segments of a connection are made. PSH marks the end of what is
// queued, however many SENDs that was (MUST-61, SHLD-27).
func (c *Conn) build(now clock.Time, seg *wire.Segment, from seq.Num, n int, fin bool) {
	snd := &c.tcb.Snd
	*seg = wire.Segment{Seq: from}
	if from == snd.ISS && !c.tcb.synAcked() {
		seg.Flags |= wire.SYN
	}
	if fin {
		seg.Flags |= wire.FIN
	}
	if n > 0 {
		seg.Payload = c.out.slice(from, n)
		if from.Add(n) == c.out.end() {
			seg.Flags |= wire.PSH
		}
	}
	if up := snd.Up.Sub(from); up > 0 && seg.Len() > 0 {
		seg.Flags |= wire.URG
		seg.Up = uint16(min(up, 65535))
	}
	if c.tcb.State != fsm.SynSent {
		seg.Flags |= wire.ACK
		seg.Ack = c.tcb.Rcv.Nxt
		c.ack.sent()
		c.tcb.Opts.LastACK = seg.Ack
	}
	c.putECN(seg)
	c.putOptions(now, seg)
	c.putWindow(seg)
	if seg.Len() > 0 {
		c.sent(now, seg)
	}
	c.rearm(now)
	c.putSYNText(seg)
}

// sent notes that something goes out that has to be acknowledged.
func (c *Conn) sent(now clock.Time, seg *wire.Segment) {
	c.timers.lastSent = now
	if rate := c.cc.PacingRate(); rate > 0 {
		c.pace.sent(now, len(seg.Payload), rate)
	}
	if snd, end := &c.tcb.Snd, seg.End(); end.After(snd.Nxt) {
		c.loss.Sent(now, snd.Nxt, end)
		snd.Nxt = end
		c.timers.arm(TimerRetransmit, now.Add(c.rtt.timeout()))
		c.rearmProbe(now)
	}
}

// freeWindow is the window that the receive buffer allows.
func (c *Conn) freeWindow() uint32 {
	free := max(c.recvLimit()-c.in.ready, 0)
	return uint32(min(free, maxWindow<<c.tcb.Opts.RcvWShift))
}

// worthOpening reports whether the window may grow to wnd: in steps that are
// not silly (§3.8.6.2.2, MUST-39).
func (c *Conn) worthOpening(wnd uint32) bool {
	return wnd > c.tcb.Rcv.Wnd && int(wnd-c.tcb.Rcv.Wnd) >= min(c.recv.size/2, c.mss())
}

// putWindow offers a window, which stays closed as long as nobody reads (MAY-8).
// Its right edge never moves back (SHLD-14), so a scaled window is rounded up,
// as far as the buffer allows; then the peer sees less than what is taken.
func (c *Conn) putWindow(seg *wire.Segment) {
	rcv, shift := &c.tcb.Rcv, c.tcb.Opts.RcvWShift
	if free := c.freeWindow(); c.worthOpening(free) {
		rcv.Wnd = free
	}
	if seg.Has(wire.SYN) {
		seg.Wnd = uint16(min(rcv.Wnd, maxWindow))
		return
	}
	seg.Wnd = uint16(min(rcv.Wnd>>shift, maxWindow))
	if up := (uint32(seg.Wnd) + 1) << shift; uint32(seg.Wnd)<<shift < rcv.Wnd && c.in.ready+int(up) <= c.recvLimit() {
		seg.Wnd++
		rcv.Wnd = up
	}
}
