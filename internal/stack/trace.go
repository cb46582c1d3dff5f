package stack

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// A tracer tells an observer what happens to the connections of a core. Every
// method of a nil tracer does nothing.
//
// The events of one input come in this order: what came in (a segment, a call,
// a timer that fired), the changes of state, the drop if the segment was not
// used, and the timers that were armed and stopped. A transition that does not
// change the state is no event of its own: it stands in the event that caused
// it.
type tracer struct {
	observe func(*trace.Event)
	end     string
	ev      trace.Event // the one event, filled again and again
}

// newTracer is a tracer for the observer, nil if there is none.
func newTracer(end string, observe func(*trace.Event)) *tracer {
	if observe == nil {
		return nil
	}
	return &tracer{observe: observe, end: end}
}

// begin starts the next event.
func (t *tracer) begin(now clock.Time, local, remote netip.AddrPort, kind trace.Kind, state fsm.State) *trace.Event {
	t.ev = trace.Event{
		Time: time.Duration(now), End: t.end, Kind: kind,
		Conn: trace.Conn{Local: local, Remote: remote},
		From: state, To: state,
	}
	return &t.ev
}

// of is begin for a connection.
func (t *tracer) of(now clock.Time, c *Conn, kind trace.Kind, state fsm.State) *trace.Event {
	return t.begin(now, c.local, c.remote, kind, state)
}

// arrived tells of a segment that c was given in a state.
func (t *tracer) arrived(now clock.Time, c *Conn, state fsm.State, seg *wire.Segment, r tcp.Result) {
	if t == nil {
		return
	}
	c.seen.learn(c.tcp)
	e := t.of(now, c, trace.Recv, state)
	t.segment(e, seg, c.seen.received(seg))
	t.observe(e)
	t.states(now, c, r)
	t.drop(now, c.local, c.remote, seg, c.seen.received(seg), c.tcp.State(), r)
	t.timers(now, c, clock.Never)
}

// resumed tells of a connection that a SYN cookie makes: r is what the SYN does
// that it stands for.
func (t *tracer) resumed(now clock.Time, c *Conn, r tcp.Result) {
	if t == nil {
		return
	}
	c.seen.learn(c.tcp)
	t.states(now, c, r)
}

// unmatched tells of a segment that a machine without a connection was given.
func (t *tracer) unmatched(now clock.Time, local, remote netip.AddrPort, state fsm.State, seg *wire.Segment, r tcp.Result) {
	if t == nil {
		return
	}
	at := synOnly(seg)
	e := t.begin(now, local, remote, trace.Recv, state)
	t.segment(e, seg, at)
	t.observe(e)
	t.drop(now, local, remote, seg, at, state, r)
}

// dropped tells of a segment that no machine was given.
func (t *tracer) dropped(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment, why string) {
	if t == nil {
		return
	}
	e := t.begin(now, local, remote, trace.Drop, fsm.Closed)
	t.segment(e, seg, synOnly(seg))
	e.Reason = why
	t.observe(e)
}

// drop tells why a segment was not used, if it was not. A reset that was obeyed
// has been used.
func (t *tracer) drop(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment, at origin, state fsm.State, r tcp.Result) {
	if r.Dropped == tcp.ReasonNone || r.Dropped == tcp.ResetAccepted {
		return
	}
	e := t.begin(now, local, remote, trace.Drop, state)
	t.segment(e, seg, at)
	e.Reason = r.Dropped.String()
	setRow(e, stay(r))
	t.observe(e)
}

// sent tells of a segment that c sends.
func (t *tracer) sent(now clock.Time, c *Conn, seg *wire.Segment) {
	if t == nil {
		return
	}
	e := t.of(now, c, trace.Send, c.tcp.State())
	t.segment(e, seg, c.seen.sent(seg))
	t.observe(e)
	t.timers(now, c, clock.Never)
}

// replied tells of a segment that no connection sends: a reset to nobody, or a
// SYN cookie.
func (t *tracer) replied(now clock.Time, r *reply) {
	if t == nil {
		return
	}
	e := t.begin(now, r.local, r.remote, trace.Send, fsm.Closed)
	at := synOnly(&r.seg)
	if r.hasIRS {
		at.ack = r.irs
	}
	t.segment(e, &r.seg, at)
	t.observe(e)
}

