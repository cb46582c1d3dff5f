package lastack

import (
	"slices"

	"github.com/lastack/lastack/trace"
)

// events is what the observer and those who wait for reports have not yet been
// told. Both are noted under the lock; the sender tells them without it.
type events struct {
	observer func(trace.Event) // nil: nothing is ever noted
	noted    []trace.Event
	spare    []trace.Event // memory of the last round
	reports  []func()      // calls that are owed to the users of connections
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

// takeReports hands over the reports that are owed.
func (e *events) takeReports() []func() {
	taken := e.reports
	e.reports = nil
	return taken
}

// tell tells the observer, and then makes the reports. It needs no lock.
func (e *events) tell(taken []trace.Event, reports []func()) {
	for i := range taken {
		e.observer(taken[i])
	}
	for _, report := range reports {
		report()
	}
}

// giveBack returns the memory of what was taken.
func (e *events) giveBack(taken []trace.Event) {
	clear(taken)
	e.spare = taken
}
