package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// A Moment is one step of a word on two systems. They have been alike so far.
type Moment struct {
	Word         Word        // up to and with the step
	Path         []fsm.State // the states so far; the last is that before the step
	UserGone     bool        // before the step: no user has the connection
	Ours, Theirs Observation // lastack's and the kernel's
}

// Symbol is what happens in the step.
func (m *Moment) Symbol() Symbol { return m.Word[len(m.Word)-1] }

// Before is the state before the step.
func (m *Moment) Before() fsm.State { return m.Path[len(m.Path)-1] }

// in reports whether the state before the step is one of these.
func (m *Moment) in(states ...fsm.State) bool { return slices.Contains(states, m.Before()) }

// calls reports whether the step is one of these calls.
func (m *Moment) calls(calls ...Call) bool {
	return m.Symbol().Call != NoCall && slices.Contains(calls, m.Symbol().Call)
}

// arrives reports whether the step is a segment with all of these flags.
func (m *Moment) arrives(flags wire.Flags) bool {
	return m.Symbol().Call == NoCall && m.Symbol().Flags&flags == flags
}

// len is SEG.LEN of the step's segment.
func (m *Moment) len() int {
	s := m.Symbol()
	seg := wire.Segment{Flags: s.Flags}
	if s.Text {
		return int(seg.Len()) + TextLen
	}
	return int(seg.Len())
}

// active reports whether the system opened the connection, and not the tester:
// of Connect and Listen only the first counts.
func (m *Moment) active() bool {
	i := slices.IndexFunc(m.Word, func(s Symbol) bool { return s.Call == Listen || s.Call == Connect })
	return i >= 0 && m.Word[i].Call == Connect
}

// segment reports whether the step is a segment of such a sequence number.
func (m *Moment) segment(at ...Place) bool {
	return m.Symbol().Call == NoCall && slices.Contains(at, m.Symbol().Seq)
}

// acks reports whether the step is a segment of such an acknowledgment.
func (m *Moment) acks(what ...Acked) bool {
	return m.arrives(wire.ACK) && slices.Contains(what, m.Symbol().Ack)
}

// was reports whether the word has been in a state before.
func (m *Moment) was(s fsm.State) bool { return slices.Contains(m.Path[:len(m.Path)-1], s) }

// called reports whether a call was made before the step, in that state.
func (m *Moment) called(c Call, in fsm.State) bool {
	for i, s := range m.Word[:len(m.Word)-1] {
		if s.Call == c && m.Path[i] == in {
			return true
		}
	}
	return false
}

// resent reports whether lastack sent again in the step what was out already.
func (m *Moment) resent() bool {
	return slices.ContainsFunc(m.Ours.Sent, func(a Answer) bool {
		return a.Seq != "NXT" && (a.Len > 0 || a.Flags&wire.FIN != 0)
	})
}
