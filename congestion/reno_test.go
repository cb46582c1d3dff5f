package congestion

import (
	"testing"
	"time"
)

const mss = 1000

// acks acknowledges n segments, one at a time, while the window limits.
func acks(c Controller, n int) {
	for range n {
		c.Acked(0, &Ack{Acked: mss, Delivered: mss, Flight: 100 * mss, Limited: true})
	}
}

func wantWindow(t *testing.T, c Controller, segments float64, sentence string) {
	t.Helper()
	if got, want := c.Window(), int(segments*mss); got != want {
		t.Errorf("the window is %d, want %d: %s", got, want, sentence)
	}
}

func newReno() *Reno {
	r := new(Reno)
	r.Init(0, mss)
	return r
}

func TestRenoSlowStartDoublesAndAvoidanceAddsOneSegmentARoundTrip(t *testing.T) {
	r := newReno()
	wantWindow(t, r, 10, "RFC 6928 begins with ten segments")
	acks(r, 10)
	wantWindow(t, r, 20, "each byte acknowledged opens the window by one (RFC 3465)")
	r.Congested(0, Loss, 20*mss)
	wantWindow(t, r, 10, "a loss halves what was in flight (RFC 5681 §3.2)")
	acks(r, 20)
	wantWindow(t, r, 10, "a fast recovery opens nothing")
	r.Recovered(0, 10*mss)
	wantWindow(t, r, 10, "its end neither (RFC 6582 §3.2)")
	acks(r, 9)
	wantWindow(t, r, 10, "not yet a window acknowledged")
	acks(r, 1)
	wantWindow(t, r, 11, "one segment for a window acknowledged")
}

func TestRenoGrowsOnlyWhileTheWindowLimits(t *testing.T) {
	r := newReno()
	r.Acked(0, &Ack{Acked: mss})
	wantWindow(t, r, 10, "the application had too little to send")
	r.TimedOut(0, 10*mss, false)
	r.Acked(0, &Ack{Acked: mss, Delivered: mss, Limited: true, Recovery: true})
	wantWindow(t, r, 2, "after a timeout slow start is how data are sent again")
}

func TestOneACKOpensTheWindowByAllThatItDelivers(t *testing.T) {
	r := newReno()
	r.Acked(0, &Ack{Acked: 50 * mss, Delivered: 50 * mss, Limited: true})
	wantWindow(t, r, 60, "receivers acknowledge much at once")
}

func TestWhatWasDeliveredBeforeDoesNotOpenTheWindow(t *testing.T) {
	r := newReno()
	r.TimedOut(0, 100*mss, false)
	r.Acked(0, &Ack{Acked: 50 * mss, Delivered: mss, Limited: true})
	wantWindow(t, r, 2, "the gap is closed by one segment; the others were delivered long ago")
}

func TestAMarkTakesLessThanALossInCongestionAvoidance(t *testing.T) {
	r := newReno()
	r.Congested(0, ECN, 10*mss)
	wantWindow(t, r, 5, "in slow start it is as bad (RFC 8511)")
	r.Congested(0, ECN, 5*mss)
	wantWindow(t, r, 4, "a mark comes from a short queue (RFC 8511 §3.1)")
	for range 10 {
		r.Congested(0, ECN, r.Window())
	}
	wantWindow(t, r, 1, "marks lead down to one segment, losses to two (RFC 9438 §4.6)")
}

func TestACongestionSignalNeverOpensTheWindow(t *testing.T) {
	for _, c := range []Controller{newReno(), newCubic()} {
		c.TimedOut(0, 10*mss, false)
		c.Congested(0, Loss, 40*mss)
		wantWindow(t, c, 1, "much that is sent is not in the network any more")
	}
}

func TestRenoTimeoutStartsOverAndLowersTheThresholdOnce(t *testing.T) {
	r := newReno()
	r.TimedOut(0, 10*mss, false)
	wantWindow(t, r, 1, "the loss window is one segment")
	r.TimedOut(0, mss, true)
	if r.Threshold() != 5*mss {
		t.Errorf("the threshold is %d after two timeouts for the same data, want half of the first flight", r.Threshold())
	}
}

func TestRenoUndoGivesBackTheLastReductionOnce(t *testing.T) {
	r := newReno()
	r.Congested(0, Loss, 10*mss)
	r.Undo(0)
	wantWindow(t, r, 10, "nothing was lost")
	if r.Threshold() != noThreshold {
		t.Errorf("the threshold is %d, want what it was", r.Threshold())
	}
	r.Undo(0)
	wantWindow(t, r, 10, "there is nothing more to undo")
	r.TimedOut(0, 10*mss, false)
	r.TimedOut(0, 10*mss, true)
	r.Undo(0)
	wantWindow(t, r, 10, "the timeout was spurious, and so was its repetition")
}

func TestRenoRestartsAfterIdleTime(t *testing.T) {
	r := newReno()
	acks(r, 30)
	r.Congested(0, Loss, 80*mss)
	r.Recovered(0, 0)
	r.Idle(0, time.Second)
	wantWindow(t, r, 10, "the restart window is the initial one (RFC 5681 §4.1)")
	if r.Threshold() != 40*mss {
		t.Errorf("the threshold is %d, want slow start to lead back to it", r.Threshold())
	}
	r.Congested(0, Loss, 4*mss)
	r.Idle(0, time.Second)
	wantWindow(t, r, 2, "and never more than cwnd")
}

func TestInitialWindowIsOfRFC6928(t *testing.T) {
	for size, want := range map[int]int{536: 5360, 1460: 14600, 8960: 17920, 2000: 14600} {
		if got := initialWindow(size); got != want {
			t.Errorf("the initial window is %d with an MSS of %d, want %d", got, size, want)
		}
	}
}
