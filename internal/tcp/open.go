package tcp

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// maxWindow is the largest window that fits a header without scaling.
const maxWindow = 65535

// Listen is the passive OPEN (§3.10.1).
func (c *Conn) Listen(now clock.Time) (r Result) {
	c.fire(now, fsm.CallListen, nil, &r)
	return r
}

// Connect is the active OPEN (§3.10.1), also of a connection in LISTEN.
func (c *Conn) Connect(now clock.Time) (r Result) {
	c.fire(now, fsm.CallConnect, nil, &r)
	if r.Err == nil {
		c.tcb.Origin = fsm.Active
	}
	return r
}

// Reopen makes c the next incarnation of old, which is in TIME_WAIT, for a SYN
// that the stack found to be newer (MAY-2, RFC 6191). It leaves old as it is,
// to be put back should the SYN prove an old duplicate: c is then in TIME_WAIT.
func (c *Conn) Reopen(now clock.Time, old *Conn, seg *wire.Segment) (r Result) {
	iss := c.tcb.Snd.ISS
	c.tcb = old.tcb
	c.begin(iss)
	c.tcb.FinQueued, c.tcb.UserGone, c.tcb.NoReader = false, false, false
	c.tcb.Origin = fsm.Reopened
	c.takeSYN(now, seg)
	c.fire(now, fsm.RcvNewSYN, seg, &r)
	c.queueText(seg, &r)
	return r
}

// Offer is the SYN,ACK with which a listener that cannot keep a connection answers
// a SYN: as one in SYN_RCVD would, with the numbers of p. Resume goes on with it.
func Offer(now clock.Time, cfg *Config, p Params, syn *wire.Segment) wire.Segment {
	c := Conn{cfg: cfg, params: p}
	c.recv.init(cfg.recvBuffer())
	c.negotiate(now, &syn.Opts)
	seg := wire.Segment{
		Flags: wire.SYN | wire.ACK, Seq: p.ISS, Ack: syn.Seq + 1,
		Wnd: uint16(min(c.recvLimit(), maxWindow)),
	}
	c.putOptions(now, &seg)
	return seg
}

// Resume brings a connection in LISTEN to where it would be had it received the
// SYN itself, and sent the SYN,ACK that Offer made: when that was is not known.
func (c *Conn) Resume(now clock.Time, syn *wire.Segment) Result {
	r := c.Arrive(now, syn)
	var offered wire.Segment
	for c.Emit(now, &offered) {
	}
	c.loss.Untimed()
	return r
}

// RestartTimeWait starts the 2 MSL of a connection in TIME_WAIT anew.
func (c *Conn) RestartTimeWait(now clock.Time) {
	c.timers.set(TimerTimeWait, now.Add(c.cfg.TimeWait))
}

// Arrive is SEGMENT ARRIVES (§3.10.7). The payload is copied, the segment not
// kept.
func (c *Conn) Arrive(now clock.Time, seg *wire.Segment) (r Result) {
	switch c.tcb.State {
	case fsm.Closed:
		c.arriveClosed(now, seg, &r)
	case fsm.Listen:
		c.arriveListen(now, seg, &r)
	case fsm.SynSent:
		c.arriveSynSent(now, seg, &r)
	default:
		c.arriveOther(now, seg, &r)
	}
	c.followTrial(now)
	c.rearm(now)
	return r
}

// arriveClosed is §3.10.7.1.
func (c *Conn) arriveClosed(now clock.Time, seg *wire.Segment, r *Result) {
	r.Dropped = NoConnection
	if seg.Has(wire.RST) {
		c.fire(now, fsm.RcvRST, seg, r)
		return
	}
	c.fire(now, fsm.RcvSegment, seg, r)
}

