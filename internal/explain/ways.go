package explain

import "github.com/lastack/lastack/fsm"

// A Way is one arrow of the state diagram: a row of fsm.Table taken in one of
// its states.
type Way struct {
	Row      int // counted from one
	From, To fsm.State
}

// Transition is the way's row.
func (w Way) Transition() *fsm.Transition { return fsm.Row(w.Row) }

// Into is the ways that lead into a state from another, in the table's order.
// Rows that another RFC has superseded are not among them.
func Into(s fsm.State) []Way {
	return ways(func(w Way) bool { return w.To == s && w.From != s })
}

// OutOf is the ways that lead out of a state to another.
func OutOf(s fsm.State) []Way {
	return ways(func(w Way) bool { return w.From == s && w.To != s })
}

// Staying is what may happen in a state without ending it.
func Staying(s fsm.State) []Way {
	return ways(func(w Way) bool { return w.From == s && w.To == s })
}

// ways is the ways that are taken and that satisfy keep.
func ways(keep func(Way) bool) (out []Way) {
	for i := range fsm.Table {
		row := &fsm.Table[i]
		for s := range row.From.All() {
			w := Way{i + 1, s, row.Next(s)}
			if keep(w) && taken(w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// taken reports whether some facts select the way's row in its state; amending
// rows may have taken its place.
func taken(w Way) bool {
	for facts := range fsm.Queued << 1 {
		if fsm.Lookup(w.From, w.Transition().On, facts) == w.Row {
			return true
		}
	}
	return false
}
