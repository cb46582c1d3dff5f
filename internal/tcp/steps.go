package tcp

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// arriveOther runs the eight checks of §3.10.7.4 in the RFC's order. The first
// check that settles the segment's fate ends the processing.
func (c *Conn) arriveOther(now clock.Time, seg *wire.Segment, r *Result) {
	if rest := c.crossedSYN(seg); rest != nil {
		seg = rest
	}
	switch {
	case !c.checkTimestamp(now, seg, r): // before all (RFC 7323 §5.3)
	case !c.checkSequence(now, seg, r): // first
	case !c.checkReset(now, seg, r): // second
	case !c.checkSYN(now, seg, r): // fourth; third is security, which we do not have
	case !c.checkACK(now, seg, r): // fifth
	default:
		c.keep.heard(now)
		c.noteTimestamp(now, seg)
		c.noteECN(seg)
		c.noteUserTimeout(seg)
		c.noteURG(seg, r) // sixth
		if c.takeText(now, seg, r) {
			c.checkFIN(now, seg, r) // eighth, after the seventh
		}
	}
}

// crossedSYN recognises the peer's SYN,ACK after a simultaneous open (MUST-10,
// figure 7, line 6). Its SYN is behind RCV.NXT, since the peer's bare SYN came before;
// so the rest of the segment, which acknowledges ours, is returned.
//
// Deviation: by the letter of the first check the segment is unacceptable, and
// figure 7 would not work (appendix A.2).
func (c *Conn) crossedSYN(seg *wire.Segment) *wire.Segment {
	t := &c.tcb
	if t.State != fsm.SynReceived || t.Origin != fsm.Active || !seg.Has(wire.SYN) || !seg.Has(wire.ACK) ||
		seg.Seq != t.Rcv.IRS || seg.Has(wire.RST) || !seg.Ack.In(t.Snd.Una+1, uint32(t.Snd.Nxt-t.Snd.Una)) {
		return nil
	}
	rest := *seg
	rest.Seq++
	rest.Flags &^= wire.SYN
	rest.Wnd >>= t.Opts.SndWShift // the window of a SYN is not scaled
	return &rest
}

// checkSequence is the first check: is any of the segment in the window? At a
// zero window the ACK, URG and RST of a segment at RCV.NXT are processed all the
// same, and its text is not (MUST-66); and so is the ACK of one that follows an
// octet with which the peer has probed.
func (c *Conn) checkSequence(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	t := &c.tcb
	switch c.takeLateACK(now, seg, r); {
	case t.acceptable(seg), t.Rcv.Wnd == 0 && seg.Seq.In(t.Rcv.Nxt, 2):
		return true
	case seg.Has(wire.RST):
	case seg.Has(wire.FIN) && t.Rcv.FinDone && seg.End() == t.Rcv.Nxt:
		c.fire(now, fsm.RcvFIN, seg, r) // the peer's FIN again: our ACK was lost
	default:
		c.replyToUnacceptable(now, seg)
		c.noteSYNACKAgain(seg)
	}
	return r.drop(OutOfWindow)
}

// takeLateACK processes the ACK of a segment that begins one number before
// RCV.NXT, and so is not acceptable, while the peer's window is closed to us. It is
// the answer to a zero-window probe, from a peer who has probed as well and does
// not know that we have taken his octet: neither would ever hear the other.
//
// Deviation: by the letter of the first check the ACK is dropped with the segment
// (appendix A.2).
func (c *Conn) takeLateACK(now clock.Time, seg *wire.Segment, r *Result) {
	t := &c.tcb
	if t.Snd.Wnd == 0 && seg.Seq == t.Rcv.Nxt-1 && t.State.Synchronized() && !seg.Has(wire.RST|wire.SYN) && !t.acceptable(seg) {
		c.checkACK(now, seg, r)
	}
}

// replyToUnacceptable sends the acknowledgment that an unacceptable segment
// calls for. A segment with text is answered always; one without may itself be
// such an answer, so that two ends could go on for ever: those are throttled, a
// keep-alive probe, whose number nobody guesses, apart from all others.
func (c *Conn) replyToUnacceptable(now clock.Time, seg *wire.Segment) {
	if seg.Seq.Before(c.tcb.Rcv.Nxt) && !seg.Has(wire.SYN) {
		c.noteDuplicate(seg.Seq, len(seg.Payload))
	}
	switch isProbe := seg.Seq == c.tcb.Rcv.Nxt-1; {
	case len(seg.Payload) > 0, isProbe && c.probes.allow(now):
		c.ack.now = true
	case !isProbe:
		c.challenge(now)
	}
}

