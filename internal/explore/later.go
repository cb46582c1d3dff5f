package explore

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// Properties of what comes later. Each asks, of every world, whether there is a
// way of certain moves to certain worlds. The answer is found backwards: the
// nodes are gone through from the last to the first, again and again, until no
// answer changes. Since most moves lead to nodes of a higher number, that is
// soon.

// A bitset is a set of nodes.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool { return b[i/64]>>(i%64)&1 != 0 }
func (b bitset) add(i uint32)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) remove(i uint32)   { b[i/64] &^= 1 << (i % 64) }

// backwards calls visit for every node with its moves, from the last to the
// first, as long as visit changes something.
func (s *store) backwards(visit func(i uint32, moves []edge) (changed bool)) {
	for changed := true; changed; {
		changed = false
		for b := len(s.edges) - 1; b >= 0; b-- {
			batch := &s.edges[b]
			for k := len(batch.ends) - 1; k >= 0; k-- {
				from := uint32(0)
				if k > 0 {
					from = batch.ends[k-1]
				}
				if visit(batch.first+uint32(k), batch.to[from:batch.ends[k]]) {
					changed = true
				}
			}
		}
	}
}

// canReach adds to goal every node from which moves of at least a class lead
// there.
func (s *store) canReach(goal bitset, least class) {
	s.backwards(func(i uint32, moves []edge) bool {
		if goal.has(i) {
			return false
		}
		for _, e := range moves {
			if e.class() >= least && goal.has(e.node()) {
				goal.add(i)
				return true
			}
		}
		return false
	})
}

// onCycles is the nodes from which moves of one class go on for ever.
func (s *store) onCycles(cl class) bitset {
	left := newBitset(s.n)
	for i := range uint32(s.n) {
		left.add(i)
	}
	s.backwards(func(i uint32, moves []edge) bool {
		if !left.has(i) {
			return false
		}
		for _, e := range moves {
			if e.class() == cl && left.has(e.node()) {
				return false
			}
		}
		left.remove(i)
		return true
	})
	return left
}

// those is the nodes of which a predicate holds.
func (s *search) those(holds func(v *view) bool) bitset {
	x := s.workers[0].expander
	x.refresh()
	set := newBitset(s.store.n)
	for i := range uint32(s.store.n) {
		w := &s.store.at(i).world
		v := view{w: w, ends: [2]*end{x.endOf(w.ends[0]), x.endOf(w.ends[1])}, cfg: s.cfg}
		if holds(&v) {
			set.add(i)
		}
	}
	return set
}

// missing is the first node that a set does not hold.
func (s *store) missing(set bitset) (i uint32, found bool) {
	for i := range uint32(s.n) {
		if !set.has(i) {
			return i, true
		}
	}
	return 0, false
}

// notStuck is P3: a deadlock would leave a connection where nobody, not even
// its user, gets it out. LISTEN may wait for ever.
func notStuck(s *search) (bad uint32, cycle, ok bool) {
	rests := s.those(func(v *view) bool {
		return v.each(func(e, _ *end) bool { return e.state == fsm.Closed || e.state == fsm.Listen })
	})
	s.store.backwards(func(i uint32, moves []edge) bool {
		if len(moves) > 0 {
			rests.add(i)
		}
		return false
	})
	bad, found := s.store.missing(rests)
	return bad, false, !found
}

// canClose is L1: AG EF both CLOSED. Users may still call CLOSE, or go.
func canClose(s *search) (bad uint32, cycle, ok bool) {
	goal := s.those(func(v *view) bool {
		return v.each(func(e, _ *end) bool { return e.state == fsm.Closed })
	})
	s.store.canReach(goal, byUser)
	bad, found := s.store.missing(goal)
	return bad, false, !found
}

// settles is P8. Without it L1 would be satisfied by users who give up: here
// segments and timers alone must do it.
func settles(s *search) (bad uint32, cycle, ok bool) {
	goal := s.those(func(v *view) bool { return v.w.net[0] == 0 && v.each(v.settled) })
	s.store.canReach(goal, byMachine)
	bad, found := s.store.missing(goal)
	return bad, false, !found
}

// settled reports whether an end waits for nothing but its user, its peer's
// user, or a keep-alive probe, and its octets have got to its peer. Those of a
// connection that did not come about, or was ended by force, need not.
func (v *view) settled(e, peer *end) bool {
	const rest = 1<<tcp.TimerKeepAlive | 1<<tcp.TimerUser
	if e.timers&^uint16(rest) != 0 || e.state == fsm.SynSent || e.state == fsm.SynReceived {
		return false
	}
	if v.excused() || e.has(failed) || peer.has(failed|gone) || !together(e, peer) || !e.has(opened) {
		return true
	}
	return e.idle && peer.got == e.sent
}

// noACKWar is L2. Without a limit, two ends that each find the other's
// acknowledgment unacceptable answer for ever (RFC 5961 §7).
func noACKWar(s *search) (bad uint32, cycle, ok bool) {
	for i := range uint32(s.store.n) {
		if s.war == nil {
			s.war = s.store.onCycles(byACK)
		}
		if s.war.has(i) {
			return i, true, false
		}
	}
	return 0, false, true
}

// later looks at the properties of what comes later.
func (s *search) later() *Violation {
	for i := range Properties {
		p := &Properties[i]
		if p.later == nil || s.cfg.Skip&p.bit != 0 {
			continue
		}
		if bad, cycle, ok := p.later(s); !ok {
			v := s.violation(p, bad)
			if cycle {
				s.goRound(v)
			}
			return v
		}
	}
	return nil
}
