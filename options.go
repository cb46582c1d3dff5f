package lastack

import (
	"cmp"
	"net"
	"syscall"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
)

// set changes a setting of an open connection.
func (c *Conn) set(change func(now clock.Time)) error {
	now := c.s.enter()
	defer c.s.leave()
	if err := c.usable(); err != nil {
		return c.opError("set", err)
	}
	change(now)
	return nil
}

// SetDeadline is SetReadDeadline and SetWriteDeadline in one.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.set(func(now clock.Time) {
		c.readDeadline.set(now, t)
		c.writeDeadline.set(now, t)
	})
}

// SetReadDeadline limits how long Read waits, now and later. Read fails with
// os.ErrDeadlineExceeded when the time has come, also if there is data. The
// zero time means no limit.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.set(func(now clock.Time) { c.readDeadline.set(now, t) })
}

// SetWriteDeadline limits how long Write waits, now and later. Write then
// fails with os.ErrDeadlineExceeded and tells how many bytes it took: these
// are sent. The zero time means no limit.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.set(func(now clock.Time) { c.writeDeadline.set(now, t) })
}

// SetNoDelay turns the Nagle algorithm off (§3.7.4, MUST-17), so that small
// writes are sent at once: the default, as in package net.
func (c *Conn) SetNoDelay(noDelay bool) error {
	return c.set(func(clock.Time) { c.core.SetNoDelay(noDelay) })
}

// SetCongestion makes control the congestion control from now on; it belongs to
// this connection alone. One of package congestion goes on with the window and
// the round trip that are known; so does every congestion.Heir. Another begins
// with its initial window.
func (c *Conn) SetCongestion(control congestion.Controller) error {
	if control == nil {
		return c.opError("set", syscall.EINVAL)
	}
	return c.set(func(now clock.Time) { c.core.SetCongestion(now, control) })
}

// SetDSCP sets the Diffserv codepoint, 0 to 63, of the packets sent from now
// on (§3.9.1.9, MUST-48, SHLD-21). The peer chooses its own.
func (c *Conn) SetDSCP(dscp uint8) (err error) {
	closed := c.set(func(clock.Time) { err = c.core.SetDSCP(dscp) })
	return cmp.Or(closed, c.opError("set", err))
}

// SetReadBuffer fixes the size of the receive buffer, in bytes, which
// otherwise follows the traffic: see Config.RecvBuffer. The window that the
// peer knows already stays, and no window is larger than Config.MaxRecvBuffer
// lets it be, or Config.RecvBuffer if that is set.
func (c *Conn) SetReadBuffer(bytes int) error {
	return c.setBuffer(bytes, func(now clock.Time, n int) { c.core.SetRecvBuffer(now, n) })
}

// SetWriteBuffer fixes the size of the send buffer, in bytes, which otherwise
// follows the traffic: see Config.SendBuffer. What is queued already stays.
func (c *Conn) SetWriteBuffer(bytes int) error {
	return c.setBuffer(bytes, func(_ clock.Time, n int) { c.core.SetSendBuffer(n) })
}

// setBuffer sets a size within the bounds of Config.SendBuffer, like the kernel
// without a word. What is not a size is an error.
func (c *Conn) setBuffer(bytes int, set func(now clock.Time, n int)) error {
	if bytes <= 0 {
		return c.opError("set", syscall.EINVAL)
	}
	return c.set(func(now clock.Time) { set(now, min(max(bytes, minBuffer), maxBuffer)) })
}

// SetKeepAlive turns keep-alive probes on or off (§3.8.4). They are on by
// default: see Config.KeepAlive.
func (c *Conn) SetKeepAlive(on bool) error {
	return c.changeKeepAlive(func(k tcp.KeepAlive) tcp.KeepAlive {
		k.Enable = on
		return k
	})
}

// SetKeepAlivePeriod sets how long the connection is idle before the first
// keep-alive probe. 0 is the default of 15 s; negative leaves it as it is.
func (c *Conn) SetKeepAlivePeriod(d time.Duration) error {
	return c.changeKeepAlive(func(k tcp.KeepAlive) tcp.KeepAlive {
		k.Idle = choose(d, k.Idle, keepAliveIdle)
		return k
	})
}

// SetKeepAliveConfig sets all of keep-alive. As in package net, a field of 0
// means its default (idle and interval 15 s, 9 probes) and a negative one
// leaves it as it is.
func (c *Conn) SetKeepAliveConfig(config net.KeepAliveConfig) error {
	return c.changeKeepAlive(func(k tcp.KeepAlive) tcp.KeepAlive { return applyKeepAlive(k, config) })
}

func (c *Conn) changeKeepAlive(change func(tcp.KeepAlive) tcp.KeepAlive) error {
	return c.set(func(now clock.Time) { c.core.SetKeepAlive(now, change(c.core.KeepAliveConfig())) })
}

// SetUserTimeout sets how long sent data may stay unacknowledged before the
// connection fails with ETIMEDOUT (§3.8.3, RFC 5482). 0 and less leave it to
// the number of retransmissions.
func (c *Conn) SetUserTimeout(d time.Duration) error {
	return c.set(func(now clock.Time) { c.core.SetUserTimeout(now, max(0, d)) })
}
