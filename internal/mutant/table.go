package mutant

import (
	"fmt"
	"strings"
)

// A Verdict is what the ways found in a mutant: the first evidence of each, by
// its name. What found nothing is not in it.
type Verdict map[string]string

// A Table is what was found in each mutant, by its name.
type Table map[string]Verdict

// missed stands in the table for a way that found nothing.
const missed = "-"

// Text is the table as it is kept: a mutant in a line, what it is, and then who
// found it and by what.
func (t Table) Text(all []Mutant) string {
	var b strings.Builder
	b.WriteString("# Who notices which fault, and by what first. Made by make mutants; - is for a way that does not notice.\n")
	for i := range all {
		m := &all[i]
		v, ok := t[m.Name]
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%s)\n  %s\n", m.Name, m.Rule, m.Fault)
		for _, way := range Ways {
			evidence := v[way]
			if evidence == "" {
				evidence = missed
			}
			fmt.Fprintf(&b, "  %-11s %s\n", way+":", evidence)
		}
	}
	return b.String()
}

// ParseTable reads what Text wrote.
func ParseTable(text string) (Table, error) {
	t := Table{}
	var current Verdict
	for i, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			name, _, _ := strings.Cut(line, " ")
			current = Verdict{}
			t[name] = current
		default:
			way, evidence, found := strings.Cut(strings.TrimSpace(line), ":")
			if !found || !isWay(way) {
				continue // the fault
			}
			if current == nil {
				return nil, fmt.Errorf("line %d: %q before the first mutant", i+1, line)
			}
			if evidence = strings.TrimSpace(evidence); evidence != missed {
				current[way] = evidence
			}
		}
	}
	return t, nil
}

func isWay(name string) bool {
	for _, w := range Ways {
		if w == name {
			return true
		}
	}
	return false
}
