package congestion

import "time"

// nonValidatedPeriod is how long a window is kept that is less than half used
// (NVP of RFC 7661 §4.4.3).
const nonValidatedPeriod = 5 * time.Minute

// ackClocked is what Reno and CUBIC have in common: slow start, what counts as
// in use when the window is reduced, and that the acknowledgments set the pace.
//
// The congestion window is validated by RFC 7661, which does not punish an
// application for sending in bursts: a window that is not in use does not grow;
// a loss is answered by what was in use lately; and after five minutes the
// window is halved. RFC 2861, which it replaces, would take the window away
// within seconds.
//
// Deviation: after a silence the window restarts by RFC 5681 §4.1. RFC 7661 would
// keep it, which asks for pacing, as it would go out as one burst.
type ackClocked struct {
	window
	mss        int
	recovering bool          // a fast recovery is on
	validated  time.Duration // when the window was last in use
	start      hystart
	pipe       pipe
}

func (c *ackClocked) init(now time.Duration, mss int) {
	*c = ackClocked{mss: mss, validated: now}
	c.window = window{cwnd: initialWindow(mss), ssthresh: noThreshold}
}

// Inherit goes on with the window of another algorithm.
func (c *ackClocked) Inherit(_ time.Duration, l Legacy) {
	c.cwnd, c.ssthresh = max(bound(l.Window), c.mss), max(l.Threshold, 2*c.mss)
}

// SetMSS changes the size of a segment.
func (c *ackClocked) SetMSS(mss int) { c.mss, c.cwnd = mss, max(c.cwnd, mss) }

// Window is cwnd.
func (c *ackClocked) Window() int { return c.cwnd }

// Threshold is ssthresh.
func (c *ackClocked) Threshold() int { return c.ssthresh }

// PacingRate is 0: the acknowledgments set the pace.
func (c *ackClocked) PacingRate() int64 { return 0 }

// PRR is true: a recovery comes down to the reduced window gradually.
func (c *ackClocked) PRR() bool { return true }

// Sent changes nothing.
func (c *ackClocked) Sent(time.Duration, int, int) {}

// Recovered ends a fast recovery. The window is the reduced one already
// (RFC 6582 §3.2 step 3, option 2), and PRR has filled it.
func (c *ackClocked) Recovered(time.Duration, int) { c.recovering = false }

// rise opens the window in slow start by what is acknowledged and was delivered
// just now; in the first slow start as HyStart++ allows. What was delivered long
// ago, and is acknowledged as a gap before it closes, does not come as a burst.
//
// Deviation: there is no limit L of segments for one acknowledgment (RFC 3465
// §2.3, RFC 9406 §4.2). It supposes that receivers acknowledge every second
// segment. Those that coalesce what arrives, as Linux, network cards and our own
// links do, acknowledge a flight with one: with L of 8 the window would grow by
// eight segments each round trip instead of doubling. Linux has no limit either.
func (c *ackClocked) rise(a *Ack) {
	divisor := 1
	if c.first() {
		divisor = c.start.acked(a)
		if divisor == 0 {
			c.ssthresh = c.cwnd
			return
		}
	}
	if a.Limited {
		c.grow(min(a.Acked, a.Delivered) / divisor)
	}
}

// validate notes how much of the window is in use, and gives up one that has
// not been for long (RFC 7661 §4.4.3).
func (c *ackClocked) validate(now time.Duration, a *Ack) {
	c.pipe.acked(now, a)
	switch {
	case c.inUse():
		c.validated = now
	case now-c.validated > nonValidatedPeriod:
		c.shrink(max(c.cwnd/2, initialWindow(c.mss)))
		c.validated = now
	}
}

// inUse tells that at least half of the window was used lately, or that nothing
// is known (RFC 7661 §4.3).
func (c *ackClocked) inUse() bool {
	size, ok := c.pipe.size()
	return !ok || 2*size >= c.cwnd
}

// reduce lowers the threshold to beta hundredths of FlightSize, at least two
// segments (equation 4 of RFC 5681 §3.1). If the window was not in use it is what
// was in use lately (RFC 7661 §4.4.1): FlightSize may be small by chance.
// It returns the same without the bound.
func (c *ackClocked) reduce(flightSize, beta int) int {
	used := bound(flightSize)
	if size, ok := c.pipe.size(); ok && !c.inUse() {
		used = max(used, size)
	}
	n := percent(beta, used)
	c.ssthresh = max(n, 2*c.mss)
	return n
}

// congested is the answer to a signal of congestion: the threshold and the window
// come down to beta hundredths. The window is at least two segments after a loss
// and one after a mark (RFC 9438 §4.6).
func (c *ackClocked) congested(s Signal, flightSize, beta int) {
	n := c.reduce(flightSize, beta)
	floor := c.mss
	if s == Loss {
		c.recovering = true
		floor = c.ssthresh
	}
	c.cwnd = min(c.cwnd, max(n, floor))
}

// timedOut starts over with one segment; the threshold falls only once for the
// same data (RFC 5681 §3.1).
func (c *ackClocked) timedOut(flightSize, beta int, again bool) {
	if !again {
		c.reduce(flightSize, beta)
	}
	c.cwnd, c.recovering = c.mss, false
}

// idle restarts with no more than the initial window: the acknowledgments that
// would set the pace have gone (RFC 5681 §4.1).
func (c *ackClocked) idle(now time.Duration) {
	c.shrink(initialWindow(c.mss))
	c.pipe, c.validated = pipe{}, now
}
