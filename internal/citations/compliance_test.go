package citations

import (
	_ "embed"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "rewrite COMPLIANCE.md")

//go:embed exceptions.txt
var exceptionsFile string

// exceptions is the requirements that are not just met.
func exceptions(t *testing.T) map[string]Exception {
	t.Helper()
	all := map[string]Exception{}
	for _, f := range records(exceptionsFile) {
		if len(f) != 2 || !label.MatchString(f[0]) || all[f[0]] != (Exception{}) {
			t.Fatalf("exceptions.txt: %q is not a new label, a tab and a reason", f)
		}
		verdict, reason, _ := strings.Cut(f[1], ": ")
		if !slices.Contains(verdicts, Verdict(verdict)) || reason == "" {
			t.Fatalf("exceptions.txt: %s: begin the reason with one of %v and a colon", f[0], verdicts)
		}
		all[f[0]] = Exception{Verdict(verdict), reason}
	}
	return all
}

// Every requirement is met by code that names it, and shown by a test that
// fails when that is no longer true; or there is a reason.
func TestEveryRequirementHasAnAnswer(t *testing.T) {
	for _, a := range Answers(project(t), exceptions(t)) {
		switch {
		case a.Verdict == NotDone || a.Verdict == NotOurs:
		case len(a.Code) == 0:
			t.Errorf("%s (%s): no code of the library names it; if it is not done, say why in exceptions.txt", a.Label, a.Feature)
		case len(a.Tests) == 0 && a.Verdict != Deviation:
			t.Errorf("%s (%s) is claimed by %s, and no test names it", a.Label, a.Feature, a.Code[0])
		}
		if a.Verdict == NotDone && len(a.Tests) > 0 {
			t.Errorf("%s is said not to be done, and %s tests it", a.Label, a.Tests[0])
		}
	}
	for name := range exceptions(t) {
		if !slices.ContainsFunc(Requirements(), func(r Requirement) bool { return r.Label == name }) {
			t.Errorf("exceptions.txt: RFC 9293 has no requirement %s", name)
		}
	}
}

func TestComplianceIsCurrent(t *testing.T) {
	const file = "../../COMPLIANCE.md"
	want := Compliance(Answers(project(t), exceptions(t)))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("COMPLIANCE.md is not what the citations say (%v): run make golden and read the diff", err)
	}
}

// A citation belongs to the smallest declaration around it.
func TestScanNamesDeclarations(t *testing.T) {
	all, err := Scan(fstest.MapFS{"tcp/x.go": {Data: []byte(`// Package x (MUST-1).
package x

// A T is (MUST-2).
type T[P any] struct {
	// A is (MUST-3).
	A, B int
	C    int // MUST-4
}

// Do is (MUST-5).
func (t *T[P]) Do() {
	_ = 0 // MUST-6
}

func (T[P]) Be() {} // MUST-7 stands behind

// MUST-8 floats.

// The constants (MUST-9).
const (
	one = 1 // MUST-10
	two = 2
)

// V is (MUST-11).
var V = map[string]int{
	"": 1, // MUST-12
}
`)}, "tcp/bad.go": {Data: []byte("package // MUST-13")}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"MUST-2": "T", "MUST-3": "T.A", "MUST-4": "T.C", "MUST-5": "(*T).Do", "MUST-6": "(*T).Do", "MUST-7": "T.Be",
		"MUST-10": "one", "MUST-11": "V", "MUST-12": "V",
	}
	for _, c := range all {
		if c.Symbol != want[c.What] {
			t.Errorf("%s is in %q, want %q", c.What, c.Symbol, want[c.What])
		}
	}
	if len(all) != 13 {
		t.Errorf("%d citations, want 13", len(all))
	}
}

// Library code goes first, each place once; code that only shows or tests is
// not what meets a requirement.
func TestAnswers(t *testing.T) {
	all := []Citation{
		{File: "conn.go", Line: 9, Symbol: "Conn.Write", What: "MUST-1"},
		{File: "internal/tcp/b.go", Line: 9, Symbol: "late", What: "MUST-1"},
		{File: "internal/tcp/b.go", Line: 3, Symbol: "early", What: "MUST-1"},
		{File: "internal/tcp/b.go", Line: 4, Symbol: "early", What: "MUST-1"},
		{File: "internal/play/en.go", Line: 1, What: "MUST-1"},
		{File: "README.md", Line: 1, What: "MUST-1"},
		{File: "testdata/drill/x.pkt", Line: 1, What: "MUST-1"},
		{File: "internal/tcp/b_test.go", Line: 1, Symbol: "TestB", What: "MUST-1"},
	}
	a := Answers(all, map[string]Exception{"MUST-2": {NotDone, "no time"}})
	if got, want := strings.Join(a[0].Code, " "), "internal/tcp/b.go: early internal/tcp/b.go: late conn.go: Conn.Write"; got != want {
		t.Errorf("code %q, want %q", got, want)
	}
	if got, want := strings.Join(a[0].Tests, " "), "internal/tcp/b_test.go: TestB testdata/drill/x.pkt"; got != want {
		t.Errorf("tests %q, want %q", got, want)
	}
	if a[0].Verdict != Met || a[1].Verdict != NotDone || a[1].Reason != "no time" {
		t.Errorf("answers %+v and %+v", a[0], a[1])
	}
}
