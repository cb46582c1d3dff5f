package play

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
)

// serverClosesFirst: the server closes as soon as it has answered.
func serverClosesFirst(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() {})
	st.eof(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) { s.Release(st.Now()) })
}

// abort: the client throws the connection away.
func abort(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Abort(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.in(s, fsm.Closed, func() { st.learn(s) })
	})
}

// closeWithUnreadData: the client closes without having read the answer.
func closeWithUnreadData(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.soon(func() { st.write(c, request) })
		st.When(func() bool { return c.Unread() > 0 }, func() {
			st.soon(func() { c.Release(st.Now()) })
		})
	})
	st.serve(l, func(s *stack.Conn) {
		st.in(s, fsm.Closed, func() { st.learn(s) })
	})
}

// tooLate is longer than the client stays in FIN_WAIT_2 without a user.
const tooLate = 90 * time.Second

// finWait2Orphan: the client is gone for good, and the server closes too late.
func finWait2Orphan(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() {
			st.After(tooLate, func() { s.Release(st.Now()) })
		})
	})
}

// closeWaitLeak: the server's application never closes. Its clients come and
// go.
func closeWaitLeak(st *stage) {
	l := st.listen(st.server, serverAddr)
	for i, from := range []netip.AddrPort{clientAddr, clientAgain} {
		st.serve(l, func(s *stack.Conn) { st.eof(s, func() {}) })
		st.After(time.Duration(i)*slowness, func() {
			c := st.dial(st.client, from, serverAddr)
			st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
		})
	}
}

// timeWaitAssassination: an old duplicate of the server's answer reaches the
// client in TIME_WAIT, when the server has forgotten the connection (RFC 1337).
func timeWaitAssassination(st *stage) {
	var old []byte
	st.rule(func(p *sim.Packet) sim.Verdict {
		if p.From == st.server && len(p.TCP.Payload) > 0 {
			old = slices.Clone(p.Data)
		}
		return sim.Pass
	})
	lifecycle(st)
	st.When(func() bool { return in(st.client, fsm.TimeWait) }, func() {
		st.After(slowness, func() { st.client.Inject(old) })
	})
}

// otherServer is a second port at the server.
var otherServer = netip.AddrPortFrom(serverAddr.Addr(), 81)

// portReuse: the client uses one local port for two connections, the first of
// which is in TIME_WAIT already.
func portReuse(st *stage) {
	life := func(at netip.AddrPort) {
		l := st.listen(st.server, at)
		c := st.dial(st.client, clientAddr, at)
		st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
		st.serve(l, func(s *stack.Conn) {
			st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
		})
	}
	life(serverAddr)
	st.When(func() bool { return in(st.client, fsm.TimeWait) }, func() {
		st.After(slowness, func() { life(otherServer) })
	})
}
