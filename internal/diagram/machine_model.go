package diagram

import (
	"fmt"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// A mark is how a box or an arrow stands out.
type mark uint8

const (
	plain  mark = iota
	solid       // on a path
	dashed      // on a dashed path only
)

// An arrow is a route with what the rows of the table say about it.
type arrow struct {
	route
	causes []string // the event and guard of each row
	action string   // what the first of the rows does
	steps  []step   // the paths' steps over it
	mark   mark
}

// A step is one transition of a path.
type step struct {
	n    int // counted from one
	path int // which of the paths
}

// A box is a state's box.
type box struct {
	place
	mark mark
}

// A machine is the state diagram, ready to be drawn.
type machine struct {
	boxes  []box
	arrows []arrow
	others []explain.Way // arrows of the table whose rows no label shows
}

// model reads the table: for each route the rows that go its way.
func model(o MachineOptions) machine {
	var m machine
	shown := map[explain.Way]bool{}
	for _, r := range routes {
		a := arrow{route: r}
		for _, w := range between(r.from, r.to) {
			if w.Transition().Fig5 {
				a.describe(o.Lang, w)
				shown[w] = true
			}
		}
		if len(a.causes) > 0 {
			m.arrows = append(m.arrows, a)
		}
	}
	for _, r := range moreRoutes {
		wanted := o.All || onPath(o.Paths, r.from, r.to) || r.both && onPath(o.Paths, r.to, r.from)
		if wanted && len(between(r.from, r.to)) > 0 {
			m.arrows = append(m.arrows, arrow{route: r})
		}
	}
	for s := range fsm.State(fsm.NumStates) {
		for _, w := range explain.OutOf(s) {
			if !shown[w] {
				m.others = append(m.others, w)
			}
		}
	}
	for _, p := range places {
		m.boxes = append(m.boxes, box{place: p})
	}
	for i, p := range o.Paths {
		m.follow(p, i)
	}
	return m
}

// describe adds a row's cause, and its action if it is the first.
func (a *arrow) describe(l explain.Lang, w explain.Way) {
	if len(a.causes) == 0 {
		a.action = explain.Action(l, w.Transition().Do)
	}
	a.causes = append(a.causes, cause(l, w.Transition()))
}

// cause is a row's event, with its guard in brackets.
func cause(l explain.Lang, row *fsm.Transition) string {
	if row.If == fsm.Always {
		return explain.Event(l, row.On)
	}
	return fmt.Sprintf("%s [%s]", explain.Event(l, row.On), explain.Guard(l, row.If))
}

// between is the ways from one state to another.
func between(from, to fsm.State) (out []explain.Way) {
	for _, w := range explain.OutOf(from) {
		if w.To == to {
			out = append(out, w)
		}
	}
	return out
}

// onPath reports whether a path takes the arrow.
func onPath(paths []Path, from, to fsm.State) bool {
	for _, p := range paths {
		for i := 1; i < len(p.States); i++ {
			if p.States[i-1] == from && p.States[i] == to {
				return true
			}
		}
	}
	return false
}

// follow marks the boxes and arrows of a path and numbers its steps.
func (m *machine) follow(p Path, nth int) {
	as := solid
	if p.Dashed {
		as = dashed
	}
	for i := range p.States {
		for j := range m.boxes {
			if b := &m.boxes[j]; b.state == p.States[i] && b.mark != solid {
				b.mark = as
			}
		}
		if i == 0 || p.States[i] == p.States[i-1] {
			continue
		}
		for j := range m.arrows {
			a := &m.arrows[j]
			along := a.from == p.States[i-1] && a.to == p.States[i]
			if along || a.both && a.to == p.States[i-1] && a.from == p.States[i] {
				a.steps = append(a.steps, step{i, nth})
				a.mark = as
			}
		}
	}
}

// String is the step's number in a circle: white for the first path, black for
// the others.
func (s step) String() string {
	switch {
	case s.n > 20:
		return fmt.Sprintf("(%d)", s.n)
	case s.path == 0:
		return string(rune('①' + s.n - 1))
	case s.n <= 10:
		return string(rune('❶' + s.n - 1))
	default:
		return string(rune('⓫' + s.n - 11))
	}
}

// numbers is the arrow's steps in a row.
func (a arrow) numbers() (out string) {
	for _, s := range a.steps {
		out += s.String()
	}
	return out
}
