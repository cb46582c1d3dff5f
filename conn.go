package lastack

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A Conn is a TCP connection. It is a net.Conn with the further methods that
// users of net.TCPConn know. Its methods may be called by several goroutines
// at once.
//
// After the peer's reset every Write fails with ECONNRESET, and so does Read
// once it has given what arrived before. After Close everything fails with
// net.ErrClosed.
type Conn struct {
	s             *shard
	local, remote netip.AddrPort

	// Guarded by the shard's lock.

	core     *stack.Conn
	readable sync.Cond // something has changed for those who wait in Read
	writable sync.Cond // the same for all who wait elsewhere

	readDeadline, writeDeadline deadline

	closed     bool
	readClosed bool
	writing    bool          // one Write has the turn
	linger     time.Duration // negative: Close does not wait
	report     func(Report)  // nil: nobody is told
}

// maxCopy is how many bytes are copied in one turn, so that others are not
// kept from the stack for long.
const maxCopy = 64 << 10

// newConn makes the user's side of a connection.
func newConn(s *shard, core *stack.Conn) *Conn {
	c := &Conn{s: s, core: core, local: core.Local(), remote: core.Remote(), linger: -1}
	c.readable.L, c.writable.L = &s.mu, &s.mu
	c.readDeadline.init(&c.readable)
	c.writeDeadline.init(&c.writable)
	core.Notify = c.notify
	return c
}

// notify is told by the core what has changed. In CLOSED no call waits any
// more.
func (c *Conn) notify(w tcp.Wake) {
	if c.core.State() == fsm.Closed {
		c.readDeadline.end()
		c.writeDeadline.end()
	}
	c.reportChange(w)
	if w&(tcp.WakeRead|tcp.WakeClosed) != 0 {
		c.readable.Broadcast()
	}
	if w&(tcp.WakeWrite|tcp.WakeOpen|tcp.WakeClosed) != 0 {
		c.writable.Broadcast()
	}
}

// usable is the error of every call after Close.
func (c *Conn) usable() error {
	if c.closed || c.s.closed {
		return net.ErrClosed
	}
	return nil
}

// opError wraps an error of this connection.
func (c *Conn) opError(op string, err error) error {
	if err == nil {
		return nil
	}
	return opError(op, c.LocalAddr(), c.RemoteAddr(), err)
}

// Read reads what has arrived in order, and waits if nothing has: RECEIVE
// (§3.10.3). It gives io.EOF when the peer has sent its FIN and everything
// before it has been read. Urgent data is read in line with the rest.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.read(p)
	return n, c.opError("read", err)
}

func (c *Conn) read(p []byte) (int, error) {
	now := c.s.enter()
	defer c.s.leave()
	for {
		if err := c.mayRead(now); err != nil || len(p) == 0 {
			return 0, err
		}
		if n, err := c.core.Read(now, p[:min(len(p), maxCopy)]); n > 0 || err != nil {
			return n, err
		}
		now = c.s.wait(&c.readable)
	}
}

// mayRead is the error of a Read that must not look for data.
func (c *Conn) mayRead(now clock.Time) error {
	switch {
	case c.closed || c.s.closed || c.readClosed:
		return net.ErrClosed
	case c.readDeadline.passed(now):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Write hands p over for sending: SEND (§3.10.2). It returns when all of p is
// queued; with an error, it tells how much was. The bytes of one Write stay
// together when several goroutines write.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.write(p, (*stack.Conn).Write)
	return n, c.opError("write", err)
}

// WriteUrgent is Write with the URGENT flag: what is queued by then is urgent
// for the peer (§3.8.5, MUST-30). Protocols that are new should do without:
// middleboxes and other stacks disagree on what it means (SHLD-13).
func (c *Conn) WriteUrgent(p []byte) (int, error) {
	n, err := c.write(p, (*stack.Conn).WriteUrgent)
	return n, c.opError("write", err)
}

// A sendFunc queues what there is room for.
type sendFunc func(c *stack.Conn, now clock.Time, p []byte) (int, error)

func (c *Conn) write(p []byte, send sendFunc) (n int, err error) {
	now := c.s.enter()
	defer c.s.leave()
	if now, err = c.takeTurn(now); err != nil {
		return 0, err
	}
	defer c.endTurn()
	for {
		if err := c.mayWrite(now); err != nil {
			return n, err
		}
		k, err := send(c.core, now, p[n:min(len(p), n+maxCopy)])
		n += k
		switch {
		case err != nil || n == len(p):
			return n, err
		case k == 0:
			now = c.s.wait(&c.writable)
		default:
			c.s.leave()
			now = c.s.enter()
		}
	}
}

// mayWrite is the error of a Write that must not go on.
func (c *Conn) mayWrite(now clock.Time) error {
	if err := c.usable(); err != nil {
		return err
	}
	if c.writeDeadline.passed(now) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// takeTurn waits until no other Write is under way.
func (c *Conn) takeTurn(now clock.Time) (clock.Time, error) {
	for {
		if err := c.mayWrite(now); err != nil {
			return now, err
		}
		if !c.writing {
			c.writing = true
			return now, nil
		}
		now = c.s.wait(&c.writable)
	}
}

// endTurn lets the next Write begin.
func (c *Conn) endTurn() {
	c.writing = false
	c.writable.Broadcast()
}

// LocalAddr is this end's address, a *net.TCPAddr.
func (c *Conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr is the peer's address, a *net.TCPAddr.
func (c *Conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// State is the connection's state. It can be asked for after Close, too: the
// connection lives on for a while, as a rule in FIN_WAIT_1 to TIME_WAIT.
func (c *Conn) State() fsm.State {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.core.State()
}
