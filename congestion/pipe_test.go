package congestion

import (
	"testing"
	"time"
)

// burst delivers n segments within a round trip of 100 ms that begins at now.
func burst(c Controller, now time.Duration, n int) {
	const rtt = 100 * ms
	for i := range n {
		at := now + rtt*time.Duration(i+1)/time.Duration(n)
		c.Acked(at, &Ack{Acked: mss, Delivered: mss, RTT: rtt, SRTT: rtt})
	}
}

func TestPipeACKIsTheMostOfARoundTripLately(t *testing.T) {
	var p pipe
	deliver := func(now time.Duration, n int) {
		p.acked(now, &Ack{Delivered: n * mss, SRTT: 100 * ms})
	}
	want := func(n int, sentence string) {
		t.Helper()
		if got, _ := p.size(); got != n*mss {
			t.Errorf("pipeACK is %d, want %d: %s", got, n*mss, sentence)
		}
	}
	if _, ok := p.size(); ok {
		t.Error("pipeACK has a value before a round trip")
	}
	deliver(100*ms, 5)
	want(5, "a round trip has brought 5")
	deliver(150*ms, 3)
	deliver(200*ms, 4)
	want(7, "this one 7")
	deliver(300*ms, 1)
	want(7, "the most counts")
	for now := 400 * ms; now < 2*time.Second; now += 100 * ms {
		deliver(now, 1)
	}
	want(1, "after a second it is forgotten (RFC 7661 §4.2)")
}

// RFC 7661 §4.4.1: the loss of one of few segments in flight does not take away a
// window that was in use a moment ago.
func TestALossIsAnsweredByWhatWasInUseLately(t *testing.T) {
	r := newReno()
	r.Inherit(0, Legacy{Window: 100 * mss, Threshold: 100 * mss})
	burst(r, 0, 40)
	r.Congested(200*ms, Loss, 4*mss)
	wantWindow(t, r, 20, "40 segments were delivered in a round trip, of a window of 100")
}

// A window in full use is measured by FlightSize alone (RFC 5681 §3.1).
func TestALossInFullUseIsAnsweredByFlightSize(t *testing.T) {
	r := newReno()
	r.Inherit(0, Legacy{Window: 100 * mss, Threshold: 100 * mss})
	burst(r, 0, 80)
	r.Congested(200*ms, Loss, 30*mss)
	wantWindow(t, r, 15, "half of what is in flight")
}

// RFC 7661 §4.4.3.
func TestAWindowNotUsedForFiveMinutesIsHalved(t *testing.T) {
	for _, c := range []Controller{newReno(), newCubic()} {
		c.(Heir).Inherit(0, Legacy{Window: 100 * mss, Threshold: 50 * mss})
		now := time.Duration(0)
		for ; now < 5*time.Minute; now += time.Second {
			burst(c, now, 10)
		}
		wantWindow(t, c, 100, "five minutes are not over")
		for range 5 {
			burst(c, now, 10)
			now += time.Second
		}
		wantWindow(t, c, 50, "they are")
		if c.Threshold() != 75*mss {
			t.Errorf("the threshold is %d, want three quarters of the window", c.Threshold())
		}
	}
}
