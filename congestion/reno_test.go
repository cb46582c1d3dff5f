package congestion

import (
	"strings"
	"testing"
	"time"
)

const mss = 1000

// acks acknowledges n segments, one at a time, while the window limits.
func acks(c Controller, n int) {
	for range n {
		c.Acked(0, &Ack{Acked: mss, Delivered: mss, Limited: true})
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
	r.Acked(0, &Ack{Acked: 5 * mss, Limited: true})
	wantWindow(t, r, 22, "an ACK of much opens by two segments (RFC 3465 §2.3)")
	r.Congested(0, Loss, 20*mss)
	wantWindow(t, r, 10, "a loss halves what was in flight (RFC 5681 §3.2)")
	acks(r, 9)
	wantWindow(t, r, 10, "not yet a window acknowledged")
	acks(r, 1)
	wantWindow(t, r, 11, "one segment for a window acknowledged")
}

func TestRenoGrowsOnlyWhileTheWindowLimits(t *testing.T) {
	r := newReno()
	r.Acked(0, &Ack{Acked: mss})
	wantWindow(t, r, 10, "the application had too little to send")
	r.Acked(0, &Ack{Acked: mss, Limited: true, Recovery: true})
	wantWindow(t, r, 10, "a recovery is on")
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
	wantWindow(t, r, 10, "the loss was none")
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
	r.Idle(0, time.Second)
	wantWindow(t, r, 10, "the restart window is the initial one (RFC 5681 §4.1)")
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

func TestNewSaysWhatThereIs(t *testing.T) {
	for _, name := range append(Names(), "") {
		if make, err := New(name); err != nil || make() == make() {
			t.Errorf("New(%q): %v", name, err)
		}
	}
	_, err := New("vegas")
	if err == nil || !strings.Contains(err.Error(), strings.Join(Names(), ", ")) {
		t.Errorf("New(vegas): %v, want an error that lists the names", err)
	}
}
