package oracle

import (
	"fmt"
	"slices"
	"strings"
)

// Learn finds the Mealy machine of a system over the teacher's alphabet: Angluin's
// L* with the counterexamples of Rivest and Schapire. A machine is held right
// when no word of an access sequence, up to two symbols and a distinguishing
// suffix shows another output: it is then right if the system has at most one
// state more. maxStates bounds what is learnt of a system without end.
func Learn(t *Teacher, maxStates int) (*Machine, error) {
	l := &learner{teacher: t, maxStates: maxStates, states: [][]int{{}}}
	for i := range t.Alphabet {
		l.suffixes = append(l.suffixes, []int{i})
	}
	for {
		m, err := l.hypothesis()
		if err != nil {
			return nil, err
		}
		suffix, err := l.refute(m)
		if err != nil {
			return nil, err
		}
		if suffix == nil {
			return l.finish(m)
		}
		l.suffixes = append(l.suffixes, suffix)
	}
}

// A learner is an observation table: rows are words, columns are suffixes. The
// words in states have different rows, each the access sequence of a state.
type learner struct {
	teacher   *Teacher
	maxStates int
	states    [][]int
	suffixes  [][]int
}

// row is what the suffixes give after a word: what tells states apart.
func (l *learner) row(word []int) (string, error) {
	var b strings.Builder
	for _, suffix := range l.suffixes {
		out, err := l.teacher.answer(slices.Concat(word, suffix))
		if err != nil {
			return "", err
		}
		b.WriteString(strings.Join(out[len(word):], ";") + "\n")
	}
	return b.String(), nil
}

// hypothesis closes the table, so that every symbol leads from a state to a
// state, and reads the machine off.
func (l *learner) hypothesis() (*Machine, error) {
	rows := map[string]int{}
	for i, word := range l.states {
		row, err := l.row(word)
		if err != nil {
			return nil, err
		}
		rows[row] = i
	}
	m := &Machine{}
	for i := 0; i < len(l.states); i++ {
		word := l.states[i]
		var edges []Edge
		for symbol := range l.teacher.Alphabet {
			next := append(slices.Clone(word), symbol)
			row, err := l.row(next)
			if err != nil {
				return nil, err
			}
			to, ok := rows[row]
			if !ok {
				if len(l.states) == l.maxStates {
					return nil, fmt.Errorf("the machine has more than %d states: choose a smaller alphabet", l.maxStates)
				}
				to = len(l.states)
				rows[row] = to
				l.states = append(l.states, next)
			}
			out, err := l.teacher.answer(next)
			if err != nil {
				return nil, err
			}
			edges = append(edges, Edge{Input: l.teacher.Alphabet[symbol].String(), Output: out[len(word)], To: to})
		}
		m.States = append(m.States, MachineState{Edges: edges})
	}
	return m, nil
}

// refute looks for a word on which the machine and the system differ. It gives
// a suffix that splits one of the states, nil if there is no such word.
func (l *learner) refute(m *Machine) ([]int, error) {
	for _, access := range l.states {
		for middle := range middles(len(l.teacher.Alphabet)) {
			for _, suffix := range l.suffixes {
				word := slices.Concat(access, middle, suffix)
				out, err := l.teacher.answer(word)
				if err != nil {
					return nil, err
				}
				if !slices.Equal(out, m.run(0, word)) {
					return l.split(m, word)
				}
			}
		}
	}
	return nil, nil
}

// middles yields the words of one and of two symbols.
func middles(n int) func(func([]int) bool) {
	return func(yield func([]int) bool) {
		for i := range n {
			if !yield([]int{i}) {
				return
			}
		}
		for i := range n * n {
			if !yield([]int{i / n, i % n}) {
				return
			}
		}
	}
}

// split finds the place in a counterexample where the machine's state stops
// standing for the system's: what follows tells two words apart that the table
// takes for the same state.
func (l *learner) split(m *Machine, word []int) ([]int, error) {
	// agrees: from the state that the machine reaches by word[:i], does the
	// rest look as the system does it?
	agrees := func(i int) (bool, error) {
		state := m.walk(0, word[:i])
		access := l.states[state]
		out, err := l.teacher.answer(slices.Concat(access, word[i:]))
		return err == nil && slices.Equal(out[len(access):], m.run(state, word[i:])), err
	}
	low, high := 0, len(word) // it does not at low, and does at high
	for high-low > 1 {
		mid := (low + high) / 2
		ok, err := agrees(mid)
		switch {
		case err != nil:
			return nil, err
		case ok:
			high = mid
		default:
			low = mid
		}
	}
	return slices.Clone(word[high:]), nil
}

// finish names the states of a machine: by the state in which the system is
// after the access sequence.
func (l *learner) finish(m *Machine) (*Machine, error) {
	m.System = l.teacher.Tester.System.Name()
	m.Queries, m.Runs = l.teacher.Queries, l.teacher.Runs
	for i, access := range l.states {
		s := &m.States[i]
		s.Access = l.teacher.word(access).String()
		s.Name = "CLOSED"
		if len(access) > 0 {
			out, err := l.teacher.answer(access)
			if err != nil {
				return nil, err
			}
			_, s.Name, _ = strings.Cut(out[len(out)-1], " | ")
		}
	}
	m.number()
	return m, nil
}
