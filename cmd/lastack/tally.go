package main

import (
	"fmt"
	"sync"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// A tally sums up what the connections of a stack have done.
type tally struct {
	mu             sync.Mutex
	opened, broken int
	sent, received int64 // bytes that programs have written and read
}

// note counts an event.
func (t *tally) note(e *trace.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case e.Kind == trace.State && e.To == fsm.Established:
		t.opened++
	case failed(e):
		t.broken++
	case e.Kind == trace.Call && e.Call == "write":
		t.sent += int64(e.N)
	case e.Kind == trace.Call && e.Call == "read":
		t.received += int64(e.N)
	}
}

// String is "12 connections, 1 broken off; 1.2 MB sent, 345 B received".
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	plural := "s"
	if t.opened == 1 {
		plural = ""
	}
	return fmt.Sprintf("%d connection%s, %d broken off; %s sent, %s received", t.opened, plural, t.broken, size(t.sent), size(t.received))
}

// size is a number of bytes in a unit that suits it.
func size(n int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v := float64(n) / 1000
	for v >= 1000 && len(units) > 1 {
		v, units = v/1000, units[1:]
	}
	return fmt.Sprintf("%.1f %s", v, units[0])
}
