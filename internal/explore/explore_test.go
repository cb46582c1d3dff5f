package explore

import (
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// The machine has every property in every shape of configuration, the search
// comes to its end, and all rows of the table are taken on the way.
func TestEveryPropertyHolds(t *testing.T) {
	var reports []*Report
	for _, c := range Configs(Small) {
		r := Search(c, 2, nil)
		reports = append(reports, r)
		t.Logf("%-14s %8d states %9d moves, depth %d, %d ends", c.Name, r.States, r.Moves, r.Depth, r.Ends)
		if r.Cut {
			t.Errorf("%s: cut short", c.Name)
		}
		complain(t, r)
	}
	for _, n := range Coverage(reports).Missing {
		row := fsm.Row(n)
		t.Errorf("row %d is never taken: %v in %v (%s)", n, row.On, row.From, row.Ref)
	}
}

// complain reports a violation.
func complain(t *testing.T, r *Report) {
	t.Helper()
	if v := r.Violation; v != nil {
		t.Errorf("%s: %s does not hold: %s", r.Config.Name, v.Property.Name, v.Property.Means)
		for _, line := range v.Script {
			t.Log(line)
		}
	}
}

// The order in which workers come to things makes no difference.
func TestSearchIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	c := small("open")
	one, four := Search(c, 1, nil), Search(c, 4, nil)
	if one.States != four.States || one.Moves != four.Moves || one.Depth != four.Depth || one.Ends != four.Ends {
		t.Errorf("%d states, %d moves with one worker; %d and %d with four", one.States, one.Moves, four.States, four.Moves)
	}
}

// Taking two worlds for one that differ in which end is which halves the
// search, and loses nothing.
func TestSwapHalvesTheSearch(t *testing.T) {
	c := small("open")
	c.Swap = true
	half := Search(c, 2, nil)
	c.Swap = false
	whole := Search(c, 2, nil)
	if ratio := float64(whole.States) / float64(half.States); ratio < 1.9 || ratio > 2 {
		t.Errorf("%d states, with swaps %d", whole.States, half.States)
	}
	if len(half.Rows) != len(whole.Rows) {
		t.Errorf("%d rows taken, with swaps %d", len(whole.Rows), len(half.Rows))
	}
}

// A search that is cut short proves nothing.
func TestCutShortIsNotOK(t *testing.T) {
	c := small("open")
	c.MaxStates = 1000
	if r := Search(c, 1, nil); !r.Cut || r.OK() {
		t.Errorf("cut %v, ok %v", r.Cut, r.OK())
	}
}

// P7 holds of a connection as it is, and of none whose variables are mixed up.
func TestOrderedSequenceVariables(t *testing.T) {
	good := tcp.TCB{Snd: tcp.SendSpace{ISS: 10, Una: 12, Nxt: 15, MaxWnd: 4}}
	if !ordered(good) {
		t.Error("a connection with three octets outstanding is out of order")
	}
	for name, change := range map[string]func(s *tcp.SendSpace){
		"SND.UNA beyond SND.NXT":         func(s *tcp.SendSpace) { s.Una = 16 },
		"SND.UNA before ISS":             func(s *tcp.SendSpace) { s.Una = 9 },
		"sent more than the peer offers": func(s *tcp.SendSpace) { s.Nxt = 18 },
	} {
		bad := good
		if change(&bad.Snd); ordered(bad) {
			t.Errorf("%s is taken for order", name)
		}
	}
}

// A run tells what was sent and what arrived, move by move; a script with a move
// that cannot be made is refused.
func TestReplayTellsEveryMove(t *testing.T) {
	r, err := Replay(small("open"), `
		A connect
		deliver A>B S 0:0(0) win 4
	`)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Steps) != 2 || len(r.Steps[0].Sent) != 1 || r.Steps[1].Packet != 1 || len(r.Steps[1].Sent) != 1 {
		t.Errorf("steps %+v", r.Steps)
	}
	if _, err := Replay(small("open"), "B deliver"); err == nil {
		t.Error("a move that cannot be made is made")
	}
}
