package play

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/wire"
)

// lose lets the network lose the first packet that matches.
func (st *stage) lose(match func(*sim.Packet) bool) { st.rule(sim.Nth(1, match, sim.Drop)) }

// lostSYN: the first SYN is lost.
func lostSYN(st *stage) {
	st.lose(func(p *sim.Packet) bool { return p.TCP.Flags&(wire.SYN|wire.ACK) == wire.SYN })
	lifecycle(st)
}

// lostSYNACK: the first SYN,ACK is lost.
func lostSYNACK(st *stage) {
	st.lose(func(p *sim.Packet) bool { return p.TCP.Has(wire.SYN) && p.TCP.Has(wire.ACK) })
	lifecycle(st)
}

// lostHandshakeACK: the third segment of the handshake is lost, and data follow
// it.
func lostHandshakeACK(st *stage) {
	st.lose(func(p *sim.Packet) bool { return p.TCP.Flags == wire.ACK })
	lifecycle(st)
}

// oldDuplicateSYN: a SYN of an attempt that was given up long ago arrives just
// before the SYN of a new one (figure 8).
func oldDuplicateSYN(st *stage) {
	var l *stack.Listener
	isSYN := func(p *sim.Packet) bool { return p.TCP.Flags&(wire.SYN|wire.ACK) == wire.SYN }
	st.unseen(func() {
		p := st.link.From(st.client).Path
		p.Rule = sim.Nth(1, isSYN, sim.Delay(10*st.rtt))
		st.link.Set(p)
		l = st.listen(st.server, serverAddr)
		c := st.dial(st.client, clientAddr, serverAddr)
		st.After(st.rtt, func() { c.Abort(st.Now()) })
		st.Run(st.Now().Add(10*st.rtt + st.rtt/4))
	})
	st.rule(sim.Nth(1, isSYN, sim.Delay(2*st.rtt)))
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// opened lets a connection come into being unseen.
func (st *stage) opened() (l *stack.Listener, c, s *stack.Conn) {
	st.unseen(func() {
		l = st.listen(st.server, serverAddr)
		c = st.dial(st.client, clientAddr, serverAddr)
		st.accept(l, func(got *stack.Conn) { s = got })
		st.Run(st.Now().Add(4 * st.rtt))
	})
	return l, c, s
}

// crash is the client's machine losing its power and starting again.
func (st *stage) crash() {
	if err := st.client.Restart(thirdSecret); err != nil {
		panic("BUG: a node does not restart: " + err.Error())
	}
}

// halfOpenFound: the client's machine has restarted and connects again, from the
// port of a connection that the server still holds open (figure 9).
func halfOpenFound(st *stage) {
	l, _, s := st.opened()
	st.crash()
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.in(s, fsm.Closed, func() {
		st.learn(s)
	})
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// learn is an application that reads and learns why its connection ended.
func (st *stage) learn(c *stack.Conn) { _, _ = c.Read(st.Now(), make([]byte, 1)) }

// activeEndFindsHalfOpen: the client's machine has restarted, and it is the
// server that sends (figure 10).
func activeEndFindsHalfOpen(st *stage) {
	_, _, s := st.opened()
	st.crash()
	st.soon(func() { st.write(s, answer) })
	st.in(s, fsm.Closed, func() { st.learn(s) })
}

// fullHost is a server whose accept queue holds one connection.
func fullHost(cfg *stack.Config) { cfg.Backlog = 1 }

// acceptQueueFull: the server's application is too slow to accept.
func acceptQueueFull(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.After(2*st.rtt, func() {
		again := st.dial(st.client, clientAgain, serverAddr)
		st.ask(again, func() { st.soon(func() { again.Release(st.Now()) }) })
	})
	st.After(slowness, func() {
		for range 2 {
			st.serve(l, func(s *stack.Conn) {
				st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
			})
		}
	})
}