// checkReset is the second check. A reset must name the next octet exactly; one
// that is merely in the window may be forged, so the peer is asked to confirm
// it (RFC 5961 §3.2). It may carry text, which says nothing (SHLD-2).
func (c *Conn) checkReset(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	switch {
	case !seg.Has(wire.RST):
		return true
	case seg.Seq != c.tcb.Rcv.Nxt:
		c.challenge(now)
		return r.drop(InexactReset)
	case c.tcb.State == fsm.TimeWait:
		r.Dropped = ResetInTimeWait
	default:
		r.Dropped = ResetAccepted
	}
	c.fire(now, fsm.RcvRST, seg, r)
	return false
}

// checkSYN is the fourth check.
func (c *Conn) checkSYN(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	if !seg.Has(wire.SYN) {
		return true
	}
	c.fire(now, fsm.RcvSYN, seg, r)
	if c.tcb.State.Synchronized() || c.tcb.State == fsm.SynReceived {
		return r.drop(SYNInConnection)
	}
	return r.drop(SYNInHandshake)
}

// checkACK is the fifth check, with that of RFC 5961 against injected data
// (MAY-12).
func (c *Conn) checkACK(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	snd := &c.tcb.Snd
	if !seg.Has(wire.ACK) {
		return r.drop(NoACK)
	}
	isNew := seg.Ack.In(snd.Una+1, uint32(snd.Nxt-snd.Una))
	if isNew || seg.Ack == snd.Una && c.tcb.synAcked() {
		c.takeFeedback(now, seg)
	}
	switch {
	case c.tcb.State == fsm.SynReceived && !isNew:
		c.fire(now, fsm.RcvBadACK, seg, r)
		return r.drop(BadACKInHandshake)
	case seg.Ack.Before(snd.oldest()), seg.Ack.After(snd.Nxt): // RFC 5961 §5.2
		c.fire(now, fsm.RcvBadACK, seg, r)
		return r.drop(UnacceptableACK)
	case isNew && !c.tcb.synAcked():
		c.takeACK(now, seg)
		c.setWindow(seg)
		c.fire(now, fsm.RcvACKofSYN, seg, r)
	case isNew:
		c.takeACK(now, seg)
	case seg.Ack == snd.Una:
		c.takeRepeated(now, seg)
	}
	c.updateWindow(seg)
	if isNew {
		r.Wake |= WakeWrite
	}
	if c.tcb.State == fsm.TimeWait && seg.Len() > 0 {
		c.challenge(now) // "acknowledge it"; only the peer's own FIN restarts the 2 MSL
	}
	if c.tcb.finAcked(c.out.end()) && c.awaitsACKofFIN() {
		c.fire(now, fsm.RcvACKofFIN, seg, r)
	}
	return c.tcb.State != fsm.Closed
}

// awaitsACKofFIN reports whether the state is one that an acknowledgment of our
// FIN ends.
func (c *Conn) awaitsACKofFIN() bool {
	return fsm.In(fsm.FinWait1, fsm.Closing, fsm.LastAck).Has(c.tcb.State)
}

// updateWindow takes SND.WND from the segment unless a later one has set it.
func (c *Conn) updateWindow(seg *wire.Segment) {
	snd := &c.tcb.Snd
	closed := snd.Wnd == 0
	if !seg.Ack.Before(snd.Una) && (snd.Wl1.Before(seg.Seq) || snd.Wl1 == seg.Seq && !snd.Wl2.After(seg.Ack)) {
		c.setWindow(seg)
	}
	if closed && snd.Wnd > 0 {
		// What went out into the closed window was a probe: send it again.
		c.loss.Again(snd.Nxt, 0)
	}
	c.timers.unanswered = 0 // the peer lives (MUST-37)
}

// isDuplicate is the definition of a duplicate acknowledgment in RFC 5681 §2.
func (c *Conn) isDuplicate(seg *wire.Segment) bool {
	snd := &c.tcb.Snd
	return snd.Una != snd.Nxt && seg.Len() == 0 && c.scaled(seg) == snd.Wnd
}

// setWindow sets SND.WND from the segment.
func (c *Conn) setWindow(seg *wire.Segment) {
	snd := &c.tcb.Snd
	snd.Wl1, snd.Wl2 = seg.Seq, seg.Ack
	snd.Wnd = c.scaled(seg)
	snd.MaxWnd = max(snd.MaxWnd, snd.Wnd)
}

// scaled is the segment's window in bytes (RFC 7323 §2.3).
func (c *Conn) scaled(seg *wire.Segment) uint32 {
	if seg.Has(wire.SYN) {
		return uint32(seg.Wnd)
	}
	return uint32(seg.Wnd) << c.tcb.Opts.SndWShift
}

// noteURG is the sixth check. Urgent data are delivered in line; the user
// learns where they end (MUST-30, MUST-31, MUST-62).
func (c *Conn) noteURG(seg *wire.Segment, r *Result) {
	if !seg.Has(wire.URG) || !c.receives() {
		return
	}
	if up := seg.Seq.Add(int(seg.Up)); up.After(c.tcb.Rcv.Up) {
		c.tcb.Rcv.Up = up
		r.Wake |= WakeUrgent | WakeRead
	}
}

