package mutant

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// root is the project's, from here.
const root = "../.."

// everything is the mutants and those that are equivalent.
func everything() []Mutant {
	all := slices.Clone(All)
	for _, e := range Equivalent {
		all = append(all, e.Mutant)
	}
	return all
}

// Each mutant's edits fit the code as it is, and leave Go behind.
func TestEveryMutantApplies(t *testing.T) {
	for _, m := range everything() {
		edited, err := m.Apply(root)
		if err != nil {
			t.Error(err)
			continue
		}
		for name, text := range edited {
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, 0); err != nil {
				t.Errorf("mutant %s: %v", m.Name, err)
			}
		}
	}
}

// A mutant is told apart by its name, and says what it does and what that breaks.
func TestEveryMutantIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range everything() {
		if seen[m.Name] {
			t.Errorf("there are two mutants %q", m.Name)
		}
		seen[m.Name] = true
		if m.Fault == "" || m.Rule == "" || len(m.Edits) == 0 || strings.ContainsAny(m.Name, " :(") {
			t.Errorf("mutant %q is not complete: %+v", m.Name, m)
		}
	}
}

// An edit that does not fit the code is refused: it would make another mutant than
// the one that is written down.
func TestEditThatDoesNotFitIsRefused(t *testing.T) {
	for _, old := range []string{"no such text", "{"} {
		m := Mutant{Name: "misfit", Edits: []Edit{{tableFile, old, ""}}}
		if _, err := m.Apply(root); err == nil || !strings.Contains(err.Error(), "misfit") {
			t.Errorf("%q is replaced: %v", old, err)
		}
	}
	m := Mutant{Name: "misfit", Edits: []Edit{{"internal/gone.go", "x", ""}}}
	if _, err := m.Apply(root); err == nil {
		t.Error("a file that does not exist is edited")
	}
}

// The table is of exactly these mutants, and enough ways notice each.
func TestTableHasEveryMutantNoticed(t *testing.T) {
	text, err := os.ReadFile("testdata/mutants.txt")
	if err != nil {
		t.Fatal(err)
	}
	table, err := ParseTable(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range All {
		switch v, ok := table[m.Name]; {
		case !ok:
			t.Errorf("%s is not in the table: run make mutants", m.Name)
		case len(v) < Enough:
			t.Errorf("%s is noticed by %d ways, not %d: make one of the others notice it, or say among Equivalent why nobody can", m.Name, len(v), Enough)
		}
	}
	if got := table.Text(All); got != string(text) {
		t.Errorf("the table was made of other mutants than there are: run make mutants; it should begin\n%.300s", got)
	}
}

// What is written is read back.
func TestTableIsReadAsItWasWritten(t *testing.T) {
	want := Table{All[0].Name: {"check": "P8 in open after 2 moves"}, All[1].Name: {"scripts": "a.pkt:3", "linux": `"listen S"`}}
	got, err := ParseTable(want.Text(All))
	if err != nil {
		t.Fatal(err)
	}
	if got.Text(All) != want.Text(All) || len(got) != 2 || got[All[1].Name]["linux"] != `"listen S"` || len(got[All[0].Name]) != 1 {
		t.Errorf("read %v, wrote %v", got, want)
	}
}
