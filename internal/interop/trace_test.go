//go:build linux

package interop

import (
	"os"
	"testing"

	"github.com/lastack/lastack/trace"
)

// wantTrace reads the events that the command has recorded of two connections
// that the kernel has opened and closed.
func wantTrace(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	must(t, err)
	defer file.Close()
	events, err := trace.ReadAll(file)
	must(t, err)
	conns := trace.Conns(events, "stack")
	if len(conns) != 2 {
		t.Errorf("the trace has %d connections, want 2", len(conns))
	}
	for _, c := range conns {
		if got, want := join(trace.PathOf(events, "stack", c)), "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"; got != want {
			t.Errorf("in the trace %v has the path\n%s, want\n%s", c, got, want)
		}
	}
}
