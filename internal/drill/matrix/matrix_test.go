package matrix

import (
	"regexp"
	"strings"
	"testing"
)

// Every case has a rule, and every rule is the first one for some case.
func TestTableIsCompleteAndHasNothingIdle(t *testing.T) {
	rules, cases := Table(), Cases()
	used := map[int]int{}
	for i := range cases {
		if r := Find(rules, &cases[i]); r != nil {
			used[r.Line]++
		} else {
			t.Errorf("no rule for %s", cases[i].String())
		}
	}
	for _, r := range rules {
		if used[r.Line] == 0 {
			t.Errorf("matrix.txt:%d matches no case first", r.Line)
		}
	}
}

// Each rule says where it comes from.
func TestRulesCiteTheRFC(t *testing.T) {
	cites := regexp.MustCompile(`§\d|RFC \d+ §`)
	for _, r := range Table() {
		if !cites.MatchString(r.Why) {
			t.Errorf("matrix.txt:%d cites no section", r.Line)
		}
	}
}

// The cases are many, and no two have the same name.
func TestCasesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.String()] {
			t.Errorf("%s is there twice", c.String())
		}
		seen[c.String()] = true
	}
	if len(seen) < 3000 {
		t.Errorf("%d cases, want at least 3000", len(seen))
	}
}

// What cannot be a rule is refused, with its line.
func TestBadTables(t *testing.T) {
	for _, line := range []string{
		"LISTEN | S | * | * | none | same",
		"LISTENING | S | * | * | none | same | §1",
		"LISTEN/both | S | * | * | none | same | §1",
		"LISTEN | X | * | * | none | same | §1",
		"LISTEN | S | there | * | none | same | §1",
		"LISTEN | S | * | there | none | same | §1",
		"LISTEN | S | * | * | what | same | §1",
		"LISTEN | S | * | * | none | GONE | §1",
	} {
		if _, err := Parse("# a table\n" + line); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// Each known deviation of Linux is the first one of some case.
func TestDeviationsAreOfCases(t *testing.T) {
	known, cases := Linux(), Cases()
	used := map[int]bool{}
	for i := range cases {
		if d := Deviates(known, &cases[i]); d != nil {
			used[d.Line] = true
		}
	}
	for _, d := range known {
		if !used[d.Line] {
			t.Errorf("matrix-linux.txt:%d matches no case first", d.Line)
		}
	}
}
