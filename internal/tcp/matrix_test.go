package tcp

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file in testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s differs from line %d on: got\n%s\nrun go test -update and read the diff", path, i+1, g[i])
		}
	}
	t.Fatalf("%s has more lines than came out", path)
}

// What a segment does is decided by where its SEQ and ACK fall, so a handful of
// positions stands for all of them. The window is 1000 and SND.NXT 20 beyond
// SND.UNA, where the state allows it.
func TestMatrix(t *testing.T) {
	var out bytes.Buffer
	out.WriteString("# state, flags, position of SEQ: for each outcome, the positions of ACK (SND.UNA-1, SND.UNA, between, SND.NXT, beyond, far behind)\n")
	for s := range fsm.State(fsm.NumStates) {
		for _, flags := range []string{"S", "S.", ".", "R", "R.", "F", "F.", "P.", "U.", "-", "SF", "FP."} {
			for _, q := range []string{"left", "nxt", "inside", "edge", "right"} {
				fmt.Fprintf(&out, "%v %s %s:", s, flags, q)
				matrixLine(t, &out, s, flags, q)
				out.WriteByte('\n')
			}
		}
	}
	golden(t, "matrix.txt", out.Bytes())
}

// matrixLine writes the outcomes of one line, each with the ACKs that lead to it.
func matrixLine(t *testing.T, out *bytes.Buffer, s fsm.State, flags, q string) {
	var order []string
	acks := map[string][]string{}
	for _, a := range []string{"old", "una", "mid", "nxt", "unsent", "ancient"} {
		o := matrixOutcome(t, s, flags, q, a)
		if acks[o] == nil {
			order = append(order, o)
		}
		acks[o] = append(acks[o], a)
	}
	for _, o := range order {
		if len(order) == 1 {
			fmt.Fprintf(out, " [%s]", o)
			return
		}
		fmt.Fprintf(out, " %s [%s]", strings.Join(acks[o], ","), o)
	}
}

func matrixOutcome(t *testing.T, s fsm.State, flags, q, a string) string {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true, RecvBuffer: 1000})
	e.enter(s.String())
	if s == fsm.Established || s == fsm.CloseWait {
		e.play("write 20")
	}
	e.out = nil
	tcb := e.c.TCB()
	rcv, snd := &tcb.Rcv, &tcb.Snd
	seg := e.parse(flags + " 0:0(0)")
	if seg.Has(wire.PSH) {
		seg.Payload = make([]byte, 10)
	}
	seg.Seq = map[string]seq.Num{
		"left": rcv.Nxt - 30, "nxt": rcv.Nxt, "inside": rcv.Nxt + 100, "edge": rcv.Nxt + seq.Num(rcv.Wnd) - 1, "right": rcv.Nxt + seq.Num(rcv.Wnd),
	}[q]
	if seg.Has(wire.ACK) {
		seg.Ack = map[string]seq.Num{
			"old": snd.Una - 1, "una": snd.Una, "mid": snd.Una + (snd.Nxt-snd.Una)/2, "nxt": snd.Nxt, "unsent": snd.Nxt + 1, "ancient": snd.Una - 100000,
		}[a]
	}
	r := e.did(e.c.Arrive(e.now, &seg))
	o := "ok"
	if r.Dropped != ReasonNone {
		o = r.Dropped.String()
	}
	for i := range e.out {
		o += " > " + e.out[i].Flags.String()
	}
	if after := e.c.State(); after != s {
		o += " = " + after.String()
	}
	return o
}
