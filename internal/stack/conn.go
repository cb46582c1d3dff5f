package stack

import (
	"net/netip"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wheel"
)

// stage says whose a connection is.
type stage uint8

const (
	halfOpen stage = iota + 1 // a listener's: the handshake is not complete
	waiting                   // a listener's: it waits for Accept
	owned                     // a user's
	gone                      // the user's no more: Release or Abort was called
)

// A Conn is a connection of a Core: one tcp.Conn with its place in the tables,
// the timing wheel and the output queue. Its methods do what those of tcp.Conn
// do. After any of them the caller asks the core's Output.
//
// A Conn leaves the tables as soon as it is CLOSED. Data that has arrived can
// be read after that, until Release.
type Conn struct {
	Notify func(tcp.Wake) // called when something changes that a user may wait for; nil: nobody waits
	User   any            // the owner's

	core          *Core
	pathNews      uint32 // how much of Core.pathNews is known
	tcp           *tcp.Conn
	tuple         tuple
	local, remote netip.AddrPort // the same from the first segment to the last (MUST-45)
	dscp          uint8          // of what is sent from now on
	stage         stage
	fastAsked     bool      // our SYN is a fast one, and not answered yet
	fastAt        *Listener // that has believed the peer's SYN, while the handshake lasts
	inTable       bool      // segments of the tuple come here
	parent        *Listener // while halfOpen or waiting
	old           *Conn     // the incarnation in TIME_WAIT that this one is to replace
	seen          *traced   // what the trace knows of the connection; nil if nobody observes
	timer         wheel.Entry[*Conn]
	links         [numLists]link
}

// newConn makes a connection in CLOSED, outside all tables.
func (s *Core) newConn(now clock.Time, local, remote netip.AddrPort, iss seq.Num) *Conn {
	t := tupleOf(local, remote)
	c := &Conn{core: s, tuple: t, local: local, remote: remote, dscp: s.cfg.DSCP, pathNews: s.pathNews}
	c.tcp = tcp.New(&s.cfg.TCP, s.params(now, t, remote, iss))
	c.timer.Value = c
	if s.trace != nil {
		c.seen = newTraced(c.tcp)
	}
	return c
}

// params is what sets the connection of a tuple apart.
func (s *Core) params(now clock.Time, t tuple, remote netip.AddrPort, iss seq.Num) tcp.Params {
	mtu, until := s.paths.mtu(now, remote.Addr(), s.cfg.MTU)
	return tcp.Params{
		ISS:      iss,
		TSOffset: s.secrets.tsOffset(t),
		MTU:      mtu,
		RaiseAt:  until,
		LinkMTU:  s.cfg.MTU,
		IPv6:     remote.Addr().Is6(),
		Pool:     &s.pool,
	}
}

// enter puts c into the tables. The tuple is free.
func (c *Conn) enter() {
	c.core.conns[c.tuple] = c
	c.core.all.push(c)
	c.inTable = true
}

// leave takes c out of the tables: its tuple is free again.
func (c *Conn) leave() {
	if !c.inTable {
		return
	}
	c.inTable = false
	delete(c.core.conns, c.tuple)
	c.core.all.remove(c)
	c.core.wheel.Stop(&c.timer)
}

// settle is the end of every input: r is what it did to c's machine. The
// connection moves to where its new state belongs, its timer is set, and it
// queues for output.
func (c *Conn) settle(now clock.Time, r tcp.Result) {
	switch c.tcp.State() {
	case fsm.Closed, fsm.Listen: // LISTEN: a child whose SYN came to nothing; its listener goes on
		c.detach()
		c.leave()
		c.dropOld(now)
	case fsm.TimeWait:
		c.detach()
		if c.old != nil {
			c.restoreOld(now)
		}
	case fsm.SynReceived, fsm.SynSent:
	default:
		c.opened(now, r)
	}
	c.settleFast(now)
	c.learnPath(now)
	if c.inTable {
		c.setTimer()
	}
	c.core.ready.push(c)
	if r.Wake != 0 && c.Notify != nil {
		c.Notify(r.Wake)
	}
}

// opened notes that the handshake is over, one way or another.
func (c *Conn) opened(now clock.Time, r tcp.Result) {
	if c.stage == halfOpen {
		if became(r, fsm.Established) {
			c.parent.completed(c)
		} else {
			c.detach() // CLOSE in SYN_RCVD: it belongs to who called
			c.stage = owned
		}
	}
	c.dropOld(now)
}

// became reports whether one of the rows taken leads from another state to s.
func became(r tcp.Result, s fsm.State) bool {
	for _, took := range r.Rows[:r.N] {
		if took.To == s && took.From != s {
			return true
		}
	}
	return false
}

// detach takes a half-open connection from its listener. One that waits for
// Accept stays, so that the user learns what became of it.
func (c *Conn) detach() {
	if c.stage == halfOpen {
		c.parent.halfOpen.remove(c)
		c.core.stats.HalfOpen--
		c.parent, c.stage = nil, gone
	}
}

// finish is called when c owes nothing: a closed connection whose user is gone
// gives its memory back.
func (c *Conn) finish() {
	if c.stage == gone && c.tcp.State() == fsm.Closed {
		c.tcp.Free()
	}
}

// arm is settle for what changes no state: data read or written, an option set.
func (c *Conn) arm() {
	if c.inTable {
		c.setTimer()
	}
	c.core.ready.push(c)
}

// expire runs c's timers. The wheel has stopped its entry.
func (c *Conn) expire(now clock.Time) {
	state := c.tcp.State()
	r := c.tcp.Expire(now)
	c.core.trace.expired(now, c, state, r)
	c.settle(now, r)
}

// abandon notes that nobody has c any more, not even a listener.
func (c *Conn) abandon() {
	if c.stage == waiting {
		c.parent.accept.remove(c)
		c.parent = nil
	}
	c.detach()
	c.stage = gone
}
