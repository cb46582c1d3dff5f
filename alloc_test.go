package lastack_test

import (
	"io"
	"testing"
)

// A segment costs no allocation, sent or received, with data or without.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, tt := range []struct {
		name string
		size int
	}{{"one segment", 1000}, {"many segments", 100_000}} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := pipe(t)
			c, s := connect(t, client, server)
			out, in := make([]byte, tt.size), make([]byte, tt.size)
			exchange := func() {
				must(t, second(c.Write(out)))
				must(t, second(io.ReadFull(s, in)))
				must(t, second(s.Write(out[:1])))
				must(t, second(io.ReadFull(c, in[:1])))
			}
			for range 100 { // fills pools, opens the window
				exchange()
			}
			if n := testing.AllocsPerRun(200, exchange); n != 0 {
				t.Errorf("%v allocations for %d bytes there and one back, want 0", n, tt.size)
			}
		})
	}
}
