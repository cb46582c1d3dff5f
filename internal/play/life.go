package play

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/wire"
)

// lifecycle: handshake, data both ways, the client closes first.
func lifecycle(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// ask is a client that sends a request once it is connected, and calls do when
// it has read the answer.
func (st *stage) ask(c *stack.Conn, do func()) {
	st.in(c, fsm.Established, func() {
		st.soon(func() { st.write(c, request) })
		st.read(c, len(answer), do)
	})
}

// serve is a server that answers one request, and then does the rest.
func (st *stage) serve(l *stack.Listener, rest func(*stack.Conn)) {
	st.accept(l, func(s *stack.Conn) {
		st.read(s, len(request), func() {
			st.soon(func() {
				st.write(s, answer)
				rest(s)
			})
		})
	})
}

// halfClose: the client has no more to say, but the server has.
func halfClose(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.soon(func() {
			st.write(c, request)
			st.close(c)
		})
	})
	st.drain(c)
	st.accept(l, func(s *stack.Conn) {
		st.read(s, len(request), func() {
			st.eof(s, func() { st.pages(s, 2) })
		})
	})
}

// segment is the text of a full segment, in bytes.
const segment = 1448

// page is as much as the server sends at a time in half-close, in bytes: two
// full segments, which are acknowledged at once (§3.8.6.3).
const page = 2 * segment

// pages is a server that sends the rest of its data, n pages, and closes.
func (st *stage) pages(s *stack.Conn, n int) {
	st.After(st.rtt+st.pause, func() {
		if n == 0 {
			s.Release(st.Now())
			return
		}
		st.write(s, make([]byte, page))
		st.pages(s, n-1)
	})
}

// drain is a client that reads whatever arrives, up to the end of the stream.
func (st *stage) drain(c *stack.Conn) {
	st.When(func() bool { return c.Unread() > 0 }, func() {
		_, _ = c.Read(st.Now(), make([]byte, c.Unread()))
		st.drain(c)
	})
}

// finAck: the server has nothing left to send and closes in the same instant
// as it reads the end of the stream.
func finAck(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { s.Release(st.Now()) })
	})
}

// lastAckLost: the lifecycle, but the network loses the ACK of the server's
// FIN.
func lastAckLost(st *stage) {
	st.rule(sim.Nth(1, func(p *sim.Packet) bool {
		return p.From == st.client && p.TCP.Flags == wire.ACK && in(st.client, fsm.TimeWait)
	}, sim.Drop))
	lifecycle(st)
}

// in reports whether a node has a connection in a state.
func in(n *sim.Node, s fsm.State) bool {
	for c := range n.Conns() {
		if c.State() == s {
			return true
		}
	}
	return false
}

// simultaneousClose: both applications close in the same instant.
func simultaneousClose(st *stage) {
	var c, s *stack.Conn
	st.unseen(func() {
		l := st.listen(st.server, serverAddr)
		c = st.dial(st.client, clientAddr, serverAddr)
		st.accept(l, func(got *stack.Conn) { s = got })
		st.Run(limit)
	})
	c.Release(st.Now())
	s.Release(st.Now())
}
