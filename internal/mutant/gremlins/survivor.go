package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A survivor is a mutant that the tests of its package do not notice. It is
// known by the text of its line, and not by the line's number, which every edit
// above it changes.
type survivor struct {
	File   string // in the package
	Type   string // "CONDITIONALS_BOUNDARY": what gremlins changed
	Status string // "LIVED": covered but not noticed; "NOT COVERED"; "TIMED OUT"
	N      int    // among those of the same type on lines of the same text, from one
	Line   string // the source line
	Reason string // why it may live
}

// key is what tells survivors apart.
func (s survivor) key() string {
	return strings.Join([]string{s.File, s.Type, s.Line, strconv.Itoa(s.N)}, "\t")
}

// String is the survivor for people.
func (s survivor) String() string {
	return fmt.Sprintf("%s in %s: %s: %s", s.Type, s.File, strings.ToLower(s.Status), s.Line)
}

// format is a baseline: a survivor in a line, its columns separated by tabs.
func format(all []survivor) string {
	var b strings.Builder
	b.WriteString("# What survives in this package: file, mutation, status, which of those on like lines, line, reason. Made by make gremlins; the reasons are ours.\n")
	for _, s := range all {
		b.WriteString(strings.Join([]string{s.File, s.Type, s.Status, strconv.Itoa(s.N), s.Line, s.Reason}, "\t") + "\n")
	}
	return b.String()
}

// parse reads what format wrote.
func parse(text string) (all []survivor, err error) {
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		col := strings.Split(line, "\t")
		if len(col) != 6 {
			return nil, fmt.Errorf("line %d has %d columns, not 6", i+1, len(col))
		}
		n, err := strconv.Atoi(col[3])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		all = append(all, survivor{col[0], col[1], col[2], n, col[4], col[5]})
	}
	return all, nil
}

// timedOut is the status of a mutant that was given up.
const timedOut = "TIMED OUT"

// compare is what is wrong about the survivors of a run, given the baseline.
func compare(now, baseline []survivor) (complaints []string) {
	known := index(baseline)
	alive := index(now)
	for _, s := range now {
		switch old, ok := known[s.key()]; {
		case !ok:
			complaints = append(complaints, "new: "+s.String()+"; write a test that notices, or list it with a reason")
		case s.Status == timedOut && old.Status != timedOut:
			complaints = append(complaints, s.String()+"; give it more time, or list why it never ends")
		}
	}
	for _, s := range baseline {
		switch _, ok := alive[s.key()]; {
		case !ok:
			complaints = append(complaints, "gone: "+s.String()+"; take it out of the baseline")
		case s.Reason == "":
			complaints = append(complaints, "without a reason: "+s.String())
		}
	}
	return complaints
}

// renew is the survivors of a run with the reasons that the baseline has.
func renew(now, baseline []survivor) []survivor {
	known := index(baseline)
	for i := range now {
		now[i].Reason = known[now[i].key()].Reason
	}
	slices.SortFunc(now, func(a, b survivor) int { return cmp.Compare(a.key(), b.key()) })
	return now
}

func index(all []survivor) map[string]survivor {
	by := map[string]survivor{}
	for _, s := range all {
		by[s.key()] = s
	}
	return by
}
