package tcp

import (
	"errors"
	"syscall"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A search over all states of a connection needs to see that two connections
// will do the same from now on. Canonicalize takes away what they may differ
// in without consequence, and AppendKey writes down the rest.
//
// In a canonical connection time stands still: each input comes at Instant, and
// a timer is either off or armed for some time later. Whoever searches decides
// which timer fires next (Fire), and sees to it that round-trip times and the
// congestion window play no part, by a Config whose congestion control has a
// constant window, and whose buffers have fixed sizes.

// Instant is the moment at which a canonical connection gets all its input. It
// is late enough for every silence to be a long one.
const Instant = clock.Time(1) << 50

// pending is when armed timers of a canonical connection fire: not before
// somebody makes one fire.
const pending = clock.Never - 1

// A Canon is what of a connection does not count besides times.
type Canon struct {
	// GivesUp tells that retransmissions and probes are counted, so that R2
	// ends the connection some time. Otherwise it never gives up.
	GivesUp bool
	// Throttles tells that challenge ACKs are counted: more come only after
	// Unthrottle. Otherwise there is no limit.
	Throttles bool
}

// Canonicalize takes away what does not matter for what c will do at Instant.
func (c *Conn) Canonicalize(k Canon) {
	c.rtt.init(c.cfg)
	c.rtt.timed, c.pace = c.tcb.Snd.Una, pacer{}
	c.ccLimited, c.heard, c.ecn.newCE = false, false, 0
	c.search, c.news = mtuSearch{raiseAt: clock.Never}, false // the path stays as it is
	c.keep.last = 0
	c.ack.full = max(c.ack.full, minFull)
	c.canonicalizeTimers(k)
	c.loss.Canonicalize(Instant, c.tcb.Opts.TS)
	c.sack.forget(c.stretches())
	if !c.ecn.reduced {
		c.ecn.until = 0
	}
	if !c.resetDue {
		c.reset = wire.Segment{}
	}
	if !c.tcb.Opts.TS {
		c.tcb.Opts.TSRecent, c.tcb.Opts.TSRecentAt, c.tcb.Opts.LastACK = 0, 0, 0
	}
	if !c.tcb.Rcv.FinSeen {
		c.tcb.Rcv.Fin = 0
	}
	switch {
	case c.tcb.State == fsm.Closed:
		c.blank()
	case c.tcb.State < fsm.SynReceived: // the next SYN sets these
		if len(c.in.spans) == 0 {
			c.tcb.Rcv.IRS, c.tcb.Rcv.Nxt, c.tcb.Rcv.Up = 0, 0, 0
		}
		c.tcb.Snd.Wl1, c.tcb.Snd.Wl2, c.tcb.Snd.Wnd, c.tcb.Snd.MaxWnd = 0, 0, 0, 0
	}
}

// canonicalizeTimers makes the timers armed or not.
func (c *Conn) canonicalizeTimers(k Canon) {
	t := &c.timers
	for i := range t.at {
		if t.at[i] != clock.Never {
			t.at[i] = pending
		}
	}
	t.waiting, t.since, t.lastSent = false, 0, 0
	t.probes = min(t.probes, uint(c.cfg.DataRetries)) // more only make the back-off longer
	if !k.GivesUp {
		t.tries, t.unanswered, t.probes = 0, 0, 0
	}
	for _, limit := range []*throttle{&c.throttle, &c.probes} {
		if limit.sent == 0 || !k.Throttles {
			limit.forget()
		}
	}
}

// blank takes away what a CLOSED connection remembers and no longer uses. What
// its user may still read stays, and so does why it ended.
func (c *Conn) blank() {
	rcv := ReceiveSpace{FinDone: c.tcb.Rcv.FinDone}
	if c.in.ready > 0 {
		rcv.IRS = c.tcb.Rcv.IRS // whose octets they are
	}
	c.begin(c.params.ISS)
	c.tcb.Rcv, c.tcb.Opts, c.tcb.Origin = rcv, Negotiated{}, 0
	c.tcb.FinQueued, c.tcb.CloseLater, c.tcb.NoDelay, c.tcb.More = false, false, c.cfg.NoDelay, false
	c.in.spans = nil
	c.ack = ackPolicy{full: minFull}
	c.keep.unanswered = 0
	c.timers.stopAll()
	c.timers.tries, c.timers.unanswered, c.timers.probes = 0, 0, 0
	c.throttle.forget()
	c.probes.forget()
	c.softErr = nil
}

// Fire makes one armed timer due, and no other, and runs it.
func (c *Conn) Fire(k Timer) Result {
	c.timers.set(k, Instant)
	return c.Expire(Instant)
}

// Unthrottle lets the time pass after which challenge ACKs are sent again (RFC
// 5961 §7). It reports whether that makes a difference.
func (c *Conn) Unthrottle() bool {
	had := c.Throttled()
	c.throttle.forget()
	c.probes.forget()
	return had
}

// forget makes a throttle what it was before anything was counted.
func (t *throttle) forget() { *t = throttle{limit: t.limit} }

// Throttled reports whether challenge ACKs were sent that still count against
// the limit.
func (c *Conn) Throttled() bool { return c.throttle.sent > 0 || c.probes.sent > 0 }

// A Frame is where the two directions' sequence numbers are counted from.
type Frame struct{ Snd, Rcv seq.Num }

// AppendKey writes down a canonical connection: two whose keys in their frames
// are the same do the same from now on.
func (c *Conn) AppendKey(b []byte, f Frame) []byte {
	b = append(b, byte(c.tcb.State), byte(c.tcb.Origin), errorCode(c.err), errorCode(c.softErr))
	b = appendBits(b, c.tcb.FinQueued, c.tcb.CloseLater, c.tcb.UserGone, c.tcb.NoReader, c.tcb.NoDelay,
		c.tcb.Rcv.FinSeen, c.tcb.Rcv.FinDone, c.tcb.Snd.Wrapped)
	b = appendBits(b, c.ack.now, c.ack.delayed, c.resetDue, c.probeDue)
	b = appendBits(b, c.tcb.Opts.WScale, c.tcb.Opts.TS, c.tcb.Opts.SACK, c.tcb.More, c.user.due)
	b = c.appendSequences(b, f)
	b = appendInts(b, c.params.MTU, c.tcb.Opts.SndMSS, int(c.tcb.Opts.SndWShift), int(c.tcb.Opts.RcvWShift),
		c.ack.repeats, c.ack.pending, c.ack.full, c.keep.unanswered,
		int(c.timers.tries), int(c.timers.probes), c.timers.unanswered, c.throttle.sent, c.probes.sent)
	b = c.ecn.appendKey(b, f)
	b = c.sack.appendKey(b, f)
	b = c.appendTimers(b)
	if c.resetDue {
		b = append(b, byte(c.reset.Flags))
		b = appendNums(b, f.Snd, c.reset.Seq)
		b = appendNums(b, f.Rcv, c.reset.Ack)
	}
	return c.appendQueues(b, f)
}

// appendSequences writes the sequence spaces. What was taken away counts from
// nowhere, so it is written as the beginning.
func (c *Conn) appendSequences(b []byte, f Frame) []byte {
	s, r, lastACK := c.tcb.Snd, c.tcb.Rcv, c.tcb.Opts.LastACK
	if r.Nxt == 0 && c.tcb.State < fsm.SynReceived {
		r.IRS, r.Nxt, r.Up, s.Wl1, s.Wl2 = f.Rcv, f.Rcv, f.Rcv, f.Rcv, f.Snd
	}
	if !r.FinSeen {
		r.Fin = f.Rcv
	}
	if !c.tcb.Opts.TS {
		lastACK = f.Rcv
	}
	b = appendNums(b, f.Snd, s.ISS, s.Una, s.Nxt, s.Wl2, s.Up)
	b = c.loss.AppendKey(b, f.Snd)
	b = appendNums(b, f.Rcv, s.Wl1, r.IRS, r.Nxt, r.Up, r.Fin, lastACK)
	return appendInts(b, int(s.Wnd), int(s.MaxWnd), int(r.Wnd), int(c.tcb.Opts.TSRecent))
}

// appendKey writes what was agreed on and is owed of ECN.
func (e *ecn) appendKey(b []byte, f Frame) []byte {
	until := e.until
	if !e.reduced {
		until = f.Snd
	}
	b = append(b, byte(e.feedback), byte(e.peerSYN), e.cep, e.untold, e.told)
	b = appendBits(b, e.decided, e.mute, e.deaf, e.echo, e.handshake, e.marked, e.cwr, e.reduced)
	return appendNums(b, f.Snd, until)
}

// forget takes away where there is no stretch any more, and where in a stretch the
// latest segment was.
func (k *sackReport) forget(all stretches) {
	kept := sackReport{dup: k.dup}
	for _, at := range k.recent[:k.n] {
		if s, ok := all.at(at); ok {
			kept.recent[kept.n] = s.left
			kept.n++
		}
	}
	*k = kept
}

// appendKey writes which stretches are told first, and a duplicate that is not
// told yet.
func (k *sackReport) appendKey(b []byte, f Frame) []byte {
	b = appendInts(b, k.n)
	b = appendNums(b, f.Rcv, k.recent[:k.n]...)
	if k.dup != (span{}) {
		b = appendNums(b, f.Rcv, k.dup.left, k.dup.right)
	}
	return b
}

// appendTimers writes which timers are armed.
func (c *Conn) appendTimers(b []byte) []byte {
	var armed [NumTimers]bool
	for k := range armed {
		armed[k] = c.timers.on(Timer(k))
	}
	return appendBits(appendBits(b, armed[:8]...), armed[8:]...)
}

// appendQueues writes what is queued in both directions.
func (c *Conn) appendQueues(b []byte, f Frame) []byte {
	b = appendNums(b, f.Snd, c.out.start)
	b = appendInts(b, c.out.size, c.in.ready, len(c.in.spans))
	b = append(b, c.out.buf.copyOut(0, c.out.size)...)
	b = append(b, c.in.buf.copyOut(0, c.in.ready)...)
	for _, s := range c.in.spans {
		b = appendNums(b, f.Rcv, s.left, s.right)
		b = append(b, c.in.buf.copyOut(c.in.ready+s.left.Sub(c.tcb.Rcv.Nxt), s.right.Sub(s.left))...)
	}
	return b
}

// appendNums writes sequence numbers as distances from a base.
func appendNums(b []byte, base seq.Num, nums ...seq.Num) []byte {
	for _, n := range nums {
		b = appendInts(b, n.Sub(base))
	}
	return b
}

// appendInts writes integers: in one byte if they are small, otherwise in nine.
func appendInts(b []byte, ints ...int) []byte {
	for _, n := range ints {
		switch {
		case n > -100 && n < 100:
			b = append(b, byte(int8(n)))
		default:
			b = append(b, 127)
			for range 8 {
				b = append(b, byte(n))
				n >>= 8
			}
		}
	}
	return b
}

// appendBits writes up to eight bits as one byte.
func appendBits(b []byte, bits ...bool) []byte {
	var x byte
	for i, bit := range bits {
		if bit {
			x |= 1 << i
		}
	}
	return append(b, x)
}

// errorCode is a number for each error that a connection may hold.
func errorCode(err error) byte {
	var errno syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return byte(errno)
	case errors.Is(err, ErrClosed):
		return 254
	}
	return 255
}
