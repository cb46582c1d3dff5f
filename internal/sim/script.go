package sim

import (
	"slices"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// At calls do at the time t; at once, but after what is already due, if t has
// passed.
func (s *Sim) At(t clock.Time, do func()) {
	s.queue.add(&event{at: max(t, s.now), do: script(do)})
}

// After calls do when d has passed.
func (s *Sim) After(d time.Duration, do func()) { s.At(s.now.Add(d), do) }

// A wait is a script that goes on when its condition is true.
type wait struct {
	ready func() bool
	do    func()
}

// When calls do once, as soon as ready says true. It is asked after everything
// that happens, before what the stacks owe is sent: a script that reacts to a
// segment acts before the segment is answered, as an application does that is
// quicker than its stack.
func (s *Sim) When(ready func() bool, do func()) {
	s.waits = append(s.waits, wait{ready, do})
}

// wake runs the scripts whose condition is true, in the order in which they
// began to wait. It reports whether any ran.
func (s *Sim) wake() (ran bool) {
	for i := 0; i < len(s.waits); {
		w := s.waits[i]
		if !w.ready() {
			i++
			continue
		}
		s.waits = slices.Delete(s.waits, i, i+1)
		w.do()
		i, ran = 0, true
	}
	return ran
}
