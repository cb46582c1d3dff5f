package lastack

import (
	"slices"

	"github.com/lastack/lastack/trace"
)

// events is what the observer has not yet been told. The core notes events
// under the lock; the sender tells them without it.
type events struct {
	observer func(trace.Event) // nil: nothing is ever noted
	noted    []trace.Event
	spare    []trace.Event // memory of the last round
}

// sink is the core's observer, nil if nobody observes.
func (e *events) sink() func(*trace.Event) {
	if e.observer == nil {
		return nil
	}
	return e.note
}

// note keeps a copy of an event.
func (e *events) note(ev *trace.Event) {
	e.noted = append(e.noted, *ev)
	if sack := &e.noted[len(e.noted)-1].Seg.Opts.SACK; *sack != nil {
		*sack = slices.Clone(*sack)
	}
}

// take hands over what has been noted.
func (e *events) take() []trace.Event {
	taken := e.noted
	e.noted, e.spare = e.spare[:0], nil
	return taken
}

// tell tells the observer. It needs no lock.
func (e *events) tell(taken []trace.Event) {
	for i := range taken {
		e.observer(taken[i])
	}
}

// giveBack returns the memory of what was taken.
func (e *events) giveBack(taken []trace.Event) {
	clear(taken)
	e.spare = taken
}
