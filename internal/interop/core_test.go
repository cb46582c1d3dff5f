//go:build linux

package interop

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/trace"
)

// A core is a stack's core alone, for what net.Conn has no words for: it makes
// connections that nobody has accepted accessible.
type core struct {
	*lab
	mu    sync.Mutex
	stack *stack.Core
	start time.Time
}

// newCore makes a lab with a core that ends with the test.
func newCore(t *testing.T) *core {
	t.Helper()
	c := &core{lab: newWire(t, setup{}), start: time.Now()}
	var err error
	c.stack, err = stack.New(stack.Config{
		Name: "stack", Addrs: []netip.Prefix{ours4, ours6}, MTU: c.MTU(),
		TCP:      tcp.Config{TimeWait: quick.TimeWait},
		Rand:     rand.NewChaCha8([32]byte{2}).Uint64,
		Observer: func(e *trace.Event) { c.note(*e) },
	})
	must(t, err)
	must(t, c.gate.Start(func(pkts [][]byte) {
		c.turn(func(now clock.Time) {
			for _, pkt := range pkts {
				c.stack.Input(now, pkt)
			}
		})
	}))
	t.Cleanup(func() { c.gate.Close() })
	return c
}

// turn calls the core, runs its timers and sends what it owes.
func (c *core) turn(call func(now clock.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := clock.Time(time.Since(c.start))
	c.stack.Expire(now)
	call(now)
	for buf := make([]byte, c.MTU()); ; {
		n := c.stack.Output(now, buf)
		if n == 0 {
			return
		}
		_ = c.gate.Send([][]byte{buf[:n]})
	}
}

// find is the connection in a state, nil if there is none.
func (c *core) find(state fsm.State) *stack.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.stack.Conns() {
		if conn.State() == state {
			return conn
		}
	}
	return nil
}

// CLOSE in SYN_RCVD sends FIN after SYN,ACK. The kernel, whose connect has
// succeeded, reads the end of the stream.
func TestCloseInSynRcvdLosesNothingAtTheKernel(t *testing.T) {
	c := newCore(t)
	c.turn(func(now clock.Time) {
		_, err := c.stack.Listen(now, at(c.ours, 80), 0)
		must(t, err)
	})
	ack := c.hold(in, isACK)
	theirs, err := c.dial(noLocal, at(c.ours, 80))
	must(t, err)
	ack.wait(1)
	c.states("ESTAB")
	conn := c.find(fsm.SynReceived)
	if conn == nil {
		t.Fatal("no connection is in SYN_RCVD")
	}
	c.turn(func(now clock.Time) { conn.Close(now) })
	c.path("CLOSED LISTEN SYN_RCVD FIN_WAIT_1")
	wantEOF(t, theirs)
	c.states("CLOSE-WAIT")
	ack.release()
	c.path("CLOSED LISTEN SYN_RCVD FIN_WAIT_1 FIN_WAIT_2")
	must(t, theirs.Close())
	c.path("CLOSED LISTEN SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT")
	c.states()
	await(t, "whether TIME_WAIT is over", "yes", func() string {
		c.turn(func(clock.Time) {})
		if c.find(fsm.TimeWait) != nil {
			return "no"
		}
		return "yes"
	})
	c.path("CLOSED LISTEN SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
}
