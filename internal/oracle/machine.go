package oracle

import "fmt"

// A Machine is a Mealy machine: in a state an input gives an output and leads to
// a state. The first state is where it starts.
type Machine struct {
	System  string         `json:"system"`
	Queries int            `json:"queries"` // words that the learner asked for
	Runs    int            `json:"runs"`    // words that the system was given
	States  []MachineState `json:"states"`
}

// A MachineState is a state of a learnt machine. There may be several for one
// state of TCP: what the user has, for instance, makes a difference too.
type MachineState struct {
	Name   string `json:"name"`   // the state of TCP, and a number if there are several: "ESTABLISHED 2"
	Access string `json:"access"` // a word that leads here
	Edges  []Edge `json:"edges"`  // by input
}

// An Edge is what an input does.
type Edge struct {
	Input  string `json:"input"`
	Output string `json:"output"` // an Observation
	To     int    `json:"to"`     // index of the next state
}

// run is the outputs of a word of input indices, from a state on.
func (m *Machine) run(state int, word []int) []string {
	out := make([]string, len(word))
	for n, i := range word {
		e := &m.States[state].Edges[i]
		out[n], state = e.Output, e.To
	}
	return out
}

// walk is where a word leads.
func (m *Machine) walk(state int, word []int) int {
	for _, i := range word {
		state = m.States[state].Edges[i].To
	}
	return state
}

// number makes the names of states unique.
func (m *Machine) number() {
	count, seen := map[string]int{}, map[string]int{}
	for i := range m.States {
		count[m.States[i].Name]++
	}
	for i := range m.States {
		name := &m.States[i].Name
		if count[*name] > 1 {
			seen[*name]++
			*name = fmt.Sprintf("%s %d", *name, seen[*name])
		}
	}
}

// Distinguish is shortest words on which two machines over the same alphabet
// differ in the last output, in order of length: one for each pair of states
// that a word leads to, and symbol. Words do not go on after a difference.
func Distinguish(a, b *Machine) (words []string) {
	type pair struct{ a, b int }
	type visit struct {
		pair
		word string
	}
	seen := map[pair]bool{{}: true}
	for queue := []visit{{}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for i, e := range a.States[at.a].Edges {
			f := b.States[at.b].Edges[i]
			word := at.word + e.Input
			if e.Output != f.Output {
				words = append(words, word)
				continue
			}
			if next := (pair{e.To, f.To}); !seen[next] {
				seen[next] = true
				queue = append(queue, visit{next, word + " "})
			}
		}
	}
	return words
}
