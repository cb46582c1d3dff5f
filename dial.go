package lastack

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
)

// Dial is DialContext without a context.
func (s *Stack) Dial(network, address string) (net.Conn, error) {
	return s.DialContext(context.Background(), network, address)
}

// DialContext connects to an address: the active OPEN of §3.10.1. It fits
// http.Transport.DialContext.
//
// The network is "tcp", "tcp4" or "tcp6". The address is "host:port"; the host
// is an IP address, or a name if there is a Config.Resolver. If a name has
// several addresses, they are tried in order, and the time that ctx leaves is
// shared among them.
//
// When ctx ends before the connection is open, the connection is aborted. ctx
// has no effect on it later.
func (s *Stack) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	addrs, err := s.lookup(ctx, network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	var first error
	for i, raddr := range addrs {
		c, err := s.dialShare(ctx, raddr, len(addrs)-i)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

// DialTCP connects from laddr to raddr. Of laddr, the address, the port or
// both may be zero: then the stack chooses. Two ends that dial each other's
// address and port at the same time make one connection (simultaneous open,
// §3.5).
func (s *Stack) DialTCP(ctx context.Context, laddr, raddr netip.AddrPort) (*Conn, error) {
	return s.shard.connect(ctx, tcpAddr(laddr), raddr, func(now clock.Time) (*stack.Conn, error) {
		return s.shard.core.Dial(now, unmap(laddr), unmap(raddr))
	})
}

// minShare is the least time that is worth trying an address.
const minShare = 2 * time.Second

// dialShare dials the first of n addresses within its share of the time that
// is left.
func (s *Stack) dialShare(ctx context.Context, raddr netip.AddrPort, n int) (*Conn, error) {
	if end, ok := ctx.Deadline(); ok && n > 1 {
		share := max(time.Until(end)/time.Duration(n), minShare)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return s.DialTCP(ctx, netip.AddrPort{}, raddr)
}

// An openFunc makes a connection that owes its SYN.
type openFunc func(now clock.Time) (*stack.Conn, error)

// connect opens a connection and waits until it is open, or has failed, or ctx
// has ended.
func (s *shard) connect(ctx context.Context, laddr net.Addr, raddr netip.AddrPort, open openFunc) (*Conn, error) {
	now := s.enter()
	defer s.leave()
	fail := func(source net.Addr, err error) (*Conn, error) {
		return nil, opError("dial", source, tcpAddr(raddr), err)
	}
	if s.closed {
		return fail(laddr, net.ErrClosed)
	}
	if ctx.Err() != nil {
		return fail(laddr, contextError(ctx.Err()))
	}
	core, err := open(now)
	if err != nil {
		return fail(laddr, err)
	}
	c := newConn(s, core)
	if err := c.waitOpen(ctx); err != nil {
		c.abandon()
		return fail(c.LocalAddr(), err)
	}
	return c, nil
}

// waitOpen sends the SYN and waits for the end of the handshake.
func (c *Conn) waitOpen(ctx context.Context) error {
	defer context.AfterFunc(ctx, c.writeDeadline.wake)()
	c.s.leave()
	c.s.enter()
	for {
		switch {
		case c.s.closed:
			return net.ErrClosed
		case c.core.Err() != nil:
			return c.core.Err()
		case c.core.State().Synchronized():
			return nil
		case c.core.State() == fsm.Closed:
			return net.ErrClosed
		case ctx.Err() != nil:
			return contextError(ctx.Err())
		}
		c.s.wait(&c.writable)
	}
}

// abandon gives up a connection that did not open. The stack's Close has done
// so already, if that is why.
func (c *Conn) abandon() {
	c.closed = true
	c.core.Notify = nil
	if !c.s.closed {
		c.core.Abort(c.s.turn)
	}
}

// unmap makes an IPv4 address of one that is written as IPv6.
func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
