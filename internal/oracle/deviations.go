package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// A Deviation is a known difference between lastack and the Linux kernel: one
// place where one of the two departs from the letter of RFC 9293.
type Deviation struct {
	Name  string
	Where string // state and symbol, in words
	RFC   string // what the RFC says, with the section
	Linux string // what Linux does
	Why   string
	// Example is a shortest word that shows it, in the last symbol.
	Example Word

	// At reports whether the step is such a place. It does not look at what
	// the kernel did.
	At func(*Moment) bool
	// Ours and Theirs report whether lastack did what the RFC says, and the
	// kernel what Linux says; nil if that does not show in the step: Later.
	Ours, Theirs look
	// Later says that the difference shows only in later steps.
	Later bool
	// Timed says that the kernel does it a little later, so that most words are
	// over before.
	Timed bool
}

// Explain is the deviation that explains a difference in a step, or nil. hidden
// is those marked Later that earlier steps have met.
func Explain(m *Moment, hidden []*Deviation) *Deviation {
	for i := range Deviations {
		d := &Deviations[i]
		if !d.Later && d.At(m) && d.Ours(m, m.Ours) && d.Theirs(m, m.Theirs) {
			return d
		}
	}
	if len(hidden) > 0 {
		return hidden[0]
	}
	return nil
}

// A look is a question about what a system did in a step.
type look func(m *Moment, o Observation) bool

// either is what one of several looks sees.
func either(looks ...look) look {
	return func(m *Moment, o Observation) bool {
		return slices.ContainsFunc(looks, func(l look) bool { return l(m, o) })
	}
}

// quiet is no answer.
func quiet(_ *Moment, o Observation) bool { return len(o.Sent) == 0 }

// silent is no answer, and no other state.
func silent(m *Moment, o Observation) bool { return quiet(m, o) && o.State == m.Before() }

// answers is one segment with these flags as the answer.
func answers(flags wire.Flags) look {
	return func(_ *Moment, o Observation) bool { return len(o.Sent) == 1 && o.Sent[0].Flags == flags }
}

// acked is an ACK, and no other state.
func acked(m *Moment, o Observation) bool {
	return answers(wire.ACK)(m, o) && o.State == m.Before()
}

// resets is a reset as the answer.
func resets(_ *Moment, o Observation) bool { return len(o.Sent) == 1 && o.Sent[0].Flags&wire.RST != 0 }

// gone is the end of the connection.
func gone(_ *Moment, o Observation) bool { return o.State == fsm.Closed || o.State == fsm.Listen }

// reset is a reset as the answer, and the end of the connection.
func reset(m *Moment, o Observation) bool { return resets(m, o) && gone(m, o) }

// vanished is the end of the connection without a word.
func vanished(m *Moment, o Observation) bool { return quiet(m, o) && gone(m, o) }

// synAgain is what lastack did and a SYN that has been sent before.
func synAgain(m *Moment, o Observation) bool {
	syn := Answer{Flags: wire.SYN, Seq: "NXT-1"}
	return o.State == m.Before() && slices.Equal(o.Sent, append(slices.Clone(m.Ours.Sent), syn))
}

// in is one of these states afterwards.
func in(states ...fsm.State) look {
	return func(_ *Moment, o Observation) bool { return slices.Contains(states, o.State) }
}

// both is what two looks see.
func both(a, b look) look {
	return func(m *Moment, o Observation) bool { return a(m, o) && b(m, o) }
}

// told is a call's result.
func told(results ...Result) look {
	return func(_ *Moment, o Observation) bool { return slices.Contains(results, o.Result) }
}

// whatever is anything: what the RFC says depends on the rest of the segment.
func whatever(*Moment, Observation) bool { return true }
