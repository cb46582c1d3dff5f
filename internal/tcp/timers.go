package tcp

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
)

// A Timer is one of a connection's timers.
type Timer uint8

// The timers.
const (
	TimerPace       Timer = iota // something waits for the pace
	TimerReorder                 // RACK: what has not come by now is lost (RFC 8985 §6.2)
	TimerProbe                   // the tail loss probe (RFC 8985 §7.2); before the retransmission timer, which it puts off
	TimerRetransmit              // §3.8.1
	TimerPersist                 // zero-window probes and the silly-window override (§3.8.6)
	TimerDelayedACK              // §3.8.6.3
	TimerKeepAlive               // §3.8.4
	TimerFinWait2                // FIN_WAIT_2 without a user
	TimerTimeWait                // 2 MSL
	TimerUser                    // the user timeout (§3.10.8)
	NumTimers       = iota
)

// timers is when each timer fires, and what they count.
type timers struct {
	at         [NumTimers]clock.Time
	tries      uint       // how often the oldest segment was sent again
	probes     uint       // zero-window probes in a row: their back-off
	unanswered int        // probes since the peer was last heard
	waiting    bool       // something waits for an acknowledgment
	since      clock.Time // since when, or since the last progress
	lastSent   clock.Time // when data last went out
}

func (t *timers) stopAll() {
	for i := range t.at {
		t.at[i] = clock.Never
	}
}

func (t *timers) stop(k Timer)               { t.at[k] = clock.Never }
func (t *timers) set(k Timer, at clock.Time) { t.at[k] = at }
func (t *timers) on(k Timer) bool            { return t.at[k] != clock.Never }

// arm sets a timer that is off.
func (t *timers) arm(k Timer, at clock.Time) {
	if !t.on(k) {
		t.set(k, at)
	}
}

// sooner sets a timer that is off or would fire later.
func (t *timers) sooner(k Timer, at clock.Time) { t.at[k] = min(t.at[k], at) }

// progress notes that new data were acknowledged: the retransmission timer
// starts over (RFC 6298 §5.3).
func (t *timers) progress() {
	t.tries, t.probes = 0, 0
	t.waiting = false
	t.stop(TimerRetransmit)
	t.stop(TimerUser)
}

// Timer is when a timer fires, or clock.Never if it is off.
func (c *Conn) Timer(k Timer) clock.Time { return c.timers.at[k] }

// Deadline is when Expire is to be called next.
func (c *Conn) Deadline() clock.Time {
	next := clock.Never
	for _, at := range c.timers.at {
		next = min(next, at)
	}
	return next
}

// Expire runs the timers that are due (§3.10.8).
func (c *Conn) Expire(now clock.Time) (r Result) {
	for k := range Timer(NumTimers) {
		if c.timers.at[k].After(now) {
			continue
		}
		c.timers.stop(k)
		switch k {
		case TimerPace: // Emit goes on
		case TimerReorder:
			if c.loss.ReorderTimeout(now, c.tcb.Snd.Una, c.tcb.Snd.Nxt, c.rtt.SRTT) {
				c.ecn.reduce(c.tcb.Snd.Nxt)
			}
		case TimerProbe:
			c.loss.OweProbe()
			c.timers.set(TimerRetransmit, now.Add(c.rtt.timeout()))
		case TimerRetransmit:
			c.retransmitTimeout(now, &r)
		case TimerPersist:
			c.persistTimeout(now, &r)
		case TimerDelayedACK:
			c.ack.now = c.ack.now || c.ack.delayed
		case TimerKeepAlive:
			c.keepAliveTimeout(now, &r)
		case TimerFinWait2:
			c.fire(now, fsm.FinWait2Timeout, nil, &r)
		case TimerTimeWait:
			c.fire(now, fsm.TimeWaitTimeout, nil, &r)
		case TimerUser:
			c.fire(now, fsm.UserTimeout, nil, &r)
		}
	}
	c.followTrial(now)
	c.rearm(now)
	return r
}

// retransmitTimeout is the RETRANSMISSION TIMEOUT of §3.10.8, bounded by R2
// (§3.8.3, MUST-20).
func (c *Conn) retransmitTimeout(now clock.Time, r *Result) {
	if c.timers.tries >= c.maxTries() {
		c.fire(now, fsm.UserTimeout, nil, r)
		return
	}
	c.fire(now, fsm.RetransmitTimeout, nil, r)
	if c.timers.tries == r1 {
		r.Wake |= WakeTrouble
	}
}

// r1 is R1 (§3.8.3): after so many retransmissions of a segment the user is told
// (SHLD-9, SHLD-10).
const r1 = 3

// maxTries is R2, as a count of retransmissions, of a SYN too (MUST-22). A user
// timeout takes the place of the count for data.
func (c *Conn) maxTries() uint {
	switch {
	case c.tcb.State == fsm.SynSent:
		return uint(c.cfg.SynRetries)
	case c.tcb.State == fsm.SynReceived:
		return uint(c.cfg.SynAckRetries)
	case c.user.limit > 0:
		return 1 << 30
	default:
		return uint(c.cfg.DataRetries)
	}
}

