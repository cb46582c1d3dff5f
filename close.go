package lastack

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
)

// Close ends the connection for its user; calls that wait fail with
// net.ErrClosed. What was written is still sent, and the connection closes in
// order, in the background; SetLinger changes that. If there is received data
// that was not read, the peer is told with a reset instead, for it must not
// believe that its data arrived (§3.6.1, RFC 2525 §2.17).
func (c *Conn) Close() error { return c.opError("close", c.close()) }

func (c *Conn) close() error {
	now := c.s.enter()
	defer c.s.leave()
	if err := c.usable(); err != nil {
		return err
	}
	c.closed = true
	c.readDeadline.stop()
	c.writeDeadline.stop()
	c.readable.Broadcast()
	c.writable.Broadcast()
	defer func() { c.core.Notify = nil }() // lets go of c, though the core keeps its part
	if c.linger == 0 {
		c.core.Abort(now)
		return nil
	}
	c.core.Release(now)
	if c.linger > 0 {
		return c.waitAcked(now)
	}
	return nil
}

// waitAcked waits until the peer has acknowledged everything, the FIN too. When
// the time that SetLinger set is over, it aborts.
func (c *Conn) waitAcked(now clock.Time) error {
	c.writeDeadline.start(now, c.linger)
	defer c.writeDeadline.stop()
	c.s.leave()
	now = c.s.enter()
	for {
		switch {
		case c.s.closed:
			return net.ErrClosed
		case errors.Is(c.core.Err(), net.ErrClosed):
			return syscall.ECONNABORTED // unread data made Close an abort
		case c.core.Err() != nil:
			return c.core.Err()
		case c.core.Acked():
			return nil
		case c.core.State() == fsm.Closed:
			return syscall.ECONNRESET // in LAST_ACK or CLOSING the core keeps no error
		case c.writeDeadline.passed(now):
			c.core.Abort(now)
			return os.ErrDeadlineExceeded
		}
		now = c.s.wait(&c.writable)
	}
}

// CloseWrite says that there is no more to write: CLOSE (§3.10.4). FIN follows
// what was written; the peer reads io.EOF. Reading goes on. A later Write
// fails with EPIPE.
func (c *Conn) CloseWrite() error { return c.opError("close", c.closeWrite()) }

func (c *Conn) closeWrite() error {
	now := c.s.enter()
	defer c.s.leave()
	if err := c.usable(); err != nil {
		return err
	}
	if err := c.core.Err(); err != nil {
		return err
	}
	c.core.Close(now)
	c.writable.Broadcast() // a Write that waits has lost
	return nil
}

// CloseRead says that nobody reads any more: what arrives is acknowledged and
// thrown away. Read fails with net.ErrClosed where a kernel would give io.EOF,
// which here is the peer's FIN and nothing else. Writing goes on.
func (c *Conn) CloseRead() error { return c.opError("close", c.closeRead()) }

func (c *Conn) closeRead() error {
	now := c.s.enter()
	defer c.s.leave()
	if err := c.usable(); err != nil {
		return err
	}
	c.readClosed = true
	c.core.CloseRead(now)
	c.readable.Broadcast()
	return nil
}

// SetLinger chooses what Close does with data that is not yet acknowledged.
//
//   - sec < 0, the default: Close returns at once and the data is sent in the
//     background.
//   - sec = 0: it is thrown away and the peer gets a reset: ABORT (§3.10.5).
//   - sec > 0: Close waits, up to sec seconds, until the peer has acknowledged
//     everything, the FIN too, and gives nil only then. When the time is over
//     it aborts and gives os.ErrDeadlineExceeded; if data was unread, so that
//     Close is an abort anyway, ECONNABORTED.
func (c *Conn) SetLinger(sec int) error {
	return c.set(func(clock.Time) { c.linger = time.Duration(sec) * time.Second })
}
