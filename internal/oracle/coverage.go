package oracle

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// A cell is what coverage counts: a symbol that met lastack in a state, and a
// row of fsm.Table that it then took; row 0 if it took none.
type cell struct {
	state  fsm.State
	row    int
	symbol Symbol
}

// A scout is lastack with an eye on the rows that it takes. It tells whether a
// word leads somewhere new.
type scout struct {
	tester Tester
	rows   []int // taken in the step
	cells  map[cell]bool
	taken  [256]bool // rows, ever
}

func newScout() *scout {
	s := &scout{cells: map[cell]bool{}}
	s.tester.System = &Lastack{Observe: func(e *trace.Event) {
		if e.Row != 0 {
			s.rows = append(s.rows, e.Row)
		}
	}}
	return s
}

// run does a word, and tells how much of it, from its start, leads to new cells
// by way of steps at which the systems are not known to differ: 0 if none does.
func (s *scout) run(w Word) (news int, err error) {
	if err := s.tester.Reset(); err != nil {
		return 0, err
	}
	m := Moment{Path: []fsm.State{fsm.Closed}}
	together := true
	for i := range w {
		s.rows = s.rows[:0]
		m.Word, m.UserGone = w[:i+1], !s.tester.user.conn
		if m.Ours, err = s.tester.Step(w[i]); err != nil {
			return 0, err
		}
		together = together && !known(&m)
		if s.mark(m.Before(), w[i]) && together {
			news = i + 1
		}
		m.Path = append(m.Path, m.Ours.State)
	}
	return news, nil
}

// mark notes the cells of a step, and reports whether one is new.
func (s *scout) mark(state fsm.State, symbol Symbol) (isNew bool) {
	for _, row := range append([]int{0}, s.rows...) {
		if row == 0 && len(s.rows) > 0 {
			continue
		}
		s.taken[row] = true
		c := cell{state, row, symbol}
		if !s.cells[c] {
			s.cells[c] = true
			isNew = true
		}
	}
	return isNew
}

// known reports whether the step is a place where the systems may differ.
func known(m *Moment) bool {
	for i := range Deviations {
		if Deviations[i].At(m) {
			return true
		}
	}
	return false
}
