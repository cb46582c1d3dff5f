package diagram

import (
	"fmt"
	"slices"
	"strings"

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
	twice  bool // a solid and a dashed path take it

	there, back bool // it has an arrowhead at the end, and at the start
	notes       []remark
}

// A remark is a line of the label of an arrow that goes both ways.
type remark struct {
	text string
	back bool
}

// A step is one transition of a path.
type step struct {
	n    int // counted from one
	path int // which of the paths
	mark mark
	back bool // against the arrow's direction
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
		a := arrow{route: r, there: true}
		figure := !takenOff(o.Paths, r)
		for _, w := range between(r.from, r.to) {
			if figure && w.Transition().Fig5 || !figure && taken(o.Paths, w) {
				a.describe(o.Lang, w)
			}
			if w.Transition().Fig5 {
				shown[w] = true
			}
		}
		if len(a.causes) > 0 {
			m.arrows = append(m.arrows, a)
		}
	}
	for _, r := range moreRoutes {
		if a := more(o, r); a.there || a.back {
			m.arrows = append(m.arrows, a)
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

// more is the arrow of a route that figure 5 leaves out, without arrowheads if it
// is not wanted.
func more(o MachineOptions, r route) arrow {
	a := arrow{route: r}
	wanted := func(from, to fsm.State) bool {
		others := slices.ContainsFunc(between(from, to), func(w explain.Way) bool { return !w.Transition().Fig5 })
		return others && (o.All || slices.ContainsFunc(o.Paths, func(p Path) bool {
			return slices.ContainsFunc(p.steps(from, to), func(i int) bool { return p.offFigure(i) || !drawn(from, to) })
		}))
	}
	a.there = wanted(r.from, r.to)
	if a.back = r.both && wanted(r.to, r.from); !r.both {
		return a
	}
	if a.there {
		a.notes = append(a.notes, remark{text: "◀ " + together(o.Lang, between(r.from, r.to))})
	}
	if a.back {
		a.notes = append(a.notes, remark{text: "▶ " + together(o.Lang, between(r.to, r.from)), back: true})
	}
	return a
}

// together is the causes of several ways, and the action of the first.
func together(l explain.Lang, ways []explain.Way) string {
	var a arrow
	for _, w := range ways {
		a.describe(l, w)
	}
	return strings.Join(a.causes, " | ") + " / " + a.action
}

// steps is the numbers of a path's steps from one state to another.
func (p Path) steps(from, to fsm.State) (out []int) {
	for i := 1; i < len(p.States); i++ {
		if p.States[i-1] == from && p.States[i] == to {
			out = append(out, i)
		}
	}
	return out
}

// takenOff reports whether paths take an arrow of figure 5 only by rows that the
// figure does not draw, and that have no arrow of their own.
func takenOff(paths []Path, r route) bool {
	off := false
	for _, p := range paths {
		for _, i := range p.steps(r.from, r.to) {
			if !p.offFigure(i) {
				return false
			}
			off = true
		}
	}
	return off && !hasMark(r.from, r.to)
}

// hasMark reports whether a state has a mark for its ways to another.
func hasMark(from, to fsm.State) bool {
	return slices.ContainsFunc(moreRoutes, func(r route) bool { return r.final && r.from == from && r.to == to })
}

// taken reports whether a path is known to go a way.
func taken(paths []Path, w explain.Way) bool {
	return slices.ContainsFunc(paths, func(p Path) bool {
		return slices.ContainsFunc(p.steps(w.From, w.To), func(i int) bool { return p.row(i) == w.Row })
	})
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
			m.arrows[j].step(p, i, step{n: i, path: nth, mark: as})
		}
	}
}

// step marks the arrow if a path takes it at its nth step.
func (a *arrow) step(p Path, nth int, s step) {
	from, to := p.States[nth-1], p.States[nth]
	s.back = a.both && a.to == from && a.from == to
	switch {
	case !s.back && (a.from != from || a.to != to):
		return
	case a.final && drawn(from, to) && !p.offFigure(nth), !a.final && p.offFigure(nth) && hasMark(from, to):
		return
	}
	a.steps = append(a.steps, s)
	a.twice = a.twice || a.mark != plain && a.mark != s.mark
	if a.mark != solid {
		a.mark = s.mark
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
func (a arrow) numbers() string { return numbers(a.steps) }

func numbers(steps []step) (out string) {
	for _, s := range steps {
		out += s.String()
	}
	return out
}

// those is the arrow's steps in one direction.
func (a arrow) those(back bool) (out []step) {
	for _, s := range a.steps {
		if s.back == back {
			out = append(out, s)
		}
	}
	return out
}

// height is the lines that the picture takes.
func (m machine) height() int {
	if slices.ContainsFunc(m.arrows, func(a arrow) bool { return a.both }) {
		return pictureH + reopenedH
	}
	return pictureH
}
