package diagram

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// LadderOptions is how a sequence diagram is to look.
type LadderOptions struct {
	Options
	Conn trace.Conn // only this connection, seen from either end; all if zero
	// BothEnds tells that both ends were watched, so that a segment whose
	// arrival is not among the events was lost. That is taken for granted if
	// there are events of both.
	BothEnds bool
	// Timestamps shows them, each end's relative to its first one (RFC 7323). They
	// are shown as well where a segment was dropped for its timestamp (PAWS).
	Timestamps bool
}

// A side is one of the two lifelines: 0 left, 1 right.
type side int

func (s side) far() side { return 1 - s }

// A ladder is one connection as two lifelines and what happens at them.
type ladder struct {
	conn    trace.Conn // as the left end sees it
	ends    [2]lifeline
	moments [2][]*moment
	flights []*flight
}

// A lifeline is one end of a connection.
type lifeline struct {
	name  string // empty if there is no event of this end
	addr  netip.AddrPort
	start fsm.State // the state before the first event
	known bool      // the end was watched, so its arrivals are known
}

// A moment is something that happens at one end: a segment leaves or arrives,
// a call, a timer, a change of state.
type moment struct {
	t      time.Duration
	order  int // place in the list of events
	side   side
	leaves *flight // or
	comes  *flight
	states []fsm.State // entered then
	notes  []note
}

// A note is a line of text at a lifeline.
type note struct {
	text  string
	sign  rune // what kind of note: call, timer, drop
	alarm bool
	read  int // bytes that a call has read; 0: it is something else
}

// The signs of notes.
const (
	signCall  = '◇'
	signTimer = '◷'
	signDrop  = '✗'
	signAgain = '↻'
	signICMP  = '▲'
)

// A flight is a segment on its way from one end to the other.
type flight struct {
	seg        trace.Segment
	pkt        uint64
	from       side
	sent, came *moment // nil: not seen
	lost       bool
	window     bool // the label tells the window
	n          int  // how many segments the arrow stands for, if it is a run of them
	repeats    bool // it acknowledges what the one before it did
	absolute   bool // nothing is known that the sequence number could be relative to

	stamps      bool  // the label tells the timestamp
	stamp, echo int32 // the timestamps, relative to the first of who made them
}

// ladders sorts the events into one ladder for each connection, in the order
// in which the connections appear.
func ladders(o LadderOptions, events []trace.Event) []*ladder {
	var all []*ladder
	find := func(c trace.Conn) *ladder {
		for _, l := range all {
			if l.conn == c || l.conn == c.Reverse() {
				return l
			}
		}
		return nil
	}
	for i := range events {
		if c := events[i].Conn; !c.IsListener() && find(c) == nil {
			all = append(all, &ladder{conn: c})
		}
	}
	if len(all) == 0 && len(events) > 0 {
		all = append(all, &ladder{conn: events[0].Conn})
	}
	parts := make(map[*ladder][]int)
	for i := range events {
		l := find(events[i].Conn)
		if events[i].Conn.IsListener() {
			l = listenersLadder(all, parts, &events[i])
		}
		parts[l] = append(parts[l], i)
	}
	both := o.BothEnds || watchedBoth(events)
	var out []*ladder
	for _, l := range all {
		if (o.Conn == trace.Conn{}) || o.Conn == l.conn || o.Conn == l.conn.Reverse() {
			l.build(o, events, parts[l], both)
			out = append(out, l)
		}
	}
	return out
}

// stamped reports whether timestamps are to be shown.
func (o LadderOptions) stamped(events []trace.Event, numbers []int) bool {
	return o.Timestamps || paws(events, numbers)
}

// listenersLadder is where a listener's own event is drawn: at the latest
// connection that came of it so far, or else at the first that will.
func listenersLadder(all []*ladder, parts map[*ladder][]int, e *trace.Event) *ladder {
	home := all[0]
	found := false
	for _, l := range all {
		if !l.hasEnd(e.Conn.Local) {
			continue
		}
		if !found || len(parts[l]) > 0 {
			home, found = l, true
		}
	}
	return home
}

// hasEnd reports whether a listener at the address could have made this
// connection.
func (l *ladder) hasEnd(listener netip.AddrPort) bool {
	return listens(listener, l.conn.Local) || listens(listener, l.conn.Remote)
}

// listens reports whether a listener takes what is sent to the address.
func listens(listener, addr netip.AddrPort) bool {
	everywhere := !listener.Addr().IsValid() || listener.Addr().IsUnspecified()
	return listener.Port() == addr.Port() && (everywhere || listener.Addr() == addr.Addr())
}

// watchedBoth reports whether the events are of two ends.
func watchedBoth(events []trace.Event) bool {
	for i := range events {
		if events[i].End != events[0].End {
			return true
		}
	}
	return false
}

// build makes the ladder of the events whose numbers are given.
func (l *ladder) build(o LadderOptions, events []trace.Event, numbers []int, both bool) {
	l.orient(events, numbers)
	for s := range l.ends {
		l.ends[s].known = both
	}
	m := matcher{ladder: l, options: o.Options, byPkt: map[uint64]*flight{}}
	for _, i := range numbers {
		m.take(i, &events[i], l.sideOf(&events[i]))
	}
	for s := range l.moments {
		l.moments[s] = settle(l.moments[s])
	}
	for _, f := range l.flights {
		f.lost = f.came == nil && (f.lost || l.ends[f.from.far()].known)
	}
	l.relate()
	l.markWindows()
	if o.stamped(events, numbers) {
		l.stamp()
	}
	l.gather(o.Options)
}

// orient chooses the left end: the one called client, or else the one that
// sends the first SYN, or that is not called server.
func (l *ladder) orient(events []trace.Event, numbers []int) {
	opener := l.conn
	if opener.IsListener() {
		opener = opener.Reverse() // a listener alone stands at the right
	}
	settled := false
	for _, i := range numbers {
		e := &events[i]
		if e.Conn.IsListener() || settled {
			continue
		}
		syn := e.Seg.Flags&(trace.SYN|trace.ACK) == trace.SYN
		switch {
		case e.End == "client", e.Kind == trace.Send && syn:
			opener, settled = e.Conn, true
		case e.End == "server", e.Kind == trace.Recv && syn:
			opener, settled = e.Conn.Reverse(), true
		}
	}
	l.conn = opener
	l.ends = [2]lifeline{{addr: opener.Local}, {addr: opener.Remote}}
	started := [2]bool{}
	for _, i := range numbers {
		e := &events[i]
		s := l.sideOf(e)
		l.ends[s].name = e.End
		if !started[s] {
			started[s], l.ends[s].start = true, e.From
		}
	}
}

// sideOf is the end at which an event happened.
func (l *ladder) sideOf(e *trace.Event) side {
	if e.Conn == l.conn {
		return 0
	}
	if e.Conn.IsListener() && listens(e.Conn.Local, l.conn.Local) && !listens(e.Conn.Local, l.conn.Remote) {
		return 0
	}
	return 1
}
