package congestion

import "time"

// What CUBIC multiplies the window with, in hundredths.
const (
	betaCubic    = 70 // RFC 9438 §4.6
	betaCubicECN = 85 // for a mark in congestion avoidance: a short queue sets marks (RFC 8511 §3.1)
)

// Cubic is the congestion control of RFC 9438. After a reduction the window
// first returns quickly to near where the loss was, stays there for a while, and
// then looks for more, faster and faster, by the clock and not by round trips.
// Where Reno would be faster, it is as fast as Reno.
type Cubic struct {
	ackClocked
	curve  curve
	seen   time.Duration // when the last acknowledgment came
	before cubicState    // what the last reduction took away; zero if nothing is to be undone
}

// cubicState is what a reduction changes and Undo restores (RFC 9438 §4.9.2).
type cubicState struct {
	window
	curve curve
}

// Init starts with ten segments (RFC 6928).
func (c *Cubic) Init(now time.Duration, mss int) {
	*c = Cubic{seen: now}
	c.init(now, mss)
}

// String is "cubic".
func (c *Cubic) String() string { return "cubic" }

// Acked grows the window, if the window is what limits and no fast recovery is
// on. For the curve, time stands still while something else limits (RFC 9438
// §5.8).
func (c *Cubic) Acked(now time.Duration, a *Ack) {
	c.validate(now, a)
	switch {
	case c.recovering:
	case c.slowStart():
		c.rise(a)
	case a.Limited:
		c.avoid(now, a)
	default:
		c.curve.epoch += now - c.seen
	}
	c.seen = now
}

// avoid is congestion avoidance (RFC 9438 §4.2 to §4.5).
func (c *Cubic) avoid(now time.Duration, a *Ack) {
	if !c.curve.on {
		c.curve.begin(now, c.cwnd, c.mss)
	}
	c.grow(c.curve.acked(now, a, c.cwnd, c.mss))
}

// Congested lowers the window to 70 % (RFC 9438 §4.6). A mark takes less.
func (c *Cubic) Congested(_ time.Duration, s Signal, flightSize int) {
	beta := betaCubic
	if s == ECN && !c.slowStart() {
		beta = betaCubicECN
	}
	c.before = cubicState{c.window, c.curve}
	c.curve.end(c.cwnd)
	c.congested(s, flightSize, beta)
}

// TimedOut starts over with one segment. The curve begins where slow start ends
// (RFC 9438 §4.8).
func (c *Cubic) TimedOut(_ time.Duration, flightSize int, again bool) {
	if !again {
		c.before = cubicState{c.window, c.curve}
	}
	c.curve = curve{}
	c.timedOut(flightSize, betaCubic, again)
}

// Undo takes the last reduction back, unless the window has grown past what it
// was (RFC 9438 §4.9).
func (c *Cubic) Undo(time.Duration) {
	c.recovering = false
	if c.before.cwnd > c.cwnd {
		c.window, c.curve = c.before.window, c.before.curve
	}
	c.before = cubicState{}
}

// Idle restarts with the initial window (RFC 5681 §4.1). The curve waits for the
// end of slow start.
func (c *Cubic) Idle(now time.Duration, _ time.Duration) {
	c.idle(now)
	c.curve.on = false
}
