package matrix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	corpus "github.com/lastack/lastack/testdata/drill"
)

// A Match is the first columns of a line: which cases it is for. "*" is all.
type Match struct {
	States, Segments, Seq, Ack []string
}

// A Rule is a line of the table.
type Rule struct {
	Match
	Line   int
	Answer string
	After  string // the state afterwards, or "same"
	Why    string // with the citation
}

// answers is what a rule can expect.
var answers = strings.Fields("none ack take rst rst-ack syn-ack syn-done")

// Table is the rules of the built-in table, in order.
func Table() []Rule {
	text, err := corpus.Files.ReadFile("matrix.txt")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	rules, err := Parse(string(text))
	if err != nil {
		panic("BUG: matrix.txt: " + err.Error())
	}
	return rules
}

// Parse reads a table.
func Parse(text string) (rules []Rule, err error) {
	err = lines(text, 7, func(n int, m Match, rest []string) error {
		r := Rule{Match: m, Line: n, Answer: rest[0], After: rest[1], Why: rest[2]}
		if _, err := fsm.ParseState(r.After); err != nil && r.After != "same" {
			return fmt.Errorf("%q is no state", r.After)
		}
		rules = append(rules, r)
		return known([]string{r.Answer}, answers)
	})
	return rules, err
}

// lines reads the lines of a table that has so many columns, the first four of
// which are a Match.
func lines(text string, columns int, each func(n int, m Match, rest []string) error) error {
	sets := map[string][]string{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if set, ok := strings.CutPrefix(line, "let "); ok {
			name, words, _ := strings.Cut(set, "=")
			sets[strings.TrimSpace(name)] = strings.Fields(words)
			continue
		}
		cols := strings.Split(line, "|")
		if len(cols) != columns {
			return fmt.Errorf("line %d: %d columns, want %d", n, len(cols), columns)
		}
		for i := range cols {
			cols[i] = strings.TrimSpace(cols[i])
		}
		m, err := parseMatch(cols, sets)
		if err == nil {
			err = each(n, m, cols[4:])
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// parseMatch reads the first four columns of a line.
func parseMatch(cols []string, sets map[string][]string) (m Match, err error) {
	m = Match{expand(cols[0], sets), expand(cols[1], sets), expand(cols[2], sets), expand(cols[3], sets)}
	for _, s := range m.States {
		name, opener, has := strings.Cut(s, "/")
		if _, err := fsm.ParseState(name); err != nil && s != "*" || has && opener != "active" && opener != "passive" {
			return m, fmt.Errorf("%q is no state", s)
		}
	}
	return m, errors.Join(known(m.Segments, segments), known(m.Seq, seqs), known(m.Ack, acks))
}

// known is an error if a word is none of a list, nor "*".
func known(words, list []string) error {
	for _, w := range words {
		if w != "*" && !slices.Contains(list, w) {
			return fmt.Errorf("%q is none of %s", w, strings.Join(list, " "))
		}
	}
	return nil
}

// expand is the words of a column, with the sets' in the place of their names.
func expand(column string, sets map[string][]string) (words []string) {
	for _, w := range strings.Fields(column) {
		if set, ok := sets[w]; ok {
			words = append(words, set...)
		} else {
			words = append(words, w)
		}
	}
	return words
}

// Matches reports whether a case is one of the line's.
func (m *Match) Matches(c *Case) bool {
	state := c.State.String()
	return (has(m.States, state) || slices.Contains(m.States, state+"/"+c.opener())) &&
		has(m.Segments, c.Segment) && has(m.Seq, c.Seq) && has(m.Ack, c.Ack)
}

func has(words []string, w string) bool {
	return slices.Contains(words, w) || slices.Contains(words, "*")
}

// after is the state that the rule expects after a case.
func (r *Rule) after(c *Case) fsm.State {
	if r.After == "same" {
		return c.State
	}
	s, err := fsm.ParseState(r.After)
	if err != nil {
		panic("BUG: " + err.Error()) // Parse has checked it
	}
	return s
}

// Find is the first rule that matches a case; nil if none does.
func Find(rules []Rule, c *Case) *Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Matches(c) })
	if i < 0 {
		return nil
	}
	return &rules[i]
}
