package diagram

import (
	"strings"
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// row is the number of the way between two states on an event.
func row(t *testing.T, from, to fsm.State, on fsm.Event) int {
	t.Helper()
	for _, w := range between(from, to) {
		if w.Transition().On == on {
			return w.Row
		}
	}
	t.Fatalf("no row leads from %v to %v on %v", from, to, on)
	return 0
}

// numbered is the arrows that a path takes.
func numbered(m machine) (out []arrow) {
	for _, a := range m.arrows {
		if len(a.steps) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func TestAPathTakesTheArrowOfItsRow(t *testing.T) {
	states := []fsm.State{fsm.SynSent, fsm.Closed}
	abort := row(t, fsm.SynSent, fsm.Closed, fsm.CallAbort)
	for nth, final := range map[int]bool{abort: true, row(t, fsm.SynSent, fsm.Closed, fsm.CallClose): false, 0: false} {
		got := numbered(model(MachineOptions{Paths: []Path{{States: states, Rows: []int{nth}}}}))
		if len(got) != 1 || got[0].final != final {
			t.Errorf("row %d: %+v", nth, got)
		}
	}
}

func TestALabelTellsTheRowTaken(t *testing.T) {
	open := row(t, fsm.Listen, fsm.SynSent, fsm.CallConnect)
	got := numbered(model(MachineOptions{Paths: []Path{{States: []fsm.State{fsm.Listen, fsm.SynSent}, Rows: []int{open}}}}))
	if len(got) != 1 || strings.Join(got[0].causes, "|") != explain.Event(explain.EN, fsm.CallConnect) {
		t.Errorf("%+v", got)
	}
}

func TestAnArrowThatBothPathsTakeHasBothColours(t *testing.T) {
	states := []fsm.State{fsm.Closed, fsm.SynSent}
	svg := MachineSVG(MachineOptions{Paths: []Path{{Name: "a", States: states}, {Name: "b", States: states, Dashed: true}}})
	for _, class := range []string{"line1", "line2", "tip1", "tip2"} {
		if strings.Count(svg, `class="`+class+`"`) < 1 {
			t.Errorf("nothing has class %s", class)
		}
	}
}

func TestTheWayFromTimeWaitHasTheHeadsOfTheWaysTaken(t *testing.T) {
	o := MachineOptions{Paths: []Path{{States: []fsm.State{fsm.TimeWait, fsm.SynReceived}}}}
	for all, want := range map[bool][2]bool{false: {true, false}, true: {true, true}} {
		o.All = all
		got := numbered(model(o))
		if len(got) != 1 || [2]bool{got[0].there, got[0].back} != want || len(got[0].notes) == 0 {
			t.Errorf("all %v: %+v", all, got)
		}
	}
}

// With All every way of the table is in the picture: it has an arrow.
func TestEveryWayHasAnArrow(t *testing.T) {
	m := model(MachineOptions{All: true})
	for s := range fsm.State(fsm.NumStates) {
		for _, w := range explain.OutOf(s) {
			found := false
			for _, a := range m.arrows {
				same := a.from == w.From && a.to == w.To || a.both && a.to == w.From && a.from == w.To
				found = found || same && (w.To != fsm.Closed || a.final != w.Transition().Fig5)
			}
			if !found {
				t.Errorf("row %d from %v to %v has no arrow", w.Row, w.From, w.To)
			}
		}
	}
}

func TestAStatesPageNamesNoOtherState(t *testing.T) {
	text := StateText(Options{}, fsm.TimeWait)
	if strings.Contains(text, "SYN-SENT") || strings.Contains(text, "FIN-WAIT-1") {
		t.Errorf("sections of other states:\n%s", text)
	}
}
