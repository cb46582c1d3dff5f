package lastack

import (
	"sync"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// A deadline is a moment after which waiting calls fail. Its timer does no
// more than to wake them; they see for themselves that the time has come, so a
// timer that fires late, or for a deadline since moved, does no harm.
type deadline struct {
	wait  *sync.Cond // whom to wake; its lock guards the rest
	at    clock.Time
	timer *time.Timer
	ended bool // nobody will wait any more: no timer is needed
}

// init sets up a deadline that is off.
func (d *deadline) init(wait *sync.Cond) { d.wait, d.at = wait, clock.Never }

// passed reports whether the time has come.
func (d *deadline) passed(now clock.Time) bool { return !now.Before(d.at) }

// set moves the deadline to t; the zero time turns it off. Calls that wait
// already are under the new one.
func (d *deadline) set(now clock.Time, t time.Time) {
	d.stop()
	if t.IsZero() {
		return
	}
	if wait := time.Until(t); wait > 0 {
		d.start(now, wait)
		return
	}
	d.at = now
	d.wait.Broadcast()
}

// start sets a deadline that is off to come after wait.
func (d *deadline) start(now clock.Time, wait time.Duration) {
	d.at = now.Add(wait)
	switch {
	case d.ended:
	case d.timer == nil:
		d.timer = time.AfterFunc(wait, d.wake)
	default:
		d.timer.Reset(wait)
	}
}

// stop turns the deadline off.
func (d *deadline) stop() {
	d.at = clock.Never
	d.stopTimer()
}

// end stops the timer for good. The deadline itself stays.
func (d *deadline) end() {
	d.ended = true
	d.stopTimer()
}

func (d *deadline) stopTimer() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

// wake is called by the timer.
func (d *deadline) wake() {
	d.wait.L.Lock()
	d.wait.Broadcast()
	d.wait.L.Unlock()
}
