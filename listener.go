package lastack

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
)

// A Listener accepts the connections that others open. It is a net.Listener.
// Its methods may be called by several goroutines at once.
type Listener struct {
	s        *shard
	core     *stack.Listener
	incoming sync.Cond // a connection waits, or the listener is closed
	deadline deadline
	closed   bool
}

// Listen waits for connections: the passive OPEN of §3.10.1.
//
// The network is "tcp", "tcp4" or "tcp6". The address is "host:port"; without
// a host, or with an unspecified one, the listener takes connections to all of
// the stack's addresses of that network, of both families for "tcp". Port 0
// lets the stack choose; Addr tells which it chose.
//
// When Config.Backlog connections wait for Accept, handshakes are not
// completed until there is room: the peer tries again.
func (s *Stack) Listen(network, address string) (*Listener, error) {
	addrs, err := s.lookup(context.Background(), network, address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	ln, err := s.shard.listen(addrs[0], s.cfg.Backlog)
	if err != nil {
		return nil, opError("listen", nil, listenAddr(addrs[0]), err)
	}
	return ln, nil
}

func (s *shard) listen(local netip.AddrPort, backlog int) (*Listener, error) {
	now := s.enter()
	defer s.leave()
	if s.closed {
		return nil, net.ErrClosed
	}
	core, err := s.core.Listen(now, local, backlog)
	if err != nil {
		return nil, err
	}
	ln := &Listener{s: s, core: core}
	ln.incoming.L = &s.mu
	ln.deadline.init(&ln.incoming)
	core.Notify = ln.notify
	return ln, nil
}

// notify is told by the core that a connection waits, or that the listener is
// closed.
func (ln *Listener) notify() {
	if ln.core.State() == fsm.Closed {
		ln.deadline.end()
	}
	ln.incoming.Broadcast()
}

// Accept waits for a connection and returns it. The connection may have ended
// by then; reading it tells.
func (ln *Listener) Accept() (net.Conn, error) {
	c, err := ln.AcceptConn()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AcceptConn is Accept for those who want a *Conn.
func (ln *Listener) AcceptConn() (*Conn, error) {
	c, err := ln.accept()
	if err != nil {
		return nil, opError("accept", nil, ln.Addr(), err)
	}
	return c, nil
}

func (ln *Listener) accept() (*Conn, error) {
	now := ln.s.enter()
	defer ln.s.leave()
	for {
		switch {
		case ln.closed || ln.s.closed:
			return nil, net.ErrClosed
		case ln.deadline.passed(now):
			return nil, os.ErrDeadlineExceeded
		}
		if core := ln.core.Accept(now); core != nil {
			return newConn(ln.s, core), nil
		}
		now = ln.s.wait(&ln.incoming)
	}
}

// Dial turns the passive open into an active one for one peer: LISTEN to
// SYN_SENT (§3.10.1). The connection has the listener's port, and its address
// if it has one. The listener goes on listening for everybody else.
func (ln *Listener) Dial(ctx context.Context, raddr netip.AddrPort) (*Conn, error) {
	return ln.s.connect(ctx, ln.Addr(), raddr, func(now clock.Time) (*stack.Conn, error) {
		if ln.closed {
			return nil, net.ErrClosed
		}
		return ln.core.Dial(now, unmap(raddr))
	})
}

// Close stops listening. Calls of Accept that wait fail with net.ErrClosed.
// Connections that wait to be accepted are reset; those accepted are not
// touched.
func (ln *Listener) Close() error {
	now := ln.s.enter()
	defer ln.s.leave()
	if ln.closed || ln.s.closed {
		ln.closed = true
		return opError("close", nil, ln.Addr(), net.ErrClosed)
	}
	ln.closed = true
	ln.core.Close(now)
	return nil
}

// SetDeadline limits how long Accept waits, now and later. Accept fails with
// os.ErrDeadlineExceeded when the time has come. The zero time means no limit.
func (ln *Listener) SetDeadline(t time.Time) error {
	now := ln.s.enter()
	defer ln.s.leave()
	if ln.closed || ln.s.closed {
		return opError("set", nil, ln.Addr(), net.ErrClosed)
	}
	ln.deadline.set(now, t)
	return nil
}

// Addr is the address on which the listener listens, a *net.TCPAddr.
func (ln *Listener) Addr() net.Addr { return listenAddr(ln.core.Addr()) }

// listenAddr is a listener's address as package net has it.
func listenAddr(a netip.AddrPort) net.Addr { return net.TCPAddrFromAddrPort(shown(a)) }

// shown is a listener's address as package net shows it: [::] stands for all
// addresses of both families.
func shown(a netip.AddrPort) netip.AddrPort {
	if a.Addr().IsValid() {
		return a
	}
	return netip.AddrPortFrom(netip.IPv6Unspecified(), a.Port())
}
