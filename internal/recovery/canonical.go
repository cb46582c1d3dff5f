package recovery

import (
	"slices"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A search over all states of a connection has to see that two Senders will do
// the same from now on (see internal/tcp). In a canonical Sender time stands
// still, and the congestion window plays no part.

// maxCounted bounds what is counted in a canonical Sender: duplicates beyond the
// third, and bytes sent again, differ in nothing that matters.
const maxCounted = dupThresh + 1

// Canonicalize takes away what does not matter for what s will do at the moment
// now, the only one there is. echoes tells that acknowledgments have timestamps.
func (s *Sender) Canonicalize(now clock.Time, echoes bool) {
	s.rate, s.prr, s.forced, s.dupBytes, s.trial = sampler{}, prr{}, false, 0, trial{}
	s.reorderAt, s.newlyLost, s.resent, s.dsacks = clock.Never, 0, 0, 0
	s.rack = rack{active: s.rack.active, sent: now, end: s.rack.end}
	if !s.rack.active {
		s.rack = rack{}
	}
	for i := range s.board.ring.n {
		r := s.board.ring.at(i)
		r.sent, r.stamp = now, stamp{}
	}
	s.dups, s.undo.resent, s.undo.first = min(s.dups, maxCounted), min(s.undo.resent, maxCounted), 0
	if !echoes {
		s.undo.judged = false
	}
	if !s.undo.on || !s.sack && !echoes { // nothing could tell that it was for nothing
		s.undo = undo{}
	}
	if !s.tail.out {
		s.tail.end, s.tail.resends = 0, false
	}
	if !s.armed && s.phase == Open {
		s.recover = 0
	}
	if s.phase != Recovery {
		s.rescued = false
	}
}

// AppendKey writes down a canonical Sender, with sequence numbers as distances
// from base.
func (s *Sender) AppendKey(b []byte, base seq.Num) []byte {
	num := func(n seq.Num, meant bool) {
		if !meant {
			n = base
		}
		b = append(b, byte(n-base), byte((n-base)>>8), byte((n-base)>>16), byte((n-base)>>24))
	}
	b = append(b, byte(s.phase), byte(s.frto), byte(s.newData), byte(s.dups), byte(s.mss), byte(s.mss>>8), byte(s.undo.resent),
		pack(s.sack, s.noRACK, s.armed, s.rescued, s.rack.active, s.tail.out, s.tail.resends, s.tail.due),
		pack(s.noTLP, s.undo.on, s.undo.any, s.undo.judged))
	num(s.recover, s.armed || s.phase != Open)
	num(s.rack.end, s.rack.active)
	num(s.tail.end, s.tail.out)
	num(s.undo.since, s.undo.on)
	num(s.undo.until, s.undo.on)
	b = append(b, byte(s.board.ring.n))
	for i := range s.board.ring.n {
		r := s.board.ring.at(i)
		num(r.end, true)
		b = append(b, byte(r.fate), pack(r.resent))
	}
	for r := s.board.flying.head; r != nil; r = r.next {
		b = append(b, byte(s.board.ring.find(r.start)))
	}
	return b
}

// pack is up to eight bits as one byte.
func pack(set ...bool) (x byte) {
	for i, bit := range set {
		if bit {
			x |= 1 << i
		}
	}
	return x
}

// A Saved is a Sender set aside, without pool memory. It does not change.
type Saved struct {
	sender  Sender // with an empty board
	sacks   ranges
	records []record // in sequence
	flying  []int    // those in flight, in the order in which they went out
}

// Save sets s aside as it is now.
func (s *Sender) Save() Saved {
	out := Saved{sender: *s, sacks: slices.Clone(s.board.sacks)}
	for i := range s.board.ring.n {
		out.records = append(out.records, *s.board.ring.at(i))
	}
	for r := s.board.flying.head; r != nil; r = r.next {
		out.flying = append(out.flying, s.board.ring.find(r.start))
	}
	out.sender.board = board{}
	return out
}

// Restore makes s what was set aside, with memory from p. What s was before is
// gone, and its memory with its pool.
func (v *Saved) Restore(s *Sender, p *Pool) {
	s.board.release()
	*s = v.sender
	b := &s.board
	b.pool, b.sacks = p, slices.Clone(v.sacks)
	for i := range v.records {
		r := p.get()
		*r = v.records[i]
		r.prev, r.next = nil, nil
		b.ring.push(p, r)
		b.size += r.len()
		if r.fate != inFlight {
			b.enter(r, r.fate)
		}
	}
	for _, i := range v.flying {
		b.enter(b.ring.at(i), inFlight)
	}
}
