package recovery

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A fate is what is believed of a record.
type fate uint8

// The fates.
const (
	inFlight fate = iota // it is in the network
	lost                 // it was lost, and waits to be sent again
	sacked               // it has arrived, as SACK says
)

// A record is one stretch of the sequence space that went out together:
// start =< n < end. It may be longer than a segment, when the link cuts what it
// is given.
type record struct {
	start, end seq.Num
	sent       clock.Time // when it last went out
	prev, next *record    // neighbours in the queue that its fate puts it in
	stamp      stamp      // the delivery rate's state when it last went out
	fate       fate
	resent     bool // it went out more than once (Karn's algorithm)
}

// len is how many sequence numbers the record has.
func (r *record) len() int { return r.end.Sub(r.start) }

// sentAfter reports whether what ends at end1 went out at t1 after what ends at
// end2 at t2: RACK_sent_after of RFC 8985 §6.2.
func sentAfter(t1 clock.Time, end1 seq.Num, t2 clock.Time, end2 seq.Num) bool {
	return t1 > t2 || t1 == t2 && end1.After(end2)
}

// A queue is records linked to each other: those in flight in the order in
// which they went out, or the lost ones in sequence.
type queue struct{ head, tail *record }

// pushAfter puts r behind the record p, or first if p is nil.
func (q *queue) pushAfter(p, r *record) {
	r.prev, r.next = p, q.head
	if p != nil {
		r.next = p.next
		p.next = r
	} else {
		q.head = r
	}
	if r.next != nil {
		r.next.prev = r
	} else {
		q.tail = r
	}
}

// push puts r last.
func (q *queue) push(r *record) { q.pushAfter(q.tail, r) }

// remove takes r out.
func (q *queue) remove(r *record) {
	if r.prev != nil {
		r.prev.next = r.next
	} else {
		q.head = r.next
	}
	if r.next != nil {
		r.next.prev = r.prev
	} else {
		q.tail = r.prev
	}
	r.prev, r.next = nil, nil
}

// pushInSequence puts r where its sequence number belongs. Mostly that is at one
// of the ends.
func (q *queue) pushInSequence(r *record) {
	if q.head == nil || r.start.Before(q.head.start) {
		q.pushAfter(nil, r)
		return
	}
	p := q.tail
	for p.start.After(r.start) {
		p = p.prev
	}
	q.pushAfter(p, r)
}