// retransmit holds lost what is in the network, and makes it go out again from
// the oldest segment on (RFC 6298 §5.4-5.6, MUST-19).
func (c *Conn) retransmit(now clock.Time) {
	snd := &c.tcb.Snd
	c.timers.tries++
	c.rtt.backoff++
	c.rtt.timed = snd.Una
	c.timers.stop(TimerProbe)
	if !c.tcb.synAcked() {
		c.rtt.retransmitted = true
		c.loss.Again(snd.Nxt, 0)
		return
	}
	c.suspectBlackHole(now)
	c.loss.RetransmitTimeout(now, snd.Una, snd.Nxt, c.rtt.SRTT, c.timers.tries > 1)
	c.ecn.reduce(snd.Nxt)
}

// persistTimeout sends a zero-window probe (MUST-36). The connection stays open
// as long as the peer answers (MUST-37), but not for ever once its user is gone
// (RFC 6429 §3).
func (c *Conn) persistTimeout(now clock.Time, r *Result) {
	abandoned := c.tcb.UserGone && c.timers.probes >= uint(c.cfg.DataRetries)
	if abandoned || c.timers.unanswered >= int(c.maxTries()) {
		c.fire(now, fsm.UserTimeout, nil, r)
		return
	}
	c.timers.unanswered++
	c.timers.probes++
	c.probeDue = true
	if c.timers.unanswered == r1 {
		r.Wake |= WakeTrouble
	}
}

// probeInterval is the time to the next zero-window probe, which grows (SHLD-29,
// SHLD-30).
func (c *Conn) probeInterval() time.Duration {
	return min(c.rtt.timeout()<<min(c.timers.probes, 10), c.cfg.MaxRTO)
}

// overrideDelay is how long a segment that the window makes silly may wait
// (§3.8.6.2.1).
const overrideDelay = 500 * time.Millisecond

// moreDelay is how long a segment that is not full may wait for more text that
// the user has announced: as on Linux.
const moreDelay = 200 * time.Millisecond

// holdDelay is how long what is held back may wait.
func (c *Conn) holdDelay() time.Duration {
	if c.tcb.More {
		return moreDelay
	}
	return overrideDelay
}

// rearm makes the timers fit what has happened. A window that has shrunk to zero is
// probed like any other (MUST-35): nothing beyond it times out (SHLD-17).
func (c *Conn) rearm(now clock.Time) {
	t := &c.timers
	outstanding, pending := c.tcb.Snd.Una != c.tcb.Snd.Nxt, c.hasUnsent()
	switch {
	case !fsm.In(fsm.SynSent, fsm.SynReceived, fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.CloseWait, fsm.Closing, fsm.LastAck).Has(c.tcb.State):
		return
	case c.tcb.Snd.Wnd == 0 && c.tcb.synAcked() && (outstanding || pending):
		t.stop(TimerRetransmit)
		t.stop(TimerProbe)
		t.arm(TimerPersist, now.Add(c.probeInterval()))
	case outstanding:
		t.stop(TimerPersist)
		t.arm(TimerRetransmit, now.Add(c.rtt.timeout()))
		if t.on(TimerProbe) { // it may have been set before the retransmission timer was
			t.sooner(TimerProbe, t.at[TimerRetransmit])
		}
	case pending: // the override timer, if it runs, runs on (see holdSilly)
		t.stop(TimerRetransmit)
		t.stop(TimerProbe)
	default:
		t.stop(TimerPersist)
		t.stop(TimerRetransmit)
		t.stop(TimerProbe)
		t.stop(TimerPace)
	}
	t.set(TimerReorder, c.loss.ReorderDeadline())
	c.rearmUser(now, outstanding || pending)
	c.rearmACK(now)
	c.rearmKeepAlive(outstanding || pending)
	if c.tcb.State == fsm.FinWait2 && c.tcb.UserGone {
		t.arm(TimerFinWait2, now.Add(c.cfg.FinWait2Timeout))
	}
}

// rearmUser lets the user timeout run while something waits.
func (c *Conn) rearmUser(now clock.Time, waits bool) {
	t := &c.timers
	if waits && !t.waiting {
		t.since = now
	}
	if t.waiting = waits; !waits || c.user.limit == 0 {
		t.stop(TimerUser)
		return
	}
	t.set(TimerUser, t.since.Add(c.user.limit))
}

// rearmACK lets the delayed ACK timer run while an ACK waits.
func (c *Conn) rearmACK(now clock.Time) {
	if c.ack.delayed && !c.ack.now {
		c.timers.arm(TimerDelayedACK, now.Add(c.cfg.DelayedACK))
		return
	}
	c.timers.stop(TimerDelayedACK)
}

// holdSilly arms the override timer when Emit had nothing more to send, though
// there are data: nothing is outstanding whose acknowledgment would change that.
func (c *Conn) holdSilly(now clock.Time) {
	if c.tcb.synAcked() && c.tcb.Snd.Una == c.tcb.Snd.Nxt && c.tcb.Snd.Wnd > 0 && c.hasUnsent() {
		c.timers.arm(TimerPersist, now.Add(c.holdDelay()))
	}
}
