package lastack_test

import (
	"io"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// observed runs a test on stacks "client" and "server" and gives the events of
// each.
func observed(t *testing.T, cfg lastack.Config, f func(client, server *lastack.Stack)) map[string][]trace.Event {
	var mu sync.Mutex // two observers may be told at once
	events := map[string][]trace.Event{}
	cfg.Observer = func(e trace.Event) {
		mu.Lock()
		defer mu.Unlock()
		events[e.End] = append(events[e.End], e)
	}
	synctest.Test(t, func(t *testing.T) {
		cfgA, cfgB := cfg, cfg
		cfgA.Name, cfgB.Name = "client", "server"
		client, server := pipe(t, cfgA, cfgB)
		f(client, server)
	})
	return events
}

// lifecycle is figure 6 and figure 12: the client closes first.
func lifecycle(t *testing.T) func(client, server *lastack.Stack) {
	return func(client, server *lastack.Stack) {
		ln := listen(t, server, "tcp", server4+":80")
		c := dial(t, client, server4+":80")
		s := accept(t, ln)
		must(t, second(c.Write([]byte("hello"))))
		must(t, c.CloseWrite())
		must(t, second(io.ReadAll(s)))
		must(t, s.Close())
		must(t, c.Close())
		time.Sleep(61 * time.Second)
		must(t, ln.Close())
	}
}

func TestObserverSeesTheExactPaths(t *testing.T) {
	events := observed(t, lastack.Config{}, lifecycle(t))
	for end, want := range map[string][]fsm.State{
		"client": {fsm.Closed, fsm.SynSent, fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait, fsm.Closed},
		"server": {fsm.Closed, fsm.Listen, fsm.SynReceived, fsm.Established, fsm.CloseWait, fsm.LastAck, fsm.Closed},
	} {
		if got := trace.Path(events[end], end); !reflect.DeepEqual(got, want) {
			t.Errorf("the %s went through %v, want %v", end, got, want)
		}
	}
}

func TestObserverIsToldInOrderOfTime(t *testing.T) {
	for end, events := range observed(t, lastack.Config{}, lifecycle(t)) {
		for i, e := range events[1:] {
			if e.Time < events[i].Time {
				t.Errorf("the %s is told of %v after %v", end, e.Time, events[i].Time)
			}
		}
	}
}

// The lock is not held: the observer may look at the stack, and write.
func TestObserverMayCallTheStack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var client *lastack.Stack
		seen := 0
		cfg := lastack.Config{Observer: func(trace.Event) {
			for range client.Conns() {
				seen++
			}
		}}
		client, server := lastack.Pipe(cfg, lastack.Config{})
		defer server.Close()
		defer client.Close()
		connect(t, client, server)
		if seen == 0 {
			t.Error("the observer saw no connection")
		}
	})
}

// A seeded stack repeats its sequence numbers and ports.
func TestSeededStacksRepeatThemselves(t *testing.T) {
	run := func() map[string][]trace.Event {
		return observed(t, lastack.Config{Rand: rand.NewChaCha8([32]byte{1})}, lifecycle(t))
	}
	if a, b := run(), run(); !reflect.DeepEqual(a, b) {
		t.Error("two runs with one seed differ")
	}
}