// receives reports whether the state takes text and urgent data: no FIN has
// come from the peer.
func (c *Conn) receives() bool {
	return fsm.In(fsm.Established, fsm.FinWait1, fsm.FinWait2).Has(c.tcb.State)
}

// takeText is the seventh step. It reports whether there is an eighth.
func (c *Conn) takeText(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	if !c.receives() {
		if len(seg.Payload) > 0 {
			return r.drop(TextAfterFIN)
		}
		return true
	}
	rcv := &c.tcb.Rcv
	nxt := rcv.Nxt
	c.timeSender(now, seg)
	hadGap := c.in.spans != nil
	c.keepText(seg, r)
	c.deliver(r)
	if n := rcv.Nxt.Sub(nxt); n > 0 && c.tcb.UserGone {
		c.fire(now, fsm.RcvTextAfterClose, nil, r)
		return r.drop(TextAfterClose)
	}
	if seg.Len() > 0 || rcv.Nxt != nxt {
		c.ack.textArrived(rcv.Nxt.Sub(nxt), len(seg.Payload), c.ownMSS(), hadGap || c.in.spans != nil)
	}
	if c.sack.dup != (span{}) {
		c.ack.now = true
	}
	return true
}

// keepText trims the segment to the window and stores its new text, also beyond
// a gap (SHLD-31), and notes where its FIN stands. Nothing is delivered yet.
func (c *Conn) keepText(seg *wire.Segment, r *Result) {
	rcv := &c.tcb.Rcv
	left, text := seg.Seq, seg.Payload
	if fin := seg.End() - 1; seg.Has(wire.FIN) && fin.In(rcv.Nxt, rcv.Wnd) && rcv.prefers(fin) {
		rcv.Fin, rcv.FinSeen = fin, true
		c.noteStretch(fin)
	}
	c.noteDuplicate(left, len(text))
	if old := rcv.Nxt.Sub(left); old > 0 {
		text = text[min(old, len(text)):]
		left = rcv.Nxt
	}
	if room := int(rcv.Wnd) - left.Sub(rcv.Nxt); len(text) > room {
		text = text[:max(room, 0)]
		r.Dropped = BeyondWindow
	}
	switch {
	case len(text) == 0:
		if len(seg.Payload) > 0 && r.Dropped == ReasonNone {
			r.Dropped = DuplicateText
		}
	case c.in.holds(left, len(text)):
		r.Dropped = DuplicateText
	case !c.hasMemory(left):
		r.Dropped = NoMemory
	case left == rcv.Nxt && c.in.spans == nil && c.receives():
		c.in.append(text)
		c.advance(len(text), r)
	case !c.in.insert(rcv.Nxt, left, text):
		r.Dropped = TooManyGaps
	}
	if len(text) > 0 {
		c.noteStretch(left)
	}
}

// hasMemory reports whether text that starts at left may be stored. When the
// stack has no memory left, what is beyond a gap goes first: its sender has to
// keep it anyway (RFC 2018 §8). Text in order is refused only to a connection that has its share.
func (c *Conn) hasMemory(left seq.Num) bool {
	if !c.params.Pool.full() {
		return true
	}
	if c.in.spans != nil {
		c.in.prune()
	}
	return left == c.tcb.Rcv.Nxt && c.in.ready < chunkSize
}

// deliver moves RCV.NXT over what no longer has a gap before it.
func (c *Conn) deliver(r *Result) {
	if n := c.in.advance(c.tcb.Rcv.Nxt); n > 0 {
		c.advance(n, r)
	}
}

// advance moves RCV.NXT over n bytes; the right edge of the window stays where
// it is (§3.8.6.2.2).
func (c *Conn) advance(n int, r *Result) {
	rcv := &c.tcb.Rcv
	rcv.Nxt = rcv.Nxt.Add(n)
	rcv.Wnd -= uint32(n)
	if c.tcb.NoReader {
		c.in.discard(c.in.ready)
		return
	}
	r.Wake |= WakeRead
}

// checkFIN is the eighth check. A FIN beyond a gap waits until RCV.NXT has
// come to it.
func (c *Conn) checkFIN(now clock.Time, seg *wire.Segment, r *Result) {
	rcv := &c.tcb.Rcv
	if !rcv.FinSeen || rcv.FinDone || rcv.Nxt != rcv.Fin {
		return
	}
	rcv.Nxt++
	rcv.FinDone = true
	if rcv.Wnd > 0 {
		rcv.Wnd--
	}
	c.fire(now, fsm.RcvFIN, seg, r)
}

// challenge sends an ACK in answer to a segment that may be forged, but not too
// often (RFC 5961 §7).
func (c *Conn) challenge(now clock.Time) {
	if c.throttle.allow(now) {
		c.ack.now = true
	}
}
