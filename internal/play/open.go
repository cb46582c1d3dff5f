package play

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
)

// refused: nobody listens.
func refused(st *stage) {
	st.dial(st.client, clientAddr, serverAddr)
}

// connectTimeout: whatever the client sends is lost.
func connectTimeout(st *stage) {
	st.rule(func(p *sim.Packet) sim.Verdict {
		if p.From == st.client {
			return sim.Drop
		}
		return sim.Pass
	})
	st.dial(st.client, clientAddr, serverAddr)
}

// listenConnect: both ends listen; the server's listener opens actively.
func listenConnect(st *stage) {
	theirs := st.listen(st.client, clientAddr)
	own := st.listen(st.server, serverAddr)
	st.soon(func() {
		s, err := own.Dial(st.Now(), clientAddr)
		if err != nil {
			panic("BUG: a listener cannot connect: " + err.Error())
		}
		st.ask(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
	st.serve(theirs, func(c *stack.Conn) {
		st.eof(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	})
}

// rstInSynRcvd: the client gives up while its SYN is on its way. The SYN,ACK
// finds no connection and is reset. Another attempt succeeds.
func rstInSynRcvd(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.After(st.rtt/4, func() { c.Abort(st.Now()) })
	st.After(2*st.rtt, func() {
		again := st.dial(st.client, clientAgain, serverAddr)
		st.ask(again, func() { st.soon(func() { again.Release(st.Now()) }) })
	})
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// closeInSynRcvd: the server's application closes before the handshake is
// complete, and still reads what the client sends.
func closeInSynRcvd(st *stage) {
	st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.When(func() bool { return st.halfOpen() != nil }, func() {
		s := st.halfOpen()
		st.After(st.rtt/4, func() { st.close(s) })
		st.read(s, len(request), func() { st.eof(s, func() {}) })
	})
	st.in(c, fsm.Established, func() {
		st.After(st.rtt/8, func() { st.write(c, request) })
	})
	st.eof(c, func() { st.soon(func() { c.Release(st.Now()) }) })
}

// halfOpen is the server's connection in SYN_RCVD, nil if there is none.
func (st *stage) halfOpen() *stack.Conn {
	for c := range st.server.Conns() {
		if c.State() == fsm.SynReceived {
			return c
		}
	}
	return nil
}

// simultaneousOpen: each end connects to the other in the same instant.
func simultaneousOpen(st *stage) {
	st.dial(st.client, clientAddr, serverAddr)
	st.dial(st.server, serverAddr, clientAddr)
}
