package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A survivor is known by its line's text: it is the same one when lines come
// before it, and another when the line changes.
func TestSurvivorIsKnownByItsLine(t *testing.T) {
	find := func(source string, line int) []survivor {
		var r report
		r.Files = append(r.Files, struct {
			Name      string     `json:"file_name"`
			Mutations []mutation `json:"mutations"`
		}{"a.go", []mutation{{"NEGATION", "LIVED", line, 9}, {"NEGATION", "KILLED", line, 5}}})
		all, err := r.survivors(func(string) ([]byte, error) { return []byte(source), nil })
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := find("if a && b {\n", 1)
	if len(before) != 1 || before[0].N != 2 {
		t.Fatalf("survivors %+v, want the second of the line", before)
	}
	if got := compare(find("// new\n\tif a && b {\n", 2), withReason(before)); got != nil {
		t.Errorf("it has moved, and %q", got)
	}
	if got := compare(find("if a && c {\n", 1), withReason(before)); len(got) != 2 {
		t.Errorf("it has changed, and %q", got)
	}
}

func withReason(all []survivor) []survivor {
	all = slices.Clone(all)
	for i := range all {
		all[i].Reason = "equivalent"
	}
	return all
}

// A survivor without a reason, and a mutant that timed out, are complained of.
func TestReasonsAreAskedFor(t *testing.T) {
	all := []survivor{{File: "a.go", Type: "NEGATION", Status: "LIVED", N: 1, Line: "x"}}
	if got := compare(all, all); len(got) != 1 || !strings.Contains(got[0], "without a reason") {
		t.Errorf("%q", got)
	}
	slow := withReason(all)
	slow[0].Status = timedOut
	if got := compare(slow, withReason(all)); len(got) != 1 || !strings.Contains(got[0], "more time") {
		t.Errorf("it timed out, and %q", got)
	}
	if got := compare(slow, slow); got != nil {
		t.Errorf("it is known never to end, and %q", got)
	}
}

// A report of other sources than these is refused.
func TestReportOfAnotherVersionIsRefused(t *testing.T) {
	var r report
	r.Files = append(r.Files, struct {
		Name      string     `json:"file_name"`
		Mutations []mutation `json:"mutations"`
	}{"a.go", []mutation{{"NEGATION", "LIVED", 7, 1}}})
	if _, err := r.survivors(func(string) ([]byte, error) { return []byte("x"), nil }); err == nil {
		t.Error("a line that is not there is found")
	}
}

// Reasons are kept when a baseline is rewritten, and it is read as it was written.
func TestBaselineKeepsReasons(t *testing.T) {
	old := []survivor{{"a.go", "NEGATION", "LIVED", 1, "if x {", "equivalent: x is never true"}}
	now := []survivor{{"b.go", "BOUNDARY", "NOT COVERED", 1, "y", ""}, {"a.go", "NEGATION", "LIVED", 1, "if x {", ""}}
	want := []survivor{old[0], now[0]}
	got, err := parse(format(renew(now, old)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the baseline (-want +got):\n%s", d)
	}
	if _, err := parse("a\tb\n"); err == nil {
		t.Error("a line with two columns is read")
	}
}

// The baselines in the tree can be read, and each survivor in them has a reason.
func TestEverySurvivorHasAReason(t *testing.T) {
	for _, pkg := range packages {
		all, err := read("../../../" + baselineFile(pkg))
		if err != nil {
			t.Errorf("%s: %v", pkg, err)
		}
		for _, s := range all {
			if s.Reason == "" {
				t.Errorf("%s: %v has no reason", pkg, s)
			}
		}
	}
}
