package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// An Observation is what a symbol brought about, as far as two systems can be
// compared by it.
type Observation struct {
	Result Result // of a call
	Sent   []Answer
	State  fsm.State // afterwards
}

// An Answer is a segment of a system with everything left out that may differ:
// options, ports, PSH, the size of the window, where the numbers start, and
// whether a reset acknowledges more than it must.
type Answer struct {
	Flags  wire.Flags
	Seq    string // "NXT", "NXT-1": from what the system had sent so far; "new" in a new SYN; "0" in a reset
	Ack    string // "NXT+1": from what the system had acknowledged so far; empty without ACK
	Len    int    // bytes of text
	Closed bool   // the window is zero; not in resets
}

// String is the answer as ". NXT ack NXT+1".
func (a Answer) String() string {
	var b strings.Builder
	b.WriteString(a.Flags.String())
	if a.Len > 0 {
		fmt.Fprintf(&b, "+%d", a.Len)
	}
	b.WriteString(" " + a.Seq)
	if a.Ack != "" {
		b.WriteString(" ack " + a.Ack)
	}
	if a.Closed {
		b.WriteString(" win 0")
	}
	return b.String()
}

// Equal reports whether two systems did the same.
func (o Observation) Equal(other Observation) bool {
	return o.Result == other.Result && o.State == other.State && slices.Equal(o.Sent, other.Sent)
}

// SameAnswer reports whether two systems did the same but for their states.
func (o Observation) SameAnswer(other Observation) bool {
	return o.Result == other.Result && slices.Equal(o.Sent, other.Sent)
}