// arriveListen is §3.10.7.2.
func (c *Conn) arriveListen(now clock.Time, seg *wire.Segment, r *Result) {
	switch {
	case seg.Has(wire.RST): // first
		c.fire(now, fsm.RcvRST, seg, r)
		r.Dropped = ResetToListener
	case seg.Has(wire.ACK): // second
		c.fire(now, fsm.RcvBadACK, seg, r)
		r.Dropped = ACKToListener
	case seg.Has(wire.SYN): // third
		c.tcb.Origin = fsm.Passive
		c.takeSYN(now, seg)
		c.fire(now, fsm.RcvSYN, seg, r)
		if c.fast.taken || !seg.Opts.HasFO { // otherwise it comes again (RFC 7413 §4.2.2)
			c.queueText(seg, r)
		}
		c.believeSYN(r)
	default: // fourth
		r.Dropped = NothingForListener
	}
}

// arriveSynSent is §3.10.7.3.
func (c *Conn) arriveSynSent(now clock.Time, seg *wire.Segment, r *Result) {
	snd := &c.tcb.Snd
	switch {
	case seg.Has(wire.ACK) && !seg.Ack.In(snd.Una+1, uint32(c.synLimit()-snd.Una)): // first
		r.Dropped = BadACKInHandshake
		if !seg.Has(wire.RST) {
			c.fire(now, fsm.RcvBadACK, seg, r)
		}
	case seg.Has(wire.RST) && !seg.Has(wire.ACK): // second
		r.Dropped = ResetWithoutACK
	case seg.Has(wire.RST):
		r.Dropped = ResetAccepted
		c.fire(now, fsm.RcvRST, seg, r)
	case !seg.Has(wire.SYN): // fifth; third is security, which we do not have
		r.Dropped = NeitherSYNNorRST
	case seg.Has(wire.ACK): // fourth
		c.takeSYN(now, seg)
		c.takeSYNACK(now, seg, r)
		c.fire(now, fsm.RcvSYNACK, seg, r)
		c.afterSYN(now, seg, r)
	default:
		c.takeSYN(now, seg)
		c.fire(now, fsm.RcvSYN, seg, r)
		c.queueText(seg, r)
	}
}

// takeSYN takes over what a SYN says: where the peer's numbers start, its
// options, and its window, which is never scaled (RFC 7323 §2.2).
func (c *Conn) takeSYN(now clock.Time, seg *wire.Segment) {
	t := &c.tcb
	t.Rcv.IRS, t.Rcv.Nxt = seg.Seq, seg.Seq+1
	t.Rcv.Up = t.Rcv.Nxt
	t.Opts.LastACK = t.Rcv.Nxt
	c.negotiate(now, &seg.Opts)
	c.noteUserTimeout(seg)
	if seg.Has(wire.ACK) {
		c.ecn.answered(c.cfg.ECN, c.timers.tries, seg.Flags, seg.ECN)
	} else {
		c.ecn.asked(c.cfg.ECN, seg.Flags, seg.ECN)
	}
	t.Snd.Wnd, t.Snd.MaxWnd = uint32(seg.Wnd), uint32(seg.Wnd)
	t.Snd.Wl1, t.Snd.Wl2 = seg.Seq, t.Snd.ISS
	c.startCongestion(now)
	c.keep.heard(now)
}

// afterSYN goes on with the text and controls of a SYN,ACK at the sixth step
// of §3.10.7.4.
func (c *Conn) afterSYN(now clock.Time, seg *wire.Segment, r *Result) {
	rest := *seg
	rest.Seq++
	rest.Flags &^= wire.SYN
	if rest.Len() == 0 && !rest.Has(wire.URG) {
		return
	}
	c.noteURG(&rest, r)
	if c.takeText(now, &rest, r) {
		c.checkFIN(now, &rest, r)
	}
}

// queueText keeps the text and FIN of a SYN until the connection is
// ESTABLISHED (§3.10.7.2 third, §3.10.7.3 fourth).
func (c *Conn) queueText(seg *wire.Segment, r *Result) {
	rest := *seg
	rest.Seq++
	rest.Flags &^= wire.SYN
	if rest.Len() == 0 {
		return
	}
	c.keepText(&rest, r)
}

// InFlight reports whether n is a sequence number that this end has sent and
// not seen acknowledged: an ICMP message that quotes another is not believed
// (RFC 5927 §4.1).
func (c *Conn) InFlight(n seq.Num) bool {
	snd := &c.tcb.Snd
	return n.In(snd.Una, uint32(snd.Nxt-snd.Una))
}
