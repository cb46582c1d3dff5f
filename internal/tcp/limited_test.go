package tcp

import (
	"testing"

	"github.com/lastack/lastack/internal/wire"
)

// A link delivers several acknowledgments together, and nothing is sent between
// them. Each of them opens the window in slow start, not only the first.
func TestEveryAcknowledgmentOfATurnOpensTheWindow(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoDelay: true})
	e.play("state ESTABLISHED")
	if n, _ := e.c.Write(e.now, make([]byte, 50_000)); n != 50_000 {
		t.Fatalf("only %d bytes are taken", n)
	}
	var seg wire.Segment
	flight := func() (ends []wire.Segment) {
		for e.c.Emit(e.now, &seg) {
			ends = append(ends, seg)
		}
		return ends
	}
	first := flight()
	for _, s := range first {
		e.c.Arrive(e.now, &wire.Segment{Flags: wire.ACK, Seq: theirISS + 1, Ack: s.End(), Wnd: 65535})
	}
	if second := flight(); len(second) != 2*len(first) {
		t.Errorf("after %d segments %d go out, want twice as many", len(first), len(second))
	}
}
