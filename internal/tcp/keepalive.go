package tcp

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
)

// keepAlive probes a peer that is silent (§3.8.4, MAY-5).
type keepAlive struct {
	KeepAlive
	last       clock.Time // when the peer was last heard
	unanswered int
}

// heard notes a segment from the peer.
func (k *keepAlive) heard(now clock.Time) {
	k.last, k.unanswered = now, 0
}

// SetKeepAlive changes the keep-alive setting (MUST-24, MUST-27). Zero
// durations and counts are the defaults.
func (c *Conn) SetKeepAlive(now clock.Time, k KeepAlive) {
	c.keep.KeepAlive = k.WithDefaults()
	c.timers.stop(TimerKeepAlive)
	c.rearm(now)
}

// KeepAliveConfig is the keep-alive setting.
func (c *Conn) KeepAliveConfig() KeepAlive { return c.keep.KeepAlive }

// rearmKeepAlive lets the timer run while nothing is outstanding (MUST-26). It
// is not moved by every segment: when it fires, it looks how long the silence
// has been.
func (c *Conn) rearmKeepAlive(outstanding bool) {
	if !c.keep.Enable || outstanding || !fsm.In(fsm.Established, fsm.FinWait2, fsm.CloseWait).Has(c.tcb.State) {
		c.timers.stop(TimerKeepAlive)
		return
	}
	c.timers.arm(TimerKeepAlive, c.keep.last.Add(c.keep.Idle))
}

// keepAliveTimeout sends a probe, or gives the peer up when several in a row
// went unanswered (MUST-29).
func (c *Conn) keepAliveTimeout(now clock.Time, r *Result) {
	k := &c.keep
	switch due := k.last.Add(k.Idle); {
	case k.unanswered == 0 && due.After(now):
		c.timers.set(TimerKeepAlive, due)
	case k.unanswered >= k.Count:
		c.fire(now, fsm.KeepAliveTimeout, nil, r)
	default:
		k.unanswered++
		c.probeDue = true
		c.timers.set(TimerKeepAlive, now.Add(k.Interval))
	}
}
