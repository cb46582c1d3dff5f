package oracle

import (
	"errors"
	"strings"
)

// A Teacher answers what a system does on a word. It remembers its answers, and
// asks a noisy system until two answers agree.
type Teacher struct {
	Tester   *Tester
	Alphabet Word
	Noisy    bool

	Queries int // words that the learner asked for and that were not known
	Runs    int // words that the system was given

	known lesson
}

// A lesson is a node of the tree of known answers.
type lesson struct {
	output string
	next   []*lesson // by the alphabet; nil: not known
}

// errUnsteady is when a system never does the same twice.
var errUnsteady = errors.New("the system gives a different answer each time: it cannot be learnt")

// patience is how often a noisy system is asked until it is given up.
const patience = 9

// answer is the outputs of a word, which is indices into the alphabet.
func (t *Teacher) answer(word []int) ([]string, error) {
	if out, ok := t.recall(word); ok {
		return out, nil
	}
	t.Queries++
	out, err := t.steady(word)
	if err != nil {
		return nil, err
	}
	t.remember(word, out)
	return out, nil
}

// recall looks the word up.
func (t *Teacher) recall(word []int) ([]string, bool) {
	out := make([]string, 0, len(word))
	at := &t.known
	for _, i := range word {
		if at.next == nil || at.next[i] == nil {
			return nil, false
		}
		at = at.next[i]
		out = append(out, at.output)
	}
	return out, true
}

func (t *Teacher) remember(word []int, out []string) {
	at := &t.known
	for n, i := range word {
		if at.next == nil {
			at.next = make([]*lesson, len(t.Alphabet))
		}
		if at.next[i] == nil {
			at.next[i] = &lesson{output: out[n]}
		}
		at = at.next[i]
	}
}

// steady runs a word, a noisy system's until two runs agree.
func (t *Teacher) steady(word []int) ([]string, error) {
	seen := map[string]int{}
	for range patience {
		out, err := t.run(word)
		if err != nil {
			return nil, err
		}
		key := strings.Join(out, "\n")
		if seen[key]++; !t.Noisy || seen[key] == 2 {
			return out, nil
		}
	}
	return nil, errUnsteady
}

func (t *Teacher) run(word []int) ([]string, error) {
	t.Runs++
	observations, err := t.Tester.Run(t.word(word))
	out := make([]string, len(observations))
	for i, o := range observations {
		out[i] = o.String()
	}
	return out, err
}

// word is the symbols of indices.
func (t *Teacher) word(indices []int) Word {
	w := make(Word, len(indices))
	for n, i := range indices {
		w[n] = t.Alphabet[i]
	}
	return w
}
