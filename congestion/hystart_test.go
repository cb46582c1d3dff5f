package congestion

import (
	"testing"
	"time"
)

// rounds acknowledges windows of segments with the given round trips, one window
// for each, and returns by how much the window has grown in the last.
func rounds(c *Reno, rtts ...time.Duration) (growth int) {
	for _, rtt := range rtts {
		before := c.Window()
		for range before / mss {
			c.Acked(0, &Ack{Acked: mss, Delivered: mss, Flight: c.Window(), RTT: rtt, Limited: true})
		}
		growth = c.Window() - before
	}
	return growth
}

const ms = time.Millisecond

func TestHyStartSlowsDownWhenTheRoundTripRises(t *testing.T) {
	for _, test := range []struct {
		rtts     []time.Duration
		slow     bool
		sentence string
	}{
		{[]time.Duration{20 * ms, 20 * ms, 20 * ms}, false, "nothing rises"},
		{[]time.Duration{20 * ms, 23 * ms, 26 * ms}, false, "4 ms is the least that counts"},
		{[]time.Duration{20 * ms, 24 * ms, 24 * ms}, true, "4 ms counts"},
		{[]time.Duration{80 * ms, 89 * ms, 98 * ms}, false, "an eighth of 80 ms is 10 ms"},
		{[]time.Duration{80 * ms, 90 * ms, 90 * ms}, true, "10 ms counts"},
		{[]time.Duration{400 * ms, 416 * ms, 416 * ms}, true, "16 ms always counts"},
		{[]time.Duration{20 * ms, 30 * ms, 29 * ms, 29 * ms}, false, "it was jitter: the round trip is shorter again"},
	} {
		c := newReno()
		before := c.Window()
		growth := rounds(c, test.rtts...)
		// A round is not the same as a window, but near enough to tell a fourth.
		if slow := growth < (c.Window()-growth)/2; slow != test.slow {
			t.Errorf("%v: the window grows from %d by %d in the last round to %d; %s", test.rtts, before, growth, c.Window(), test.sentence)
		}
	}
}

func TestHyStartEndsAfterFiveSlowRounds(t *testing.T) {
	c := newReno()
	rounds(c, 20*ms, 30*ms, 30*ms, 30*ms, 30*ms)
	if !c.first() {
		t.Errorf("slow start is over with a window of %d", c.Window())
	}
	rounds(c, 30*ms, 30*ms, 30*ms)
	if c.first() || c.Threshold() > c.Window() {
		t.Errorf("slow start still goes on: the threshold is %d", c.Threshold())
	}
}

func TestHyStartDoesNotJudgeWhatItDoesNotCause(t *testing.T) {
	c := newReno()
	for _, rtt := range []time.Duration{20 * ms, 90 * ms, 90 * ms, 90 * ms, 90 * ms, 90 * ms, 90 * ms, 90 * ms, 90 * ms} {
		for range 20 {
			c.Acked(0, &Ack{Acked: mss, Delivered: mss, RTT: rtt})
		}
	}
	if !c.first() {
		t.Error("slow start is over, although the window was never full")
	}
}

// On a path of 100 Mbit/s and 40 ms whose queue holds six times that, slow
// start alone loses hundreds of segments; HyStart++ leaves it before.
func TestHyStartLeavesSlowStartBeforeItOvershoots(t *testing.T) {
	p := path{rate: 12.5e6, rtt: 40 * ms, queue: 3000000}
	for _, c := range []Controller{new(Reno), new(Cubic)} {
		f := newFlow(c, p)
		f.run(2 * time.Second)
		if f.lost > 0 {
			t.Errorf("%v loses %d segments", c, f.lost/mss)
		}
		within(t, "the throughput", float64(f.run(4*time.Second))/2, p.rate, 0.02)
	}
	r := new(Reno)
	f := newFlow(r, p)
	r.ssthresh-- // not the first slow start any more
	f.run(2 * time.Second)
	if f.lost < 100*mss {
		t.Errorf("without it %d segments are lost: the path shows nothing", f.lost/mss)
	}
}
