package recovery

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A board is the scoreboard: what is out, from SND.UNA to SND.NXT, and what is
// believed of each part.
//
//	SND.UNA                                      SND.NXT
//	|- lost -|-- sacked --|- in flight -|- in flight -|
//
// Each record is in the ring, and in one of the two queues unless it is sacked. An
// acknowledgment in order costs the same however much is out; a SACK block a
// binary search and what is new in it.
type board struct {
	pool    *Pool
	ring    ring
	flying  queue  // in flight, in the order in which they went out
	losses  queue  // lost, in sequence
	sacks   ranges // what SACK has reported beyond SND.UNA
	size    int    // sequence numbers out in all
	nSacked int    // of them, those that are sacked
	nLost   int    // of them, those that are lost

	sackedRecords, lostRecords, resentRecords int // for people to look at; the last: in flight, not for the first time
}

// flight is how many sequence numbers are in the network.
func (b *board) flight() int { return b.size - b.nSacked - b.nLost }

// sent notes that start =< n < end went out for the first time.
func (b *board) sent(now clock.Time, start, end seq.Num, s stamp) {
	r := b.pool.get()
	r.start, r.end, r.sent, r.stamp = start, end, now, s
	b.ring.push(b.pool, r)
	b.flying.push(r)
	b.size += r.len()
}

// count adds what is known of r to the totals, or with sign -1 takes it away.
func (b *board) count(r *record, sign int) {
	switch n := sign * r.len(); {
	case r.fate == sacked:
		b.nSacked += n
		b.sackedRecords += sign
	case r.fate == lost:
		b.nLost += n
		b.lostRecords += sign
	case r.resent:
		b.resentRecords += sign
	}
}

// leave takes r out of its queue and of the totals.
func (b *board) leave(r *record) {
	b.count(r, -1)
	switch r.fate {
	case inFlight:
		b.flying.remove(r)
	case lost:
		b.losses.remove(r)
	case sacked:
	}
}

// enter gives r a fate. A record in flight counts as the last that went out.
func (b *board) enter(r *record, f fate) {
	r.fate = f
	switch f {
	case inFlight:
		b.flying.push(r)
	case lost:
		b.losses.pushInSequence(r)
	case sacked:
	}
	b.count(r, 1)
}

// become changes the fate of r.
func (b *board) become(r *record, f fate) {
	b.leave(r)
	b.enter(r, f)
}

// front is the record at SND.UNA, nil if nothing is out.
func (b *board) front() *record {
	if b.ring.n == 0 {
		return nil
	}
	return b.ring.at(0)
}

// last is the record before SND.NXT, nil if nothing is out.
func (b *board) last() *record {
	if b.ring.n == 0 {
		return nil
	}
	return b.ring.at(b.ring.n - 1)
}

// popFront forgets the first record: it is acknowledged.
func (b *board) popFront() {
	r := b.ring.at(0)
	b.leave(r)
	b.size -= r.len()
	b.ring.pop(b.pool)
	b.pool.put(r)
	if b.ring.n == 0 {
		b.sacks = nil
	}
}

// trimFront forgets the part of the first record that is before una.
func (b *board) trimFront(una seq.Num) {
	r := b.ring.at(0)
	b.count(r, -1)
	b.size -= una.Sub(r.start)
	r.start = una
	b.count(r, 1)
}

// split cuts the i-th record in two at n, which is inside it.
func (b *board) split(i int, n seq.Num) {
	r, rest := b.ring.at(i), b.pool.get()
	b.count(r, -1)
	*rest = *r
	rest.start, r.end = n, n
	b.count(r, 1)
	b.count(rest, 1)
	b.ring.insert(b.pool, i+1, rest)
	switch r.fate {
	case inFlight:
		b.flying.pushAfter(r, rest)
	case lost:
		b.losses.pushAfter(r, rest)
	case sacked:
	}
}

// align makes the edges of a block, which lies in what is out, fall on those of
// records: a segment has arrived as a whole or not at all. A record that is longer
// than a segment may be cut at a multiple of mss, so that no peer can make us cut
// what we have sent into crumbs.
func (b *board) align(s Block, mss int) Block {
	if i := b.ring.find(s.Left); i < b.ring.n {
		r := b.ring.at(i)
		if over := s.Left.Sub(r.start) % mss; over > 0 {
			s.Left = seq.Min(s.Left.Add(mss-over), r.end)
		}
		if s.Left.After(r.start) && s.Left.Before(r.end) && s.Left.Before(s.Right) {
			b.split(i, s.Left)
		}
	}
	if i := b.ring.find(s.Right); i < b.ring.n {
		r := b.ring.at(i)
		s.Right = s.Right.Add(-(s.Right.Sub(r.start) % mss))
		if s.Right.After(r.start) && s.Left.Before(s.Right) {
			b.split(i, s.Right)
		}
	}
	return s
}

// cut makes n an edge of records, if it lies in what is out.
func (b *board) cut(n seq.Num) {
	if i := b.ring.find(n); i < b.ring.n && b.ring.at(i).start.Before(n) {
		b.split(i, n)
	}
}

// renege takes back all that SACK has said (RFC 2018 §8): it was lost after all.
func (b *board) renege() {
	for i := 0; b.nSacked > 0 && i < b.ring.n; i++ {
		if r := b.ring.at(i); r.fate == sacked {
			b.become(r, lost)
		}
	}
	b.sacks = nil
}

// unlose makes the lost in flight again, each in the place of its time.
func (b *board) unlose() {
	at := b.flying.head
	for r := b.losses.head; r != nil; r = b.losses.head {
		b.leave(r)
		for at != nil && !sentAfter(at.sent, at.end, r.sent, r.end) {
			at = at.next
		}
		for at != nil && at.prev != nil && sentAfter(at.prev.sent, at.prev.end, r.sent, r.end) {
			at = at.prev
		}
		r.fate = inFlight
		if at != nil {
			b.flying.pushAfter(at.prev, r)
		} else {
			b.flying.push(r)
		}
		b.count(r, 1)
	}
}

// release forgets everything.
func (b *board) release() {
	for b.ring.n > 0 {
		b.popFront()
	}
}
