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
	return s.dial(ctx, network, address, s.DialTCP)
}

// DialFast is DialContext and Write in one, which saves a round trip where it can:
// with fast open (RFC 7413) data go in the SYN to a server that has given this stack
// a cookie, as many as fit there, and the answer may come with the SYN,ACK. To other
// servers the data go after the handshake, and a cookie is asked for. It returns when
// the connection is open and all of data is taken to be sent.
//
// A SYN may arrive twice, and the server's program may then get the data in two
// connections. So data must do no harm if they are done again: a GET, or the first
// message of TLS, but not an order to pay.
func (s *Stack) DialFast(ctx context.Context, network, address string, data []byte) (net.Conn, error) {
	return s.dial(ctx, network, address, func(ctx context.Context, laddr, raddr netip.AddrPort) (*Conn, error) {
		return s.dialFast(ctx, laddr, raddr, data)
	})
}

// dialFast opens one connection by DialFast.
func (s *Stack) dialFast(ctx context.Context, laddr, raddr netip.AddrPort, data []byte) (*Conn, error) {
	taken := 0
	c, err := s.shard.connect(ctx, tcpAddr(laddr), raddr, func(now clock.Time) (conn *stack.Conn, err error) {
		conn, taken, err = s.shard.core.DialFast(now, unmap(laddr), unmap(raddr), data)
		return conn, err
	})
	if err != nil || taken == len(data) {
		return c, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetWriteDeadline(time.Unix(0, 1)) })
	_, err = c.Write(data[taken:])
	if !stop() {
		err = c.opError("dial", contextError(ctx.Err()))
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// An opener opens a connection between two addresses.
type opener func(ctx context.Context, laddr, raddr netip.AddrPort) (*Conn, error)

// dial tries the addresses that a name stands for.
func (s *Stack) dial(ctx context.Context, network, address string, open opener) (net.Conn, error) {
	addrs, err := s.lookup(ctx, network, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	var first error
	for i, raddr := range addrs {
		c, err := dialShare(ctx, raddr, len(addrs)-i, open)
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
func dialShare(ctx context.Context, raddr netip.AddrPort, n int, open opener) (*Conn, error) {
	if end, ok := ctx.Deadline(); ok && n > 1 {
		share := max(time.Until(end)/time.Duration(n), minShare)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return open(ctx, netip.AddrPort{}, raddr)
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