// String is the observation on one line: what the call gave, what was sent, the
// state.
func (o Observation) String() string {
	var parts []string
	if o.Result != NoObject {
		parts = append(parts, string(o.Result))
	}
	for _, a := range o.Sent {
		parts = append(parts, a.String())
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	return strings.Join(parts, "; ") + " | " + o.State.String()
}

// Where the tester's numbers start, and what it takes for the system's before
// it has seen any.
const (
	testerISN  = seq.Num(1_000_000)
	unknownISS = seq.Num(2_000_000)
)

// A Tester is the user and the peer of a System. What it does next depends on
// the symbol and on what it has seen; so two systems that behave alike get the
// same.
type Tester struct {
	System System
	// Note, if not nil, is told every segment, with numbers from the start of
	// each side, and every call.
	Note func(Event)

	view  view
	old   view // of the connection in TIME_WAIT that a new one has taken the place of
	user  user
	state fsm.State // after the last symbol
}

// A view is what a peer knows of the system.
type view struct {
	iss    seq.Num // of the system
	hasISS bool
	sndNxt seq.Num // the system's SND.NXT
	una    seq.Num // what the tester has acknowledged
	rcvNxt seq.Num // the system's RCV.NXT: where the tester goes on
}

// A user is what the tester, as the system's user, has.
type user struct {
	opened, listener, conn bool
	unacked                bool // a SEND whose text the tester has not acknowledged
	told                   bool // a call has said that the connection is gone
}

// An Event is a step of a word as a script shows it.
type Event struct {
	Call   Call          // NoCall: a segment
	Result Result        // of the call
	Out    bool          // the system sent the segment
	Seg    *wire.Segment // relative to the start of each side; nil for calls and states
	State  fsm.State     // after a symbol, if both Call and Seg are nothing
}

// Reset starts a word.
func (t *Tester) Reset() error {
	t.view = view{iss: unknownISS, sndNxt: unknownISS, una: unknownISS, rcvNxt: testerISN}
	t.old, t.user, t.state = view{}, user{}, fsm.Closed
	return t.System.Reset()
}

// Run is the observations that a word makes.
func (t *Tester) Run(w Word) ([]Observation, error) {
	if err := t.Reset(); err != nil {
		return nil, err
	}
	out := make([]Observation, 0, len(w))
	for _, s := range w {
		o, err := t.Step(s)
		if err != nil {
			return out, err
		}
		out = append(out, o)
	}
	return out, nil
}

// Step does one symbol.
func (t *Tester) Step(s Symbol) (o Observation, err error) {
	before := t.view
	if s.Call != NoCall {
		o.Result = t.call(s.Call)
	} else if err := t.arrive(s); err != nil {
		return o, err
	}
	sent, err := t.System.Sent()
	if err != nil {
		return o, err
	}
	for i := range sent {
		o.Sent = append(o.Sent, t.see(&sent[i]))
	}
	if o.State, err = t.System.State(); err != nil {
		return o, err
	}
	t.reach(o.State, before)
	t.note(Event{State: o.State})
	return o, nil
}

// reach notes the state that a symbol has led to, with the view before it. When
// a SYN that has reopened a connection in TIME_WAIT comes to nothing and the old
// one is back, so are the old numbers.
func (t *Tester) reach(s fsm.State, before view) {
	switch {
	case t.state == fsm.TimeWait && s == fsm.SynReceived:
		t.old = before
	case t.state == fsm.SynReceived && s == fsm.TimeWait && t.old.hasISS:
		t.view = t.old
	}
	t.state = s
}

func (t *Tester) note(e Event) {
	if t.Note != nil {
		t.Note(e)
	}
}

// Concrete is the segment that a symbol stands for now.
func (v *view) concrete(s Symbol) wire.Segment {
	seg := wire.Segment{Flags: s.Flags, Seq: v.rcvNxt, Wnd: 65535}
	if s.Text {
		seg.Payload = make([]byte, TextLen)
	}
	if seg.Has(wire.URG) {
		seg.Up = TextLen
	}
	switch s.Seq {
	case Exact:
	case InWindow:
		seg.Seq += windowStep
	case OldSeq:
		seg.Seq -= seq.Num(max(seg.Len(), 1))
	case Beyond:
		seg.Seq += farOff
	}
	if seg.Has(wire.ACK) {
		seg.Ack = v.acknowledged(s.Ack)
	}
	return seg
}

// acknowledged is the number that a class of acknowledgments stands for.
func (v *view) acknowledged(a Acked) seq.Num {
	switch a {
	case Una:
		return v.una
	case OldAck:
		return v.una - 1
	case Unsent:
		return v.sndNxt + farOff
	case Ancient:
		return v.una - farOff
	case Good:
	}
	return v.sndNxt
}

// arrive sends the segment of a symbol.
func (t *Tester) arrive(s Symbol) error {
	seg := t.view.concrete(s)
	t.note(Event{Seg: t.view.relative(&seg, testerISN, t.view.iss)})
	if seg.Has(wire.ACK) && s.Ack == Good && s.Seq != Beyond {
		t.view.una = t.view.sndNxt
		t.user.unacked = false
	}
	return t.System.Arrive(&seg)
}

// see takes in a segment that the system has sent.
func (t *Tester) see(seg *wire.Segment) Answer {
	v := &t.view
	a := Answer{Flags: seg.Flags &^ wire.PSH, Len: len(seg.Payload), Closed: seg.Wnd == 0 && !seg.Has(wire.RST)}
	a.Seq = distance(seg.Seq, v.sndNxt)
	if seg.Has(wire.ACK) {
		a.Ack = distance(seg.Ack, v.rcvNxt)
	}
	switch {
	case seg.Has(wire.RST) && seg.Has(wire.ACK) && seg.Seq == 0:
		a.Seq = "0" // §3.10.7.1: the segment that is answered acknowledged nothing
	case seg.Has(wire.RST):
		a.Flags, a.Ack = wire.RST, "" // a reset at a number that its receiver checks needs no ACK
	case seg.Has(wire.SYN) && (!v.hasISS || seg.Seq != v.iss):
		a.Seq = "new"
		v.iss, v.una, v.sndNxt, v.hasISS = seg.Seq, seg.Seq, seg.Seq+1, true
	default:
		v.sndNxt = seq.Max(v.sndNxt, seg.End())
	}
	if seg.Has(wire.ACK) && !seg.Has(wire.RST) {
		v.rcvNxt = seg.Ack
	}
	t.note(Event{Out: true, Seg: v.relative(seg, v.iss, testerISN)})
	return a
}

// distance is a number in words: how far it is from NXT.
func distance(n, nxt seq.Num) string {
	switch d := n.Sub(nxt); {
	case d == 0:
		return "NXT"
	case d > 0:
		return fmt.Sprintf("NXT+%d", d)
	default:
		return fmt.Sprintf("NXT%d", d)
	}
}

// relative is a copy of a segment with its numbers counted from where they
// start.
func (v *view) relative(seg *wire.Segment, seqBase, ackBase seq.Num) *wire.Segment {
	rel := *seg
	rel.Seq -= seqBase
	if seg.Has(wire.ACK) {
		rel.Ack -= ackBase
	}
	return &rel
}
