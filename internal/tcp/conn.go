package tcp

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/recovery"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A Conn is one end of a connection: the TCB, and beside it the queues, the
// timers and the estimates.
type Conn struct {
	tcb    TCB
	cfg    *Config
	params Params

	user userTimeout

	out sendQueue
	in  recvQueue

	send bufferSize // of out
	recv recvSize   // of in

	search mtuSearch // for the path MTU, which is params.MTU
	news   bool      // the search has found it, and nobody was told

	rtt      rttEstimator
	loss     recovery.Sender
	pace     pacer
	ecn      ecn
	sack     sackReport
	fast     fastOpen
	cc       congestion.Controller
	ack      ackPolicy
	keep     keepAlive
	throttle throttle // of challenge ACKs
	probes   throttle // of answers to keep-alive probes
	timers   timers

	reset     wire.Segment // a RST that is owed, if resetDue
	resetDue  bool
	probeDue  bool // a keep-alive or zero-window probe is to be sent
	ccLimited bool // the congestion window, and nothing else, held data back
	heard     bool // an acknowledgment came since sending was tried

	err     error // why the connection ended; nil: in order
	softErr error // what ICMP said, in case that nothing comes any more
}

// New makes a connection in CLOSED. cfg must be complete (WithDefaults), and
// stays in use.
func New(cfg *Config, p Params) *Conn {
	if p.LinkMTU == 0 {
		p.LinkMTU = p.MTU
	}
	if p.Pool == nil {
		p.Pool = new(Pool)
	}
	c := &Conn{cfg: cfg, params: p, cc: cfg.Congestion()}
	c.tcb.NoDelay = cfg.NoDelay
	c.user = userTimeout{limit: cfg.UserTimeout, offered: cfg.UserTimeout, enabled: cfg.UserTimeoutOption}
	c.keep.KeepAlive = cfg.KeepAlive
	c.throttle.limit, c.probes.limit = cfg.ChallengeACKs, cfg.ChallengeACKs
	c.rtt.init(cfg)
	c.timers.stopAll()
	c.in.buf.pool, c.out.buf.pool = p.Pool, p.Pool
	c.send = cfg.sendBuffer()
	c.recv.init(cfg.recvBuffer())
	c.search.raiseAt = clock.Never
	if p.MTU < p.LinkMTU {
		c.search.raiseAt = p.RaiseAt
	}
	c.begin(p.ISS)
	return c
}

// begin sets the sequence spaces to what they are before a SYN.
func (c *Conn) begin(iss seq.Num) {
	t := &c.tcb
	t.Snd = SendSpace{ISS: iss, Una: iss, Nxt: iss, Up: iss}
	t.Rcv = ReceiveSpace{Wnd: uint32(min(c.recvLimit(), maxWindow))}
	t.Opts = Negotiated{SndMSS: c.params.defaultMSS()}
	c.out.start = iss + 1
	c.ecn, c.sack = ecn{}, sackReport{}
	c.rtt.timed = iss
	c.loss.Init(&c.params.Pool.records, c.cc)
	c.startCongestion(0)
}

// startCongestion begins the congestion control, once the size of a segment is
// known.
func (c *Conn) startCongestion(now clock.Time) {
	c.cc.Init(time.Duration(now), c.mss())
	c.loss.SetMSS(c.mss())
	c.loss.Use(c.tcb.Opts.SACK, c.cfg.NoRACK, c.cfg.NoTLP)
}

// State is the connection's state.
func (c *Conn) State() fsm.State { return c.tcb.State }

// TCB is a snapshot of the transmission control block.
func (c *Conn) TCB() TCB { return c.tcb }

// Check is what is wrong with the scoreboard, nil if nothing is. It is for
// searches: it looks at everything.
func (c *Conn) Check() error {
	if c.tcb.State == fsm.Closed {
		return nil
	}
	return c.loss.Check(c.tcb.Snd.Una, c.tcb.Snd.Nxt)
}

// Err is why the connection ended: nil while it lasts, and after an orderly
// close.
func (c *Conn) Err() error { return c.err }

// fire takes the one row of fsm.Table that event e selects, and does what it
// says. It is the only place that assigns the state. seg is the segment that
// caused the event, nil for calls and timeouts.
func (c *Conn) fire(now clock.Time, e fsm.Event, seg *wire.Segment, r *Result) {
	n := fsm.Next(c.tcb.State, e, c.facts())
	row := fsm.Row(n)
	from := c.tcb.State
	c.tcb.State = row.Next(from)
	r.took(Took{Row: uint8(n), Event: e, From: from, To: c.tcb.State})
	c.do(now, row.Do, seg, r)
}

// facts is the guards that hold.
func (c *Conn) facts() fsm.Guard {
	facts := c.tcb.Origin
	if c.Unsent() > 0 {
		facts |= fsm.Queued
	}
	return facts
}

