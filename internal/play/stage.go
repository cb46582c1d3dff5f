package play

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/trace"
)

// Where the ends are.
var (
	clientAddr  = netip.MustParseAddrPort("10.0.0.1:40000")
	clientAgain = netip.MustParseAddrPort("10.0.0.1:40001") // for a second connection
	serverAddr  = netip.MustParseAddrPort("10.0.0.2:80")
)

// What the applications say to one another.
var (
	request = []byte("GET / HTTP/1.0\r\n\r\n")
	answer  = []byte("HTTP/1.0 200 OK\r\n\r\nhello\n")
)

// A stage is where a scenario is acted: a client and a server, joined by a
// link, and what their applications do.
type stage struct {
	*sim.Sim
	client, server *sim.Node
	link           *sim.Link
	rtt            time.Duration
	pause          time.Duration // how long an application thinks
	capture        []captured    // what the client sent and received
	heard          heard         // what an attacker would have to know
}

// maxPause keeps applications quicker than delayed acknowledgments.
const maxPause = 10 * time.Millisecond

// The secrets of the stacks. A client that restarts with the second has
// timestamps that are older than before, as one in two has.
var (
	firstSecret  = [32]byte{1}
	secondSecret = [32]byte{2}
	thirdSecret  = [32]byte{3} // newer ones
)

// newStage sets the stage. The scenario may change how its hosts are set up.
func newStage(o Options, setup func(*stack.Config)) (*stage, error) {
	st := &stage{Sim: sim.New(o.Seed), rtt: o.RTT, pause: min(o.RTT/4, maxPause)}
	var err error
	if st.client, err = st.host(Client, clientAddr, firstSecret, setup); err != nil {
		return nil, err
	}
	if st.server, err = st.host(Server, serverAddr, [32]byte{}, setup); err != nil {
		return nil, err
	}
	st.client.Tap = st.see
	st.link = st.Link(st.client, st.server, o.path())
	return st, nil
}

func (st *stage) host(name string, at netip.AddrPort, secret [32]byte, setup func(*stack.Config)) (*sim.Node, error) {
	cfg := stack.Config{
		Name: name, Secret: secret,
		Addrs: []netip.Prefix{netip.PrefixFrom(at.Addr(), 24)},
		TCP:   tcp.Config{NoDelay: true}, // as package net has it
	}
	if setup != nil {
		setup(&cfg)
	}
	return st.Node(cfg)
}

// rule adds a fault to the network.
func (st *stage) rule(r sim.Rule) {
	p := st.link.From(st.client).Path
	p.Rule = sim.Rules(p.Rule, r)
	st.link.Set(p)
}

// unseen lets something happen before the trace begins, on a network that
// loses nothing.
func (st *stage) unseen(do func()) {
	disturbed := st.link.From(st.client).Path
	st.link.Set(sim.Path{Delay: disturbed.Delay})
	do()
	st.link.Set(disturbed)
	st.Begin()
	st.capture = nil
}

// listen is a passive OPEN.
func (st *stage) listen(n *sim.Node, at netip.AddrPort) *stack.Listener {
	l, err := n.Listen(st.Now(), at, 0)
	if err != nil {
		panic("BUG: a scenario cannot listen: " + err.Error())
	}
	return l
}

// dial is an active OPEN. One that fails is told in the trace; one that fails at
// once gives nil.
func (st *stage) dial(n *sim.Node, from, to netip.AddrPort) *stack.Conn {
	c, err := n.Dial(st.Now(), from, to)
	if err != nil {
		st.failed(n, from, to, err)
		return nil
	}
	st.When(func() bool { return c.State() == fsm.Closed || c.State().Synchronized() }, func() {
		if err := c.Err(); err != nil && !errors.Is(err, net.ErrClosed) {
			st.failed(n, from, to, err)
		}
	})
	return c
}

// failed tells the trace what connect returned to the application: no stack
// does, because the call has no connection yet, or no more.
func (st *stage) failed(n *sim.Node, from, to netip.AddrPort, err error) {
	state := fsm.Closed
	for c := range n.Conns() {
		if c.Local() == from && c.Remote() == to {
			state = c.State() // what is in its way
		}
	}
	st.Note(trace.Event{
		End: n.Name(), Conn: trace.Conn{Local: from, Remote: to}, Kind: trace.Call,
		From: state, To: state, Call: "connect", Err: err.Error(),
	})
}

// accept calls do with the next connection of a listener, for an application
// that waits for it.
func (st *stage) accept(l *stack.Listener, do func(*stack.Conn)) {
	var c *stack.Conn
	st.When(func() bool { c = l.Accept(st.Now()); return c != nil }, func() { do(c) })
}

// in calls do when the connection is in a state.
func (st *stage) in(c *stack.Conn, s fsm.State, do func()) {
	st.When(func() bool { return c.State() == s }, do)
}

// read calls do when n bytes have arrived, and takes them.
func (st *stage) read(c *stack.Conn, n int, do func()) {
	st.When(func() bool { return c.Unread() >= n }, func() {
		_, _ = c.Read(st.Now(), make([]byte, n))
		do()
	})
}

// finished is the states in which the peer's FIN is here.
var finished = fsm.In(fsm.CloseWait, fsm.Closing, fsm.LastAck, fsm.TimeWait)

// eof calls do when the application reads the end of the stream.
func (st *stage) eof(c *stack.Conn, do func()) {
	st.When(func() bool { return finished.Has(c.State()) && c.Unread() == 0 }, func() {
		_, _ = c.Read(st.Now(), make([]byte, 1))
		do()
	})
}

// write is SEND. An error is told in the trace.
func (st *stage) write(c *stack.Conn, text []byte) { _, _ = c.Write(st.Now(), text) }

// close is CLOSE. An error is told in the trace.
func (st *stage) close(c *stack.Conn) { _ = c.Close(st.Now()) }

// soon calls do after the application's pause.
func (st *stage) soon(do func()) { st.After(st.pause, do) }
