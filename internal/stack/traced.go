package stack

import (
	"encoding/hex"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// timerKinds is what the timers of package tcp are called in traces.
var timerKinds = [tcp.NumTimers]trace.TimerKind{
	tcp.TimerRetransmit: trace.Retransmission,
	tcp.TimerPersist:    trace.Persist,
	tcp.TimerDelayedACK: trace.DelayedACK,
	tcp.TimerKeepAlive:  trace.KeepAlive,
	tcp.TimerFinWait2:   trace.FinWait2,
	tcp.TimerTimeWait:   trace.TimeWait,
	tcp.TimerUser:       trace.UserTimeout,
	tcp.TimerReorder:    trace.Reorder,
	tcp.TimerProbe:      trace.TailProbe,
	tcp.TimerPace:       trace.Pace,
}

// timerEvents is what can be recognised when a timer fires.
var timerEvents = map[trace.TimerKind][]fsm.Event{
	trace.Retransmission: {fsm.RetransmitTimeout, fsm.UserTimeout},
	trace.Persist:        {fsm.UserTimeout},
	trace.KeepAlive:      {fsm.KeepAliveTimeout},
	trace.FinWait2:       {fsm.FinWait2Timeout},
	trace.TimeWait:       {fsm.TimeWaitTimeout},
	trace.UserTimeout:    {fsm.UserTimeout},
}

// traced is what the trace remembers of a connection, also after the
// connection itself has forgotten.
type traced struct {
	iss, irs seq.Num
	hasIRS   bool
	snd, rcv uint8 // the shift counts of the windows that the peer and we announce
	timers   [tcp.NumTimers]clock.Time
}

// newTraced starts to remember a connection.
func newTraced(c *tcp.Conn) *traced {
	tr := &traced{iss: c.TCB().Snd.ISS}
	for k := range tr.timers {
		tr.timers[k] = c.Timer(tcp.Timer(k))
	}
	return tr
}

// learn notes what a SYN of the peer has settled.
func (tr *traced) learn(c *tcp.Conn) {
	if fsm.In(fsm.Closed, fsm.Listen, fsm.SynSent).Has(c.State()) {
		return
	}
	tcb := c.TCB()
	tr.irs, tr.hasIRS = tcb.Rcv.IRS, true
	tr.rcv, tr.snd = c.WindowShifts()
}

// follow takes over the timers of another incarnation, so that the trace sees
// one connection. Without an observer there is nothing to take.
func (tr *traced) follow(other *traced) {
	if tr != nil {
		tr.timers = other.timers
	}
}

// An origin is what the relative numbers of a segment count from, and the
// shift count of its window.
type origin struct {
	seq, ack seq.Num
	shift    uint8
}

// received is the origin of a segment from the peer.
func (tr *traced) received(seg *wire.Segment) origin {
	at := origin{seq: tr.irs, ack: tr.iss, shift: tr.snd}
	if !tr.hasIRS {
		at.seq = synOnly(seg).seq
	}
	return at
}

// sent is the origin of a segment of ours.
func (tr *traced) sent(seg *wire.Segment) origin {
	return origin{seq: tr.iss, ack: tr.irs, shift: tr.rcv}
}

// synOnly is the origin of a segment of which only itself is known: its own
// number if that is initial, and none otherwise.
func synOnly(seg *wire.Segment) origin {
	if seg.Has(wire.SYN) {
		return origin{seq: seg.Seq}
	}
	return origin{}
}

// segment fills in the segment of an event.
func (t *tracer) segment(e *trace.Event, seg *wire.Segment, at origin) {
	o := &seg.Opts
	e.Seg = trace.Segment{
		Flags: trace.Flags(seg.Flags),
		Seq:   uint32(seg.Seq), RelSeq: uint32(seg.Seq - at.seq),
		Wnd: uint32(seg.Wnd), Up: seg.Up, Len: len(seg.Payload),
		Opts: trace.Options{
			MSS: o.MSS, HasWScale: o.HasWScale, WScale: o.WScale, SACKOK: o.SACKOK,
			HasTS: o.HasTS, TSVal: o.TSVal, TSEcr: o.TSEcr,
			UserTimeout: time.Duration(o.UserTimeout) * time.Second,
			HasFO:       o.HasFO,
		},
		ECN: trace.ECN(seg.ECN),
	}
	if o.HasFO {
		e.Seg.Opts.FO = hex.EncodeToString(o.FO.B[:o.FO.N])
	}
	if seg.Has(wire.ACK) {
		e.Seg.Ack, e.Seg.RelAck = uint32(seg.Ack), uint32(seg.Ack-at.ack)
	}
	if !seg.Has(wire.SYN) {
		e.Seg.Wnd <<= at.shift
	}
	for _, b := range o.SACK[:o.NSACK] {
		e.Seg.Opts.SACK = append(e.Seg.Opts.SACK, trace.Block{Left: uint32(b.Left - at.ack), Right: uint32(b.Right - at.ack)})
	}
}
