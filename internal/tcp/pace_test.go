package tcp

import (
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// pour sends segments of a millisecond each, as many as the pace allows, and
// then waits for it. It returns how many.
func pour(p *pacer, now clock.Time) (n int) {
	for p.ready(now, paceBurst) {
		p.sent(now, 1000, 1e6)
		n++
	}
	p.held = true
	return n
}

func TestAPauseLastsUntilTheBurstIsPaidFor(t *testing.T) {
	var p pacer
	now := clock.Time(time.Second)
	if n := pour(&p, now); n != 2 {
		t.Fatalf("%d segments go out together, want 2: one, and one ahead", n)
	}
	if want := now.Add(2 * time.Millisecond); p.next != want {
		t.Errorf("the pause ends at %v, want %v", p.next, want)
	}
}

// The pace is kept although every timer is late.
func TestLatenessOfTimersIsMadeUpFor(t *testing.T) {
	var p pacer
	now, sent := clock.Time(time.Second), 0
	end := now.Add(time.Second)
	for now.Before(end) {
		sent += pour(&p, now)
		now = p.next.Add(1700 * time.Microsecond)
	}
	if sent < 998 || sent > 1004 {
		t.Errorf("%d ms of data went out in a second", sent)
	}
}

func TestALongSilenceIsNotMadeUpFor(t *testing.T) {
	var p pacer
	pour(&p, clock.Time(time.Second))
	if n := pour(&p, clock.Time(2*time.Second)); n != 6 {
		t.Errorf("after a second %d ms of data go out together, want 6: four late, and a burst", n)
	}
}

func TestWhoWasNotHeldBackHasNothingToMakeUpFor(t *testing.T) {
	var p pacer
	p.sent(clock.Time(time.Second), 1000, 1e6)
	if n := pour(&p, clock.Time(2*time.Second)); n != 2 {
		t.Errorf("%d ms of data go out together, want a burst of 2", n)
	}
}
