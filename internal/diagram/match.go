package diagram

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/trace"
)

// A matcher makes moments of events and finds the two ends of each flight: by
// the packet's number if there is one, else by the header, in order.
type matcher struct {
	*ladder
	options Options
	byPkt   map[uint64]*flight
}

// take adds one event to its side.
func (m *matcher) take(order int, e *trace.Event, s side) {
	at := &moment{t: e.Time, order: order, side: s}
	switch e.Kind {
	case trace.Send:
		at.leaves = m.depart(e, s)
		at.leaves.sent = at
	case trace.Recv:
		at.comes = m.arrive(e, s)
		at.comes.came = at
	case trace.Drop:
		m.drop(e, at)
	case trace.State:
		at.states = []fsm.State{e.To}
	case trace.Timer:
		at.say(timerText(m.options, e), signTimer, false)
	case trace.Call:
		if quiet := (e.Call == "read" || e.Call == "write") && e.N == 0 && e.Err == ""; !quiet {
			at.say(callText(m.options, e), signCall, e.Err != "" && e.Err != "EOF")
			if e.Call == "read" && e.Err == "" {
				at.notes[0].read = e.N
			}
		}
	case trace.ICMP:
		at.say(icmpText(m.options, e), signICMP, true)
	}
	if at.leaves != nil || at.comes != nil || len(at.states) > 0 || len(at.notes) > 0 {
		m.moments[s] = append(m.moments[s], at)
	}
}

// say adds a note, unless there is nothing to say.
func (at *moment) say(text string, sign rune, alarm bool) {
	if text != "" {
		at.notes = append(at.notes, note{text: text, sign: sign, alarm: alarm})
	}
}

// depart starts a flight.
func (m *matcher) depart(e *trace.Event, s side) *flight {
	f := &flight{seg: e.Seg, pkt: e.Pkt, from: s}
	m.flights = append(m.flights, f)
	if e.Pkt != 0 {
		m.byPkt[e.Pkt] = f
	}
	return f
}

// arrive finds the flight that arrives, or makes one that came from nowhere: a
// duplicate, a forgery, or what an end that was not watched has sent.
func (m *matcher) arrive(e *trace.Event, s side) *flight {
	if f := m.byPkt[e.Pkt]; f != nil && f.came == nil && f.from != s {
		return f
	}
	for _, f := range m.flights {
		unnumbered := e.Pkt == 0 || f.pkt == 0
		if f.from != s && f.came == nil && unnumbered && sameHeader(f.seg, e.Seg) {
			return f
		}
	}
	f := &flight{seg: e.Seg, pkt: e.Pkt, from: s.far()}
	m.flights = append(m.flights, f)
	return f
}

// drop adds the reason to the segment's arrival, which may have been told
// before or not. What is dropped at the end that sent it was lost on the way.
func (m *matcher) drop(e *trace.Event, at *moment) {
	if f := m.byPkt[e.Pkt]; f != nil && f.from == at.side && f.came == nil {
		f.lost = true
		return
	}
	here := m.moments[at.side]
	why := m.dropped(e)
	for i := len(here) - 1; i >= 0 && here[i].t == at.t; i-- {
		if f := here[i].comes; f != nil && (f.pkt == e.Pkt && e.Pkt != 0 || sameHeader(f.seg, e.Seg)) {
			here[i].notes = append(here[i].notes, why)
			return
		}
	}
	at.comes = m.arrive(e, at.side)
	at.comes.came = at
	at.notes = append(at.notes, why)
}

// dropped is the note about a segment that was not used. The peer's FIN that
// comes again is outside the window too, but it is answered (§3.10.7.4 eighth).
func (m *matcher) dropped(e *trace.Event) note {
	if e.Row != 0 && e.Event == fsm.RcvFIN {
		return note{m.options.say("FIN is known: acknowledged again", "FIN 已收到过：再次确认"), signAgain, false, 0}
	}
	return note{m.options.say("dropped: ", "丢弃：") + explain.Reason(m.options.Lang, e.Reason), signDrop, true, 0}
}

// sameHeader reports whether two segments look the same on the wire. The window
// is not compared: the ends may know different scales for it.
func sameHeader(a, b trace.Segment) bool {
	return a.Flags == b.Flags && a.Seq == b.Seq && a.Ack == b.Ack && a.Len == b.Len
}

// settle puts changes of state beside what they belong to at the same instant:
// the segment that arrived, else the one that leaves, else the call or timer.
func settle(in []*moment) (out []*moment) {
	for i, at := range in {
		if len(at.states) == 0 || at.leaves != nil || at.comes != nil || len(at.notes) > 0 {
			out = append(out, at)
			continue
		}
		var before, after *moment
		if n := len(out); n > 0 && out[n-1].t == at.t {
			before = out[n-1]
		}
		if i+1 < len(in) && in[i+1].t == at.t && len(in[i+1].states) == 0 {
			after = in[i+1]
		}
		switch {
		case before != nil && before.comes != nil:
			before.states = append(before.states, at.states...)
		case after != nil && after.leaves != nil:
			after.states = at.states
		case before != nil:
			before.states = append(before.states, at.states...)
		case after != nil && after.comes == nil:
			after.states = at.states
		default:
			out = append(out, at)
		}
	}
	return out
}
