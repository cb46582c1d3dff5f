package oracle

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The machine that is learnt from lastack is pinned: a change of its behaviour
// shows as a change of the picture.
func TestLearntMachine(t *testing.T) {
	m, err := Learn(&Teacher{Tester: &Tester{System: newLastack()}, Alphabet: Learnable}, 100)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "lastack.txt", m.Text())
	golden(t, "lastack.dot", m.DOT())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; if that is right, run go test ./internal/oracle -update and read the difference", name)
	}
}

// A door is a system that can be known by hand: SYN opens it, RST shuts it, and
// the third ACK in a row while it is open breaks it for good. Every so often it
// shows a wrong state.
type door struct {
	open   bool
	knocks int
	noise  int // a wrong state at the end of each so many words; 0: never
	words  int
}

func (d *door) Name() string { return "door" }

func (d *door) Reset() error {
	d.open, d.knocks = false, 0
	d.words++
	return nil
}

func (d *door) Call(Call) Result { return OK }

func (d *door) Arrive(seg *wire.Segment) error {
	switch {
	case d.knocks == 3:
	case seg.Has(wire.SYN):
		d.open, d.knocks = true, 0
	case seg.Has(wire.RST):
		d.open, d.knocks = false, 0
	case d.open:
		d.knocks++
	}
	return nil
}

func (d *door) Sent() ([]wire.Segment, error) { return nil, nil }

func (d *door) State() (fsm.State, error) {
	switch {
	case d.noise > 0 && d.words%d.noise == 0:
		return fsm.TimeWait, nil
	case d.knocks == 3:
		return fsm.LastAck, nil
	case d.open:
		return fsm.Established, nil
	}
	return fsm.Closed, nil
}

// The learner finds states that look alike but for what they lead to.
func TestLearnFindsHiddenStates(t *testing.T) {
	m, err := Learn(&Teacher{Tester: &Tester{System: &door{}}, Alphabet: MustWord("S R .")}, 10)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "door.txt", m.Text())
	golden(t, "door.mmd", m.Mermaid())
}

// Noise does not change what is learnt, only how often is asked.
func TestLearnOutvotesNoise(t *testing.T) {
	m, err := Learn(&Teacher{Tester: &Tester{System: &door{noise: 7}}, Alphabet: MustWord("S R ."), Noisy: true}, 10)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "door.txt", m.Text())
	if m.Runs <= 2*m.Queries {
		t.Errorf("%d runs for %d queries: the noise was not heard", m.Runs, m.Queries)
	}
}

// What cannot be learnt ends with an error: a machine without end, and a system
// that is all noise.
func TestLearnGivesUp(t *testing.T) {
	if _, err := Learn(&Teacher{Tester: &Tester{System: &door{}}, Alphabet: MustWord("S R .")}, 3); err == nil {
		t.Error("five states are learnt within three")
	}
	if _, err := Learn(&Teacher{Tester: &Tester{System: &clockwork{}}, Alphabet: MustWord("S"), Noisy: true}, 3); err == nil {
		t.Error("what never does the same twice is learnt")
	}
}

// A clockwork does something else each time.
type clockwork struct{ door }

func (c *clockwork) State() (fsm.State, error) { return fsm.State(c.words % fsm.NumStates), nil }

// Distinguish gives the shortest words on which machines differ.
func TestDistinguish(t *testing.T) {
	learn := func(s System) *Machine {
		m, err := Learn(&Teacher{Tester: &Tester{System: s}, Alphabet: MustWord("S R .")}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	a, b := learn(&door{}), learn(&frail{})
	if words := Distinguish(a, b); len(words) != 1 || words[0] != "S . ." {
		t.Errorf("the words are %q, want \"S . .\"", words)
	}
	if words := Distinguish(a, a); len(words) != 0 {
		t.Errorf("a machine differs from itself in %q", words)
	}
}

// A frail door breaks at the second knock.
type frail struct{ door }

func (f *frail) Arrive(seg *wire.Segment) error {
	err := f.door.Arrive(seg)
	if f.knocks == 2 {
		f.knocks = 3
	}
	return err
}
