package explore

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// Set is a set of properties.
type Set uint32

// A Property is something that is to be true of every world of a search.
type Property struct {
	Name  string
	Means string // in a sentence
	bit   Set

	// One of the two. A property of a world holds in it or not; one of what
	// comes later asks for the whole graph (later.go).
	holds func(v *view) bool
	later func(s *search) (bad uint32, cycle bool, ok bool)
}

// The properties, to be left out by a Config's Skip. NoPanic cannot be.
const (
	P1 Set = 1 << iota
	P2
	P3
	P4
	P5
	P6
	P7
	P8
	P9
	P10
	L1
	L2
)

// Properties is all of them.
var Properties = []Property{
	{"panic", "nothing that the network or the users do makes the code panic", 0, noPanic, nil},
	{"P1", "what a user reads is what the peer's user has sent, octet by octet, and of the incarnation that he is connected to", P1, readsWhatWasSent, nil},
	{"P2", "nothing is read that was not sent", P2, readsNoMore, nil},
	{"P3", "a world in which nothing can happen any more has both ends CLOSED or in LISTEN", P3, nil, notStuck},
	{"P4", "whoever reads the end of the stream has read all of it, and a close in order of both ends delivers everything", P4, endMeansAll, nil},
	{"P5", "when FINs have closed both ends, one of them has been through TIME_WAIT", P5, oneWaits, nil},
	{"P6", "two ends that are ESTABLISHED agree on each other's initial sequence numbers", P6, endsAgree, nil},
	{"P7", "SND.UNA =< SND.NXT, and all that depends on it is in its place", P7, inOrder, nil},
	{"P8", "if the users do no more, and nothing more is lost, all that was sent is delivered and the network falls silent", P8, nil, settles},
	{"P9", "no connection that was established is reset unless somebody aborted, or closed it 2 MSL ago", P9, noReset, nil},
	{"P10", "an attacker off the path, short of the exact reset, resets no established connection", P10, noForgedReset, nil},
	{"L1", "from everywhere both ends can come to CLOSED without an abort", L1, nil, canClose},
	{"L2", "no two ends acknowledge each other for ever", L2, nil, noACKWar},
}

// A view is a world with its ends, as predicates see it.
type view struct {
	w    *world
	ends [2]*end
	cfg  *Config
}

// each reports whether a predicate holds for both ends, each with its peer.
func (v *view) each(holds func(e, peer *end) bool) bool {
	return holds(v.ends[0], v.ends[1]) && holds(v.ends[1], v.ends[0])
}

// excused reports whether somebody ended the connection by force, or gave it up.
func (v *view) excused() bool { return v.w.left&excused != 0 }

// attacked reports whether a segment was forged.
func (v *view) attacked() bool { return v.w.left.of(guesses) != v.cfg.Guesses }

// has reports whether an end has one of the marks.
func (e *end) has(m mark) bool { return e.mark&m != 0 }

// together reports whether two ends are of incarnations that have met.
func together(e, peer *end) bool { return e.peer == peer.inc && peer.peer == e.inc }

// noPanic: a segment must not be able to stop a program.
func noPanic(v *view) bool { return v.each(func(e, _ *end) bool { return !e.has(panicked) }) }

// readsWhatWasSent is P1, the promise of TCP. Octets carry the incarnation that
// sent them and their place in its stream; what is read is compared on the spot
// (turn.read). With two incarnations of the same numbers it is the guarantee of
// TIME_WAIT: nothing of the first is taken for the second's.
func readsWhatWasSent(v *view) bool { return v.each(func(e, _ *end) bool { return !e.has(garbled) }) }

// readsNoMore is P2: the octets read are at most those sent.
func readsNoMore(v *view) bool {
	return v.each(func(e, peer *end) bool { return !together(e, peer) || e.got <= peer.sent })
}

// endMeansAll is P4. An end of stream that comes early looks to the user as if
// all had come.
func endMeansAll(v *view) bool {
	return v.each(func(e, peer *end) bool {
		switch {
		case e.has(sawEOF) && together(e, peer) && (!peer.has(closed) || e.got != peer.sent):
			return false
		}
		all := e.has(clean) && peer.has(clean) && together(e, peer) && !v.cfg.LazyRead
		return !all || e.got == peer.sent || e.has(gone)
	})
}

// oneWaits is P5: otherwise nobody keeps the numbers from being used again
// while old segments live (§3.6.1).
func oneWaits(v *view) bool {
	a, b := v.ends[0], v.ends[1]
	ended := a.has(clean) && b.has(clean) && together(a, b) && a.state == fsm.Closed && b.state == fsm.Closed
	return !ended || a.has(waited) || b.has(waited)
}

// endsAgree is P6: the purpose of the three-way handshake (§3.5).
func endsAgree(v *view) bool {
	if v.ends[0].state != fsm.Established || v.ends[1].state != fsm.Established {
		return true
	}
	return v.each(together)
}

// inOrder is P7. What is compared is in ordered.
func inOrder(v *view) bool { return v.each(func(e, _ *end) bool { return !e.has(tangled) }) }

// ordered reports whether the sequence variables stand in their order: what is
// acknowledged was sent, and nothing is sent that the peer never offered to take, but for a probe.
func ordered(t tcp.TCB) bool {
	s := &t.Snd
	return !s.Una.Before(s.ISS) && !s.Nxt.Before(s.Una) &&
		!s.Nxt.After(s.Una.Add(int(s.MaxWnd)+1))
}

// noReset is P9: a reset of an established connection tells its user that the
// peer is gone, so it must be. One that waits for the acknowledgment of its FIN
// gets a reset only when the peer's TIME_WAIT, which is there to answer it, is
// over.
func noReset(v *view) bool {
	return v.excused() || v.attacked() || v.each(func(e, peer *end) bool {
		return !e.has(wasReset) && (!e.has(cutOff) || peer.has(waited) || !together(e, peer))
	})
}

// noForgedReset is P10: as P9, after a forged segment. RFC 5961 leaves an
// attacker the exact sequence number, one in 2³². Both ends must have been
// ESTABLISHED: a SYN in the window takes one that is half-open back to LISTEN
// (§3.10.7.4 fourth), and its peer then learns that there is no connection.
func noForgedReset(v *view) bool {
	return v.excused() || !v.attacked() || v.each(func(e, peer *end) bool { return !e.has(wasReset) || !peer.has(opened) || !together(e, peer) })
}

// broken is the first property that does not hold in w, nil if all do.
func (x *expander) broken(w *world) *Property {
	v := view{w: w, ends: [2]*end{x.endOf(w.ends[0]), x.endOf(w.ends[1])}, cfg: x.cfg}
	for i := range Properties {
		p := &Properties[i]
		if p.holds != nil && x.cfg.Skip&p.bit == 0 && !p.holds(&v) {
			return p
		}
	}
	return nil
}
