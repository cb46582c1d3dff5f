package play

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// left is how much of TIME_WAIT is left where a scenario shows its end: enough
// for a SYN, its retransmission after 1 s, and not for the next one.
const left = 2500 * time.Millisecond

// waiting lets a connection live and die unseen; first closes it, and is then
// in TIME_WAIT. The listener, which goes on, is the result.
func (st *stage) waiting(first *sim.Node) (l *stack.Listener) {
	st.unseen(func() {
		l = st.listen(st.server, serverAddr)
		c := st.dial(st.client, clientAddr, serverAddr)
		st.accept(l, func(s *stack.Conn) {
			a, b := c, s
			if first == st.server {
				a, b = s, c
			}
			a.Release(st.Now())
			st.eof(b, func() { b.Release(st.Now()) })
		})
		st.Run(st.Now().Add(4 * st.rtt))
	})
	return l
}

// endOf is when TIME_WAIT ends at a node.
func endOf(n *sim.Node) clock.Time {
	for c := range n.Conns() {
		if c.State() == fsm.TimeWait {
			return c.Timer(tcp.TimerTimeWait)
		}
	}
	return clock.Never
}

// nearTheEnd lets TIME_WAIT pass at a node until little is left of it.
func (st *stage) nearTheEnd(n *sim.Node) {
	st.unseen(func() { st.Run(endOf(n).Add(-left)) })
}

// newerSYN: the client connects again from the same port while the server is
// in TIME_WAIT.
func newerSYN(st *stage) {
	l := st.waiting(st.server)
	st.again(l)
}

// again is the lifecycle from the same port.
func (st *stage) again(l *stack.Listener) {
	c := st.dial(st.client, clientAddr, serverAddr)
	st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// oldSYN: the client's machine restarts, and its new timestamps happen to be
// older than those that the server has seen.
func oldSYN(st *stage) {
	l := st.waiting(st.server)
	st.nearTheEnd(st.server)
	if err := st.client.Restart(secondSecret); err != nil {
		panic("BUG: a node does not restart: " + err.Error())
	}
	st.again(l)
}

// noListener: the server's program has ended, and only TIME_WAIT is left.
func noListener(st *stage) {
	l := st.waiting(st.server)
	st.unseen(func() { l.Close(st.Now()) })
	st.nearTheEnd(st.server)
	st.dial(st.client, clientAddr, serverAddr)
}

// bindInTimeWait: the client is in TIME_WAIT and wants its port again, now and
// when 2 MSL have passed.
func bindInTimeWait(st *stage) {
	l := st.waiting(st.client)
	st.nearTheEnd(st.client)
	st.dial(st.client, clientAddr, serverAddr)
	st.After(left+time.Second, func() { st.again(l) })
}
