package congestion

import (
	"testing"
	"time"
)

func newCubic() *Cubic {
	c := new(Cubic)
	c.Init(0, mss)
	return c
}

// ackRound acknowledges a window, spread over a round trip of 100 ms.
func ackRound(c Controller, now *time.Duration, limited bool) {
	const rtt = 100 * time.Millisecond
	n := c.Window() / mss
	for range n {
		*now += rtt / time.Duration(n)
		c.Acked(*now, &Ack{Acked: mss, Delivered: mss, Flight: c.Window(), RTT: rtt, SRTT: rtt, Limited: limited})
	}
}

// reduced is a Cubic whose window of 1,000 segments a loss has brought down to
// 700: K is the cube root of 300/0.4, 9.09 s.
func reduced() *Cubic {
	c := newCubic()
	c.Inherit(0, Legacy{Window: 1000 * mss, Threshold: 1000 * mss})
	c.Congested(0, Loss, 1000*mss)
	c.Recovered(0, 700*mss)
	return c
}

func TestCubicReducesTo70Percent(t *testing.T) {
	wantWindow(t, reduced(), 700, "beta is 0.7 (RFC 9438 §4.6)")
	c := newCubic()
	c.Inherit(0, Legacy{Window: 1000 * mss, Threshold: 1000 * mss})
	c.Congested(0, ECN, 1000*mss)
	wantWindow(t, c, 850, "and 0.85 for a mark (RFC 8511 §3.1)")
}

// W_cubic(t) = C (t-K)³ + W_max: concave up to the plateau, convex after it
// (RFC 9438 §4.2).
func TestCubicFollowsItsCurve(t *testing.T) {
	c, now := reduced(), time.Duration(0)
	for now < 20*time.Second {
		ackRound(c, &now, true)
		d := now.Seconds() - 9.0856
		within(t, "the window after "+now.String(), float64(c.Window())/mss, 0.4*d*d*d+1000, 0.01)
	}
}

// A peak lower than the last one makes room for others: W_max is 0.85 of it
// (RFC 9438 §4.7).
func TestCubicConvergesFast(t *testing.T) {
	c := reduced()
	c.Congested(0, Loss, 700*mss)
	within(t, "the plateau", c.curve.wMax, 0.85*700*mss, 1e-6)
	c = reduced()
	now := time.Duration(0)
	for now < 15*time.Second {
		ackRound(c, &now, true)
	}
	peak := c.Window()
	c.Congested(now, Loss, peak)
	within(t, "the plateau after growth", c.curve.wMax, float64(peak), 1e-6)
}

// With few segments a window the curve would be slower than Reno, so Reno's pace
// holds: 0.53 segments a round trip up to the old window, then one (RFC 9438
// §4.3).
func TestCubicIsAtLeastAsFastAsReno(t *testing.T) {
	c, now := newCubic(), time.Duration(0)
	c.Inherit(0, Legacy{Window: 20 * mss, Threshold: 20 * mss})
	c.Congested(0, Loss, 20*mss)
	c.Recovered(0, 0)
	for range 8 {
		ackRound(c, &now, true)
	}
	within(t, "the window after 8 round trips", float64(c.Window())/mss, 14+8*0.529, 0.03)
	for c.Window() < 20*mss {
		ackRound(c, &now, true)
	}
	from := c.Window()
	for range 5 {
		ackRound(c, &now, true)
	}
	within(t, "the growth in 5 more", float64(c.Window()-from)/mss, 5, 0.1)
}

// Time in which the application has too little to send does not count (RFC 9438
// §5.8).
func TestCubicStandsStillWhileSomethingElseLimits(t *testing.T) {
	c, now := reduced(), time.Duration(0)
	ackRound(c, &now, true)
	before := c.Window()
	for now < time.Minute {
		ackRound(c, &now, false)
	}
	if c.Window() != before {
		t.Errorf("the window is %d, want %d as before", c.Window(), before)
	}
	ackRound(c, &now, true)
	d := 0.2 - 9.0856
	within(t, "the window a round trip later", float64(c.Window())/mss, 0.4*d*d*d+1000, 0.01)
}

// No window grows by more than half in a round trip (RFC 9438 §4.2).
func TestCubicGrowsMoreSlowlyThanSlowStart(t *testing.T) {
	c, now := reduced(), time.Duration(0)
	ackRound(c, &now, true)
	now += time.Hour
	before := c.Window()
	ackRound(c, &now, true)
	if c.Window() > before*3/2 {
		t.Errorf("the window grows from %d to %d in a round trip", before, c.Window())
	}
}

// After a timeout the curve begins where slow start ends, at its plateau
// (RFC 9438 §4.8).
func TestCubicAfterATimeout(t *testing.T) {
	c, now := reduced(), time.Duration(0)
	c.TimedOut(0, 700*mss, false)
	wantWindow(t, c, 1, "the loss window is one segment")
	if c.Threshold() != 490*mss {
		t.Errorf("the threshold is %d, want 70 %% of what was in flight", c.Threshold())
	}
	for c.Window() < c.Threshold() {
		ackRound(c, &now, true)
	}
	ackRound(c, &now, true)
	if c.curve.k != 0 {
		t.Errorf("K is %v, want 0", c.curve.k)
	}
}

func TestCubicUndoRestoresWindowAndCurve(t *testing.T) {
	c, now := reduced(), time.Duration(0)
	for range 10 {
		ackRound(c, &now, true)
	}
	before, w := c.curve, c.window
	c.Congested(now, Loss, c.Window())
	c.Undo(now)
	if c.curve != before || c.window != w {
		t.Errorf("after Undo %+v %+v, want %+v %+v", c.window, c.curve, w, before)
	}
	c.TimedOut(now, c.Window(), false)
	c.TimedOut(now, mss, true)
	c.Undo(now)
	if c.curve != before || c.window != w {
		t.Errorf("after Undo of a timeout %+v %+v, want %+v %+v", c.window, c.curve, w, before)
	}
	c.Congested(now, Loss, 10*mss)
	c.Inherit(now, Legacy{Window: 5000 * mss})
	c.Undo(now)
	wantWindow(t, c, 5000, "a window that is larger by now stays (RFC 9438 §4.9.2)")
}

// The peak at the end of the first slow start without a loss is the plateau
// (RFC 9438 §4.10).
func TestCubicBeginsAtThePlateauAfterHyStart(t *testing.T) {
	c, now := newCubic(), time.Duration(0)
	c.ssthresh = c.cwnd
	ackRound(c, &now, true)
	within(t, "the plateau", c.curve.wMax, 10*mss, 1e-6)
	if c.curve.k != 0 {
		t.Errorf("K is %v, want 0", c.curve.k)
	}
}
