package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/recovery"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// What connects a connection to its loss recovery, which is in
// internal/recovery.

// takeACK advances SND.UNA to the segment's acknowledgment, which is new.
func (c *Conn) takeACK(now clock.Time, seg *wire.Segment) {
	snd := &c.tcb.Snd
	a := c.ackOf(now, seg)
	hadSYN := !c.tcb.synAcked()
	snd.Una, a.Una = seg.Ack, seg.Ack
	snd.Wrapped = snd.Wrapped || snd.Una.Before(snd.ISS)
	snd.Up = seq.Max(snd.Up, snd.Una)
	c.out.acked(snd.Una)
	d := c.loss.Deliver(now, &a)
	c.measure(now, seg, d.RTT)
	c.timers.progress()
	c.softErr = nil // whatever it was, it has passed
	if hadSYN {
		c.rtt.synDone()
		c.loss.Opened()
		return
	}
	c.judge(now, &a, &d)
}

// takeRepeated takes in an acknowledgment of what was acknowledged before: a
// duplicate, or one that tells more by SACK.
func (c *Conn) takeRepeated(now clock.Time, seg *wire.Segment) {
	dup := c.isDuplicate(seg)
	if !dup && (seg.Opts.NSACK == 0 || !c.tcb.Opts.SACK) && c.ecn.newCE == 0 {
		return
	}
	a := c.ackOf(now, seg)
	a.Dup = dup
	d := c.loss.Deliver(now, &a)
	if d.RTT > 0 {
		c.measure(now, seg, d.RTT)
	}
	c.judge(now, &a, &d)
}

// ackOf is what the segment's acknowledgment says to the loss recovery.
func (c *Conn) ackOf(now clock.Time, seg *wire.Segment) recovery.Ack {
	snd, o := &c.tcb.Snd, &seg.Opts
	a := recovery.Ack{PriorUna: snd.Una, Una: snd.Una, Nxt: snd.Nxt, CE: c.ecn.newCE, Echo: recovery.NoEcho}
	if c.tcb.Opts.SACK {
		for i, b := range o.SACK[:o.NSACK] {
			a.Blocks[i] = recovery.Block{Left: b.Left, Right: b.Right}
		}
		a.N = int(o.NSACK)
	}
	if rtt, ok := c.echoed(now, seg); ok {
		a.Echo = now - now%clock.Time(time.Millisecond) - clock.Time(rtt)
	}
	return a
}

// echoed is how long ago, in whole milliseconds, the segment went out whose
// timestamp this one echoes.
func (c *Conn) echoed(now clock.Time, seg *wire.Segment) (d time.Duration, ok bool) {
	if !c.tcb.Opts.TS || !seg.Opts.HasTS || seg.Opts.TSEcr == 0 {
		return 0, false
	}
	ms := int32(c.tsNow(now) - seg.Opts.TSEcr)
	return time.Duration(ms) * time.Millisecond, ms >= 0
}

// judge lets the loss recovery draw its conclusions from an acknowledgment. What
// held data back stays the same for all acknowledgments that come before anything
// was tried to be sent.
func (c *Conn) judge(now clock.Time, a *recovery.Ack, d *recovery.Delivery) {
	v := c.loss.Judge(now, a, d, c.rtt.SRTT, c.ccLimited)
	c.heard = true
	if v.Began {
		c.ecn.reduce(c.tcb.Snd.Nxt)
	}
	if v.Spurious {
		c.rtt.spurious()
	}
	if d.Reneged {
		c.timers.sooner(TimerRetransmit, now.Add(max(c.rtt.SRTT/2, renegePatience)))
	}
	c.rearmProbe(now)
}

// renegePatience is how long at least a peer that seems to have thrown away what
// it had reported by SACK may take to report it again.
const renegePatience = 10 * time.Millisecond

// rearmProbe sets the timer of the tail loss probe anew (RFC 8985 §7.2). It fires
// no later than the retransmission timer, and puts that off.
func (c *Conn) rearmProbe(now clock.Time) {
	pto, ok := c.loss.ProbeTimeout(c.rtt.SRTT)
	if !ok || c.tcb.Snd.Wnd == 0 || !c.tcb.synAcked() {
		c.timers.stop(TimerProbe)
		return
	}
	c.timers.set(TimerProbe, min(now.Add(pto), c.timers.at[TimerRetransmit]))
}

// measure takes a round-trip time from an acknowledgment: that of what it newly
// delivers, unless that went out twice (Karn's algorithm, MUST-18), or else by the
// timestamp that it echoes (RFC 7323 §4). One is taken each round trip.
func (c *Conn) measure(now clock.Time, seg *wire.Segment, rtt time.Duration) {
	if seg.Ack.Before(c.rtt.timed) {
		return
	}
	if rtt == 0 {
		if echoed, ok := c.echoed(now, seg); ok {
			rtt = max(echoed, 1)
		}
	}
	if rtt > 0 {
		c.rtt.sample(rtt)
		c.rtt.timed = c.tcb.Snd.Nxt
	}
}
