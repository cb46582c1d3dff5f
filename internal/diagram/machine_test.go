package diagram

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a picture with the file of that name in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with go test ./internal/diagram -update", err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; if that is right, run go test ./internal/diagram -update and read the difference", name)
	}
}

// variants is the state diagrams that have golden files.
func variants() map[string]MachineOptions {
	zh := Options{Lang: explain.ZH}
	return map[string]MachineOptions{
		"fsm":          {},
		"fsm.zh":       {Options: zh},
		"fsm-paths":    {Paths: NormalPaths(Options{})},
		"fsm-paths.zh": {Options: zh, Paths: NormalPaths(zh)},
		"fsm-all":      {All: true},
		"fsm-all.zh":   {Options: zh, All: true},
	}
}

func TestMachineText(t *testing.T) {
	for name, o := range variants() {
		text := MachineText(o)
		golden(t, name+".txt", text)
		for i, line := range strings.Split(text, "\n") {
			if width(line) > 100 {
				t.Errorf("%s: line %d has %d columns", name, i+1, width(line))
			}
		}
	}
}

func TestNothingInTheMachineCoversAnythingElse(t *testing.T) {
	for name, o := range variants() {
		m := model(o)
		if _, clash := m.grid(); len(clash) > 0 {
			t.Errorf("%s: no room for %q", name, clash)
		}
	}
}

func TestMachineSVG(t *testing.T) {
	for name, o := range variants() {
		golden(t, name+".svg", MachineSVG(o))
	}
}

func TestMachineInOtherLanguages(t *testing.T) {
	for name, o := range variants() {
		golden(t, name+".mmd", MachineMermaid(o))
		golden(t, name+".dot", MachineDOT(o))
	}
	for _, l := range explain.Langs {
		o := Options{Lang: l}
		name := "table." + l.String()
		golden(t, name+".md", RowsMarkdown(o))
		golden(t, name+".txt", RowsText(o))
		golden(t, name+".json", RowsJSON(o))
		golden(t, "fsm."+l.String()+".html", MachineHTML(MachineOptions{Options: o, Paths: NormalPaths(o)}))
		golden(t, "time-wait."+l.String()+".txt", StateText(o, fsm.TimeWait))
		golden(t, "time-wait."+l.String()+".md", StateMarkdown(o, fsm.TimeWait))
		golden(t, "time-wait."+l.String()+".html", StateHTML(o, fsm.TimeWait))
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, l := range explain.Langs {
		o := Options{Lang: l}
		texts := map[string]string{"table": RowsText(o)}
		for s := range fsm.State(fsm.NumStates) {
			texts[s.String()] = StateText(o, s)
		}
		for name, text := range texts {
			for i, line := range strings.Split(text, "\n") {
				if width(line) > 100 {
					t.Errorf("%v, %s, line %d has %d columns: %s", l, name, i+1, width(line), line)
				}
			}
		}
	}
}

// A row that changes must show in the picture, and so must one that figure 5
// would draw anew.
func TestPicturesFollowTheTable(t *testing.T) {
	before := MachineText(MachineOptions{}) + MachineSVG(MachineOptions{}) + MachineDOT(MachineOptions{})
	row := &fsm.Table[0]
	old := *row
	defer func() { *row = old }()
	row.Do = fsm.SndRST
	after := MachineText(MachineOptions{}) + MachineSVG(MachineOptions{}) + MachineDOT(MachineOptions{})
	if got := strings.Count(after, "snd RST") - strings.Count(before, "snd RST"); got != 3 {
		t.Errorf("the new action shows %d times, want in text, SVG and DOT", got)
	}
}

// Every arrow of figure 5, and every pair of states that any row joins, has a
// place in the layout.
func TestEveryArrowHasARoute(t *testing.T) {
	placed := map[[2]fsm.State]bool{}
	for _, r := range append(routes, moreRoutes...) {
		placed[[2]fsm.State{r.from, r.to}] = true
		if r.both {
			placed[[2]fsm.State{r.to, r.from}] = true
		}
	}
	for s := range fsm.State(fsm.NumStates) {
		for _, w := range explain.OutOf(s) {
			if !placed[[2]fsm.State{w.From, w.To}] {
				t.Errorf("row %d: no route from %v to %v", w.Row, w.From, w.To)
			}
		}
	}
	for _, r := range routes {
		if w := between(r.from, r.to); len(w) == 0 {
			t.Errorf("no row leads from %v to %v", r.from, r.to)
		}
	}
}
