package play

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// slowness is how long the application of a scenario does not come to what it
// has to do.
const slowness = 1500 * time.Millisecond

// hasData reports whether a packet of the client carries text.
func (st *stage) hasData(p *sim.Packet) bool { return p.From == st.client && len(p.TCP.Payload) > 0 }

// outage is how long the network of rto loses the client's data.
const outage = 1500 * time.Millisecond

// rto: the network loses the request, and what is sent instead of it, for some
// time.
func rto(st *stage) {
	var since time.Duration
	st.rule(func(p *sim.Packet) sim.Verdict {
		if !st.hasData(p) {
			return sim.Pass
		}
		if since == 0 {
			since = st.Time()
		}
		if st.Time()-since < outage {
			return sim.Drop
		}
		return sim.Pass
	})
	lifecycle(st)
}

// upload is a client that sends n full segments at once and closes.
func (st *stage) upload(n int) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.soon(func() {
			st.write(c, make([]byte, n*segment))
			st.When(c.Acked, func() { st.close(c) })
		})
	})
	st.eof(c, func() { c.Release(st.Now()) })
	st.accept(l, func(s *stack.Conn) {
		st.drain(s)
		st.eof(s, func() { s.Release(st.Now()) })
	})
}

// fastRecovery: the third of ten segments is lost.
func fastRecovery(st *stage) {
	st.rule(sim.Nth(3, st.hasData, sim.Drop))
	st.upload(10)
}

// reordering: the third of five segments is overtaken by the others, within the
// time that RACK allows.
func reordering(st *stage) {
	st.rule(sim.Nth(3, st.hasData, sim.Delay(st.rtt/8)))
	st.upload(5)
}

// smallBuffer is the receive buffer of the server in zeroWindow, in bytes: three
// full segments.
const smallBuffer = 3 * segment

// smallHost is a server with little room for what it receives.
func smallHost(cfg *stack.Config) {
	if cfg.Name == Server {
		cfg.TCP.RecvBuffer = smallBuffer
	}
}

// zeroWindow: the server's application does not read, until much later.
func zeroWindow(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.soon(func() {
			st.write(c, make([]byte, smallBuffer+segment))
			st.close(c)
		})
	})
	st.eof(c, func() { c.Release(st.Now()) })
	st.accept(l, func(s *stack.Conn) {
		st.After(slowness, func() {
			st.drain(s)
			st.eof(s, func() { s.Release(st.Now()) })
		})
	})
}

// deadPeer is the client's keep-alive in keepAliveDeadPeer: shorter than usual,
// so that the picture is.
var deadPeer = tcp.KeepAlive{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}

// keepAliveDeadPeer: the server's machine is gone while nobody has anything to
// say.
func keepAliveDeadPeer(st *stage) {
	st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() { c.SetKeepAlive(st.Now(), deadPeer) })
	st.After(time.Second, func() { st.link.SetDown(true) })
	st.in(c, fsm.Closed, func() { st.learn(c) })
}

// patience is the user timeout of the client in partition.
const patience = 10 * time.Second

// partition: the network is cut while the client sends, for longer than its user
// waits. When it is whole again, the server finds out.
func partition(st *stage) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		c.SetUserTimeout(st.Now(), patience)
		st.After(2*st.rtt, func() {
			st.link.SetDown(true)
			st.write(c, request)
		})
		st.in(c, fsm.Closed, func() { st.learn(c) })
	})
	st.accept(l, func(s *stack.Conn) {
		st.After(2*patience, func() {
			st.link.SetDown(false)
			st.write(s, answer)
		})
		st.in(s, fsm.Closed, func() { st.learn(s) })
	})
}

// narrow is the MTU of the narrow part of the way in pathMTU, in bytes.
const narrow = 1400

// pathMTU: the way has a part that is too narrow for full packets.
func pathMTU(st *stage) {
	p := st.link.From(st.client).Path
	p.MTU = narrow
	st.link.Set(p)
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.soon(func() {
			st.write(c, make([]byte, page))
			st.close(c)
		})
	})
	st.eof(c, func() { c.Release(st.Now()) })
	st.accept(l, func(s *stack.Conn) {
		st.drain(s)
		st.eof(s, func() { s.Release(st.Now()) })
	})
}

// unreachable answers the client's packets with an ICMP error, as long as until
// says so.
func (st *stage) unreachable(code uint8, until func() bool) {
	st.rule(func(p *sim.Packet) sim.Verdict {
		if p.From != st.client || until() {
			return sim.Pass
		}
		st.link.Refuse(p, wire.ICMP{Kind: wire.Unreachable, Code: code})
		return sim.Drop
	})
}

// softError: the server's network is away for some time, and a router says so.
func softError(st *stage) {
	st.unreachable(wire.Unreach4Host, func() bool { return st.Time() > slowness })
	lifecycle(st)
}

// hardError: a router refuses the connection for good.
func hardError(st *stage) {
	st.unreachable(wire.Unreach4Port, func() bool { return false })
	st.listen(st.server, serverAddr)
	st.dial(st.client, clientAddr, serverAddr)
}

// softErrorLater: the same as softError, when the connection is open.
func softErrorLater(st *stage) {
	open := func() bool { return in(st.server, fsm.Established) }
	healed := false
	st.unreachable(wire.Unreach4Host, func() bool { return healed || !open() })
	st.When(open, func() { st.After(slowness, func() { healed = true }) })
	st.attacked(func() {})
}
