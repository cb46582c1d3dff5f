package oracle

import (
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// Every symbol is read back as it is written.
func TestSymbolsAreReadBack(t *testing.T) {
	w, err := ParseWord(Everything.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(w) != len(Everything) {
		t.Fatalf("%d symbols are read of %d", len(w), len(Everything))
	}
	for i := range w {
		if w[i] != Everything[i] {
			t.Errorf("%+v is read as %+v", Everything[i], w[i])
		}
	}
}

func TestBadSymbols(t *testing.T) {
	for _, text := range []string{"S@left", "open", "X", "+10", "S^", "@in"} {
		if w, err := ParseWord(text); err == nil {
			t.Errorf("%q is read as %v", text, w)
		}
	}
}

// A class of sequence numbers is where its segments fall (§3.10.7.4 first), and
// one of acknowledgments what they acknowledge.
func TestClassesAreConcrete(t *testing.T) {
	v := view{iss: 100, sndNxt: 150, una: 140, rcvNxt: 1000}
	for _, tt := range []struct {
		symbol   string
		seq, ack uint32
	}{
		{".", 1000, 150},
		{".^una", 1000, 140},
		{".^old", 1000, 139},
		{".^unsent", 1000, 150 + farOff},
		{".@old", 999, 150},
		{".+10@old", 990, 150},
		{"F.+10@old", 989, 150},
		{"S@old", 999, 0},
		{"R@in", 1000 + windowStep, 0},
		{"R@beyond", 1000 + farOff, 0},
	} {
		seg := v.concrete(MustWord(tt.symbol)[0])
		if uint32(seg.Seq) != tt.seq || uint32(seg.Ack) != tt.ack {
			t.Errorf("%s is SEQ %d ACK %d, want %d and %d", tt.symbol, seg.Seq, seg.Ack, tt.seq, tt.ack)
		}
	}
}

// Each opening leads where it says.
func TestOpenings(t *testing.T) {
	tester := Tester{System: newLastack()}
	seen := map[fsm.State]bool{}
	for _, o := range Openings {
		if _, err := tester.Run(o.Word); err != nil {
			t.Fatal(err)
		}
		got, err := tester.System.State()
		if err != nil || got != o.State {
			t.Errorf("%s: %q leads to %v, %v; want %v", o.Name, o.Word, got, err, o.State)
		}
		seen[got] = true
	}
	if len(seen) != fsm.NumStates {
		t.Errorf("the openings lead to %d states of %d", len(seen), fsm.NumStates)
	}
}

// A plan gives the same words each time, as many as it says, and the exhaustive
// part is all there is.
func TestPlanIsDeterministic(t *testing.T) {
	list := func() (out []string) {
		for w, err := range (Plan{Words: 6000, Depth: 1, Seed: 3}).words(newScout()) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, w.String())
		}
		return out
	}
	a, b := list(), list()
	if len(a) != 6000 {
		t.Fatalf("%d words, want 6000", len(a))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("word %d is %q and then %q", i, a[i], b[i])
		}
	}
	var n int
	for range Exhaustive(Openings[:2], Learnable, 3) {
		n++
	}
	if k := len(Learnable); n != 2*(k+k*k+k*k*k) {
		t.Errorf("%d words of up to three symbols, want %d", n, 2*(k+k*k+k*k*k))
	}
}

// What systems may differ in does not show in an Answer.
func TestAnswersAreNormalised(t *testing.T) {
	see := func(seg wire.Segment) Answer {
		tester := Tester{view: view{iss: 100, hasISS: true, sndNxt: 110, rcvNxt: 50}}
		return tester.see(&seg)
	}
	a := see(wire.Segment{Flags: wire.ACK | wire.PSH, Seq: 110, Ack: 51, Wnd: 1000, Opts: wire.Options{MSS: 1460}})
	b := see(wire.Segment{Flags: wire.ACK, Seq: 110, Ack: 51, Wnd: 65535})
	if a != b || a.String() != ". NXT ack NXT+1" {
		t.Errorf("%v and %v, want both \". NXT ack NXT+1\"", a, b)
	}
	a = see(wire.Segment{Flags: wire.RST | wire.ACK, Seq: 110, Ack: 51})
	b = see(wire.Segment{Flags: wire.RST, Seq: 110})
	if a != b || a.String() != "R NXT" {
		t.Errorf("%v and %v, want both \"R NXT\"", a, b)
	}
	if c := see(wire.Segment{Flags: wire.RST | wire.ACK, Ack: 51}); c.String() != "R. 0 ack NXT+1" {
		t.Errorf("%v, want \"R. 0 ack NXT+1\"", c)
	}
	if c := see(wire.Segment{Flags: wire.ACK, Seq: 110, Ack: 50}); c.String() != ". NXT ack NXT win 0" {
		t.Errorf("%v: a closed window shows", c)
	}
}
