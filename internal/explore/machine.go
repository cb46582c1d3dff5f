package explore

import (
	"fmt"
	"io"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// maxSent is how many segments one input may send and the network still take.
const maxSent = maxCapacity

// A step is what an input makes of an end.
type step struct {
	to      endID // 0: the input does not apply
	out     [maxSent]segID
	n       uint8 // how many of out are used
	ack     bool  // a pure ACK arrived
	refused bool  // the call was refused
	excuses bool  // somebody ended the connection by force, or gave it up
}

// A machine runs ends. Each worker has one.
type machine struct {
	*book
	conn  *tcp.Conn // the one that is run
	pool  *tcp.Pool
	watch func(*turn) // called after every input that is run; nil but for a replay
}

// newMachine makes a machine that numbers what it finds in b.
func newMachine(b *book) *machine {
	m := &machine{book: b, pool: new(tcp.Pool)}
	m.conn = newConn(b.cfg, m.tcp, m.pool, 0, 1)
	return m
}

// newConn makes a connection for an incarnation.
func newConn(cfg *Config, tc *tcp.Config, pool *tcp.Pool, role, inc uint8) *tcp.Conn {
	iss := frame(role).Snd + cfg.issOf(max(inc, 1))
	return tcp.New(tc, tcp.Params{ISS: iss, MTU: mtu, Pool: pool})
}

// A turn is one input being processed.
type turn struct {
	*machine
	ghost
	in      input
	seg     wire.Segment // that arrives
	res     tcp.Result
	left    []wire.Segment // what it sent, for watch
	step    step
	unasked bool   // the input does not apply
	panic   string // what the code panicked with
}

// run gives an end an input. The book is locked.
func (m *machine) run(id endID, in input) (s step) {
	key := uint64(id)<<32 | uint64(in)
	if s, ok := m.steps[key]; ok {
		return s
	}
	m.steps[key] = m.play(id, in)
	return m.steps[key]
}

// play is run without memory.
func (m *machine) play(id endID, in input) step {
	m.inputs++
	from := &m.ends[id]
	from.conn.Restore(m.conn)
	t := turn{machine: m, ghost: from.ghost, in: in}
	t.take()
	if m.watch != nil {
		m.watch(&t)
	}
	if t.unasked {
		return t.step
	}
	if t.mark&panicked != 0 { // whatever the panic left behind
		*m.conn = *newConn(m.cfg, m.tcp, m.pool, t.role, t.inc)
	}
	m.conn.Canonicalize(m.cfg.canon())
	t.step.to = m.end(m.conn, t.ghost)
	return t.step
}

// take runs the input, and what follows from it at once: the user reads, and
// the segments that are owed go out.
func (t *turn) take() {
	defer func() {
		if r := recover(); r != nil {
			t.mark |= panicked
			t.panic = fmt.Sprint(r)
		}
	}()
	t.apply()
	if t.unasked {
		return
	}
	if t.old != 0 {
		t.settleOld()
	}
	t.note(t.res)
	if !t.cfg.LazyRead && t.mark&gone == 0 {
		t.read()
	}
	t.emit()
	if t.cfg.EagerACK && t.conn.Timer(tcp.TimerDelayedACK) != clock.Never {
		t.conn.Fire(tcp.TimerDelayedACK)
		t.emit()
	}
	if t.cfg.Hooks.After != nil {
		t.note(t.cfg.Hooks.After(t.conn))
		t.emit()
	}
	if !ordered(t.conn.TCB()) || t.conn.Check() != nil {
		t.mark |= tangled
	}
}

// apply gives the input to the connection.
func (t *turn) apply() {
	c := t.conn
	switch k := t.in.kind(); k {
	case arrives:
		t.seg = t.segs[t.in.arg()].absolute(frame(t.role))
		t.arrive()
	case forged:
		var ok bool
		if t.seg, ok = guess(t.in.arg(), c.TCB(), frame(t.role)); !ok {
			t.unasked = true
			return
		}
		was := c.TCB()
		t.arrive()
		t.unasked = believed(was, c.TCB())
	case expires:
		t.res = c.Fire(tcp.Timer(t.in.arg()))
	case unthrottle:
		c.Unthrottle()
	case icmp:
		t.res = c.HardError(tcp.Instant, tcp.ErrRefused)
	case reads:
		t.read()
	default:
		t.call(k)
	}
}

// arrive is SEGMENT ARRIVES, with the part of package stack: a new SYN in
// TIME_WAIT may begin another incarnation.
func (t *turn) arrive() {
	seg := &t.seg
	t.step.ack = seg.Has(wire.ACK) && seg.Len() == 0 && !seg.Has(wire.RST)
	if t.cfg.Hooks.Arriving != nil && !t.cfg.Hooks.Arriving(t.conn, seg) {
		return
	}
	if t.supersedes(seg) {
		t.reopen(seg)
		return
	}
	t.res = t.conn.Arrive(tcp.Instant, seg)
}

// call is a user's call.
func (t *turn) call(k kind) {
	c := t.conn
	if (k == connects || k == listens) && c.State() == fsm.Closed {
		t.ghost = ghost{role: t.role, inc: t.inc + 1}
		*c = *newConn(t.cfg, t.tcp, t.pool, t.role, t.inc)
	}
	if t.res = calls[k](t); t.res.Err != nil {
		t.step.refused = true
		return
	}
	if k == closes || k == releases {
		t.mark |= closed
	}
	if k == releases {
		t.mark |= gone
	}
}

// calls is how each call is made.
var calls = map[kind]func(t *turn) tcp.Result{
	connects: func(t *turn) tcp.Result { return t.conn.Connect(tcp.Instant) },
	listens:  func(t *turn) tcp.Result { return t.conn.Listen(tcp.Instant) },
	closes:   func(t *turn) tcp.Result { return t.conn.Close(tcp.Instant) },
	releases: func(t *turn) tcp.Result { return t.conn.Release(tcp.Instant) },
	aborts:   func(t *turn) tcp.Result { return t.conn.Abort(tcp.Instant) },
	sends: func(t *turn) tcp.Result {
		n, r := t.conn.Write(tcp.Instant, []byte{octet(t.inc, t.sent)})
		t.sent += uint8(n)
		return r
	},
}

// octet is the i-th octet of an incarnation's stream: the ghost by which one
// sees whether what was read is what was sent.
func octet(inc, i uint8) byte { return inc<<6 | i + 1 }

// read is RECEIVE of all there is.
func (t *turn) read() {
	var buf [16]byte
	for {
		n, err := t.conn.Read(tcp.Instant, buf[:])
		for _, b := range buf[:n] {
			if b != octet(t.peer, t.got) {
				t.mark |= garbled
			}
			t.got++
		}
		if err == io.EOF {
			t.mark |= sawEOF
		}
		if n == 0 {
			return
		}
	}
}

// emit pulls what is owed.
func (t *turn) emit() {
	var seg wire.Segment
	for t.conn.Emit(tcp.Instant, &seg) {
		if t.cfg.Hooks.Leaving != nil && !t.cfg.Hooks.Leaving(t.conn, &seg) {
			continue
		}
		if t.watch != nil {
			kept := seg
			kept.Payload = append([]byte(nil), seg.Payload...)
			t.left = append(t.left, kept)
		}
		if t.step.n < maxSent {
			t.step.out[t.step.n] = t.machine.seg(relative(&seg, frame(t.role)))
			t.step.n++
		}
	}
}