// called tells of a user call in a state.
func (t *tracer) called(now clock.Time, c *Conn, call string, n int, err error, state fsm.State, r tcp.Result) {
	if t == nil {
		return
	}
	e := t.of(now, c, trace.Call, state)
	t.call(e, call, n, err, r)
	t.states(now, c, r)
	t.timers(now, c, clock.Never)
}

// listener tells of a call that concerns a listener.
func (t *tracer) listener(now clock.Time, l *Listener, call string, state fsm.State, r tcp.Result) {
	if t == nil {
		return
	}
	local := l.local
	if !local.Addr().IsValid() {
		local = netip.AddrPortFrom(netip.IPv6Unspecified(), local.Port())
	}
	t.call(t.begin(now, local, netip.AddrPort{}, trace.Call, state), call, 0, r.Err, r)
	for _, took := range r.Rows[:r.N] {
		t.state(t.begin(now, local, netip.AddrPort{}, trace.State, state), took)
	}
}

func (t *tracer) call(e *trace.Event, call string, n int, err error, r tcp.Result) {
	e.Call, e.N = call, n
	if err != nil {
		e.Err = err.Error()
	}
	setRow(e, stay(r))
	t.observe(e)
}

// icmp tells of an ICMP error about c, and of the MTU that it tells, if it does.
func (t *tracer) icmp(now clock.Time, c *Conn, says string, mtu int) {
	if t == nil {
		return
	}
	e := t.of(now, c, trace.ICMP, c.tcp.State())
	e.Reason, e.N = says, mtu
	t.observe(e)
}

// changed tells of what an ICMP error did.
func (t *tracer) changed(now clock.Time, c *Conn, r tcp.Result) {
	if t == nil {
		return
	}
	t.states(now, c, r)
	t.timers(now, c, clock.Never)
}

// expired tells of timers that ran out in a state.
func (t *tracer) expired(now clock.Time, c *Conn, state fsm.State, r tcp.Result) {
	if t == nil {
		return
	}
	probed := !c.seen.timers[tcp.TimerProbe].After(now)
	for k, at := range c.seen.timers {
		if at.After(now) || tcp.Timer(k) == tcp.TimerRetransmit && probed { // the probe has put it off
			continue
		}
		e := t.of(now, c, trace.Timer, state)
		e.Timer, e.Op = timerKinds[k], trace.Fired
		setRow(e, causedBy(r, e.Timer))
		t.observe(e)
	}
	t.states(now, c, r)
	t.timers(now, c, now)
}

// states tells of the transitions that change the state.
func (t *tracer) states(now clock.Time, c *Conn, r tcp.Result) {
	for _, took := range r.Rows[:r.N] {
		if took.From != took.To {
			t.state(t.of(now, c, trace.State, took.From), took)
		}
	}
}

func (t *tracer) state(e *trace.Event, took tcp.Took) {
	e.From, e.To = took.From, took.To
	setRow(e, took)
	t.observe(e)
}

// timers tells of c's timers that were off and are set, and the reverse, and of
// 2 MSL that start anew. Those that were due at fired have fired, and their
// change was told.
func (t *tracer) timers(now clock.Time, c *Conn, fired clock.Time) {
	for k, was := range c.seen.timers {
		is := c.tcp.Timer(tcp.Timer(k))
		c.seen.timers[k] = is
		ran := fired != clock.Never && !was.After(fired)
		anew := tcp.Timer(k) == tcp.TimerTimeWait && is.After(was)
		e := t.of(now, c, trace.Timer, c.tcp.State())
		e.Timer = timerKinds[k]
		switch {
		case is != clock.Never && (was == clock.Never || ran || anew):
			e.Op, e.Deadline = trace.Armed, time.Duration(is)
			t.observe(e)
		case is == clock.Never && was != clock.Never && !ran:
			e.Op = trace.Stopped
			t.observe(e)
		}
	}
}

// stay is the first transition taken that does not change the state; its Row
// is 0 if there is none.
func stay(r tcp.Result) tcp.Took {
	for _, took := range r.Rows[:r.N] {
		if took.From == took.To {
			return took
		}
	}
	return tcp.Took{}
}

// causedBy is the first transition taken that a timer can cause.
func causedBy(r tcp.Result, k trace.TimerKind) tcp.Took {
	for _, took := range r.Rows[:r.N] {
		for _, e := range timerEvents[k] {
			if took.Event == e {
				return took
			}
		}
	}
	return tcp.Took{}
}

func setRow(e *trace.Event, took tcp.Took) {
	if took.Row != 0 {
		e.Event, e.Row = took.Event, int(took.Row)
	}
}