// do carries out the actions of a row.
func (c *Conn) do(now clock.Time, a fsm.Action, seg *wire.Segment, r *Result) {
	has := func(x fsm.Action) bool { return a&x != 0 }
	if has(fsm.SndSYN | fsm.SndSYNACK) {
		c.oweSYN()
	}
	if has(fsm.SndACK | fsm.SndSYNACK) {
		c.ack.now = true // stays owed if the handshake ends before our SYN,ACK is sent
	}
	if has(fsm.ChallengeACK) {
		c.challenge(now)
	}
	if has(fsm.SndRST) {
		c.oweReset(seg)
	}
	if has(fsm.SndFIN) {
		c.tcb.FinQueued = true
	}
	if has(fsm.DeferClose) {
		c.tcb.CloseLater = true
	}
	if has(fsm.Retransmit) {
		c.retransmit(now)
	}
	if has(fsm.SigEOF) {
		r.Wake |= WakeRead
	}
	if has(fsm.SigOpen) {
		c.opened(now, r)
	}
	if has(fsm.Refuse) {
		r.Err = c.refusal()
	}
	if has(fsm.StartTimeWait) {
		c.timers.stopAll()
		c.timers.set(TimerTimeWait, now.Add(c.cfg.TimeWait))
		r.Wake |= WakeClosed | WakeWrite
	}
	if has(fsm.DeleteTCB) {
		c.end(a, r)
	}
}

// opened is what happens on entering ESTABLISHED from a handshake.
func (c *Conn) opened(now clock.Time, r *Result) {
	r.Wake |= WakeOpen | WakeWrite
	c.keep.heard(now)
	if c.rtt.retransmitted {
		c.cc.TimedOut(time.Duration(now), 0, true) // a lost SYN: one segment to begin with (RFC 5681 §3.1)
	}
	c.startSearch(now)
	if c.tcb.CloseLater {
		c.tcb.CloseLater = false
		c.fire(now, fsm.CallClose, nil, r)
	}
}

// end flushes the queues and tells the user why: an error, if the connection was
// not closed in order (MUST-12).
func (c *Conn) end(a fsm.Action, r *Result) {
	switch {
	case c.err != nil: // the first reason stays
	case a&fsm.SigReset != 0:
		c.err = ErrReset
	case a&fsm.SigRefused != 0 && c.fast.taken:
		c.err = ErrReset // for the user it was open
	case a&fsm.SigRefused != 0:
		c.err = ErrRefused
	case a&fsm.SigTimeout != 0 && c.softErr != nil:
		c.err = c.softErr
	case a&fsm.SigTimeout != 0:
		c.err = ErrTimeout
	case a&fsm.SigUnreachable != 0:
		c.err = c.softErr
	}
	c.timers.stopAll()
	c.ack = ackPolicy{}
	c.probeDue = false
	c.out.buf.release()
	c.out.size = 0
	c.loss.Free()
	if c.tcb.State == fsm.Listen {
		c.listenAgain()
	}
	if c.tcb.UserGone {
		c.in.release()
	}
	r.Wake |= WakeRead | WakeWrite | WakeOpen | WakeClosed
}

// listenAgain makes a connection whose SYN came to nothing what it was before:
// nothing of the handshake, not even a CLOSE in it, is left for the next.
func (c *Conn) listenAgain() {
	c.in.release()
	c.begin(c.params.ISS)
	c.tcb.Origin, c.tcb.FinQueued, c.tcb.CloseLater = 0, false, false
	c.tcb.UserGone, c.tcb.NoReader = false, false
	c.timers.tries = 0
	c.softErr = nil
	c.rtt.init(c.cfg)
	c.rtt.timed = c.params.ISS
}

// Free gives the connection's queue memory back. It is called when the
// connection is CLOSED and its user has read what he wants.
func (c *Conn) Free() {
	c.out.buf.release()
	c.in.release()
	c.out.size = 0
	c.loss.Free()
}

// refusal is the error of a call that the state does not allow.
func (c *Conn) refusal() error {
	switch {
	case c.tcb.State == fsm.Closed && c.err != nil:
		return c.err
	case c.tcb.State == fsm.Closed:
		return ErrNotConnected
	case c.tcb.FinQueued:
		return ErrClosing
	default:
		return ErrExists
	}
}

// oweReset makes a reset due that the sender of seg will believe (§3.10.7.1,
// §3.5.2). Without a segment it takes the connection's own numbers (§3.10.5).
func (c *Conn) oweReset(seg *wire.Segment) {
	c.resetDue = true
	switch {
	case seg == nil:
		c.reset = wire.Segment{Flags: wire.RST | wire.ACK, Seq: c.tcb.ackSeq(), Ack: c.tcb.Rcv.Nxt}
	case seg.Has(wire.ACK):
		c.reset = wire.Segment{Flags: wire.RST, Seq: seg.Ack}
	default:
		c.reset = wire.Segment{Flags: wire.RST | wire.ACK, Ack: seg.End()}
	}
}

// oweSYN makes our SYN, or SYN,ACK, go out, again if it was out already.
func (c *Conn) oweSYN() {
	snd := &c.tcb.Snd
	if snd.Nxt != snd.ISS {
		c.loss.Again(snd.Nxt, 0)
	}
}
