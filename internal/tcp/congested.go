package tcp

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/recovery"
	"github.com/lastack/lastack/internal/wire"
)

// What connects a connection to its explicit congestion notification, which is
// in ecn.go.

// putECN fills in the ECN flags and field of an outgoing segment (RFC 3168 §6.1,
// RFC 9768 §3).
func (c *Conn) putECN(seg *wire.Segment) {
	t := &c.tcb
	switch {
	case seg.Has(wire.SYN) && seg.Has(wire.ACK):
		seg.Flags |= c.ecn.replyFlags(c.timers.tries)
		return
	case seg.Has(wire.SYN):
		seg.Flags |= c.cfg.ECN.requestFlags(c.timers.tries)
		return
	}
	end := seg.Seq.Add(len(seg.Payload))
	probe := end.After(t.Snd.Una.Add(int(t.Snd.Wnd)))
	flags, field := c.ecn.mark(seg.Len() == 0, len(seg.Payload) > 0 && seg.Seq == t.Snd.Nxt && !probe)
	seg.Flags |= flags
	seg.ECN = field
}

// noteECN takes in the ECN flags and field of an acceptable segment, as receiver.
func (c *Conn) noteECN(seg *wire.Segment) {
	if c.ecn.arrived(seg.Flags, seg.ECN, len(seg.Payload) > 0, c.ack.pending > 0) {
		c.ack.now = true
	}
}

// noteSYNACKAgain takes in the ECN field of the peer's SYN,ACK, if that has come
// again and is acknowledged again.
func (c *Conn) noteSYNACKAgain(seg *wire.Segment) {
	again := c.tcb.Origin == fsm.Active && seg.Has(wire.SYN) && seg.Has(wire.ACK) && seg.Seq == c.tcb.Rcv.IRS
	if again && c.ack.now {
		c.ecn.answeredAgain(seg.ECN)
	}
}

// takeFeedback takes in, as sender, what an acceptable ACK tells of marks, before
// the ACK itself is taken. An older one than has come tells nothing.
func (c *Conn) takeFeedback(now clock.Time, seg *wire.Segment) {
	e, snd := &c.ecn, &c.tcb.Snd
	e.newCE = 0
	e.progress(seg.Ack)
	first := !c.tcb.synAcked()
	switch {
	case e.feedback == NoECN || e.deaf || seg.Ack.Before(snd.Una) || seg.Has(wire.SYN):
	case e.feedback == ClassicECN:
		if seg.Has(wire.ECE) && !first {
			c.ccLimited = false // no growth on this ACK (RFC 3168 §6.1.2)
			c.congested(now)
		}
	case first && seg.Len() == 0 && seg.Opts.NSACK == 0:
		if e.acknowledged(seg.Flags) {
			c.congested(now)
		}
	case !first && seg.Seq.Before(snd.Wl1):
	default:
		mss := c.mss()
		acked := max(seg.Ack.Sub(snd.Una), 0)
		if n := e.count(seg.Flags, (acked+mss-1)/mss); n > 0 {
			e.newCE = n * mss
			c.congested(now)
		}
	}
}

// congested is the response to marks: that to a loss, at most once for each
// window of data (RFC 3168 §6.1.2). A recovery has responded already.
func (c *Conn) congested(now clock.Time) {
	if c.loss.Phase() == recovery.Recovery || c.ecn.reduced {
		return
	}
	c.cc.Congested(time.Duration(now), congestion.ECN, c.tcb.Snd.Nxt.Sub(c.tcb.Snd.Una))
	c.ecn.reduce(c.tcb.Snd.Nxt)
}

// ECN is how the ends tell each other of congestion marks.
func (c *Conn) ECN() ECNFeedback { return c.ecn.feedback }
