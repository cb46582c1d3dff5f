package stack

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
)

// Local is our end's address and port.
func (c *Conn) Local() netip.AddrPort { return c.local }

// Remote is the peer's address and port.
func (c *Conn) Remote() netip.AddrPort { return c.remote }

// State is the connection's state.
func (c *Conn) State() fsm.State { return c.tcp.State() }

// Err is why the connection ended, nil if it has not or did so in order.
func (c *Conn) Err() error { return c.tcp.Err() }

// Info is what STATUS tells (§3.10.6).
func (c *Conn) Info() tcp.Info { return c.tcp.Info() }

// CongestionName is what the congestion control is called.
func (c *Conn) CongestionName() string { return c.tcp.CongestionName() }

// Unsent is how many bytes of SEND have not been sent.
func (c *Conn) Unsent() int { return c.tcp.Unsent() }

// Unread is how many bytes wait for RECEIVE.
func (c *Conn) Unread() int { return c.tcp.Unread() }

// Room is how many bytes Write would take.
func (c *Conn) Room() int { return c.tcp.Room() }

// Urgent is how many bytes from the next to be read on are urgent (MUST-33).
func (c *Conn) Urgent() int { return c.tcp.Urgent() }

// Acked reports whether all that was sent, a FIN included, is acknowledged.
func (c *Conn) Acked() bool { return c.tcp.Acked() }

// Write is SEND (§3.10.2): it takes as much of p as there is room for. It
// takes nothing and gives no error when the buffer is full; Notify then tells
// of room with tcp.WakeWrite.
func (c *Conn) Write(now clock.Time, p []byte) (n int, err error) {
	state := c.tcp.State()
	n, r := c.tcp.Write(now, p)
	return n, c.wrote(now, n, state, r)
}

// WriteUrgent is Write with the URGENT flag (§3.10.2): all that is queued is
// urgent.
func (c *Conn) WriteUrgent(now clock.Time, p []byte) (n int, err error) {
	state := c.tcp.State()
	n, r := c.tcp.WriteUrgent(now, p)
	return n, c.wrote(now, n, state, r)
}

// wrote ends a SEND that took n bytes in a state.
func (c *Conn) wrote(now clock.Time, n int, state fsm.State, r tcp.Result) error {
	if n > 0 || r.Err != nil {
		c.core.trace.called(now, c, "write", n, r.Err, state, r)
		c.arm()
	}
	return r.Err
}

// Read is RECEIVE (§3.10.3): it gives what has arrived in order. It gives
// nothing and no error when nothing has, io.EOF after the peer's FIN.
func (c *Conn) Read(now clock.Time, p []byte) (n int, err error) {
	n, err = c.tcp.Read(now, p)
	if n > 0 || err != nil {
		c.core.trace.called(now, c, "read", n, err, c.tcp.State(), tcp.Result{})
		c.arm()
	}
	return n, err
}

// Close is CLOSE (§3.10.4): there is no more to send. What arrives can still
// be read.
func (c *Conn) Close(now clock.Time) error {
	state := c.tcp.State()
	r := c.tcp.Close(now)
	c.core.trace.called(now, c, "close-write", 0, r.Err, state, r)
	c.settle(now, r)
	return r.Err
}

// CloseRead says that the user reads no more: what arrives is acknowledged and
// thrown away.
func (c *Conn) CloseRead(now clock.Time) {
	c.tcp.CloseRead(now)
	c.core.trace.called(now, c, "close-read", 0, nil, c.tcp.State(), tcp.Result{})
	c.arm()
}

// Release says that the user is gone: it is CLOSE, or ABORT if data waits that
// nobody will read (RFC 2525 §2.17). The connection goes on by itself until it
// is CLOSED.
func (c *Conn) Release(now clock.Time) {
	state := c.tcp.State()
	r := c.tcp.Release(now)
	c.core.trace.called(now, c, "close", 0, nil, state, r)
	c.abandon()
	c.settle(now, r)
}

// Abort is ABORT (§3.10.5): the peer gets a reset, and the user is gone.
func (c *Conn) Abort(now clock.Time) {
	state := c.tcp.State()
	r := c.tcp.Abort(now)
	c.core.trace.called(now, c, "abort", 0, nil, state, r)
	c.abandon()
	c.settle(now, r)
}

// SetNoDelay turns the Nagle algorithm off, or on (§3.7.4).
func (c *Conn) SetNoDelay(off bool) {
	c.tcp.SetNoDelay(off)
	c.arm()
}

// SetMore says whether more text follows what is queued; what does not fill a
// segment then waits for it (MAY-16).
func (c *Conn) SetMore(more bool) {
	c.tcp.SetMore(more)
	c.arm()
}

// SetCongestion makes cc the congestion control from now on.
func (c *Conn) SetCongestion(now clock.Time, cc congestion.Controller) {
	c.tcp.SetCongestion(now, cc)
	c.arm()
}

// SetKeepAlive sets the keep-alive probes (§3.8.4).
func (c *Conn) SetKeepAlive(now clock.Time, k tcp.KeepAlive) {
	c.tcp.SetKeepAlive(now, k)
	c.arm()
}

// KeepAliveConfig is what SetKeepAlive set.
func (c *Conn) KeepAliveConfig() tcp.KeepAlive { return c.tcp.KeepAliveConfig() }

// maxDSCP is the largest Diffserv codepoint: it has six bits (RFC 2474 §3).
const maxDSCP = 63

// SetDSCP sets the Diffserv codepoint of what is sent from now on (§3.9.1.9,
// MUST-48, SHLD-21).
func (c *Conn) SetDSCP(dscp uint8) error {
	if dscp > maxDSCP {
		return errBadDSCP(dscp)
	}
	c.dscp = dscp
	return nil
}

// SetDSCP sets the Diffserv codepoint of connections that are yet to come (MUST-48),
// from the SYN,ACK on.
func (l *Listener) SetDSCP(dscp uint8) error {
	if dscp > maxDSCP {
		return errBadDSCP(dscp)
	}
	l.dscp = dscp
	return nil
}

// SetRecvBuffer fixes how many bytes may be unread.
func (c *Conn) SetRecvBuffer(now clock.Time, n int) {
	c.tcp.SetRecvBuffer(now, n)
	c.arm()
}

// SetSendBuffer fixes how many bytes may be queued and unacknowledged.
func (c *Conn) SetSendBuffer(n int) {
	c.tcp.SetSendBuffer(n)
	if c.Notify != nil && c.Room() > 0 {
		c.Notify(tcp.WakeWrite)
	}
}

// SetUserTimeout sets how long sent data may stay unacknowledged before the
// connection is given up (§3.8.3); 0 leaves it to the number of
// retransmissions.
func (c *Conn) SetUserTimeout(now clock.Time, d time.Duration) {
	c.tcp.SetUserTimeout(now, d)
	c.arm()
}

// FastOpened reports whether the connection is its user's although the handshake is
// not over (RFC 7413 §4.2.2).
func (c *Conn) FastOpened() bool { return c.tcp.FastOpened() }
