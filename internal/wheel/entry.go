package wheel

import "github.com/lastack/lastack/internal/clock"

// An Entry is a timer. It is a field of its owner, and the zero value with
// Value set is ready to use. It must not be copied while it is set.
type Entry[T any] struct {
	Value T // the owner's, mostly a pointer to the owner

	next, prev  *Entry[T]  // the neighbours in the slot
	at          clock.Time // the deadline
	level, slot uint8      // where it stands
	set         bool
}

// At is the deadline of e, clock.Never if it is not set.
func (e *Entry[T]) At() clock.Time {
	if !e.set {
		return clock.Never
	}
	return e.at
}

// level is the slots of one digit.
type level[T any] struct {
	used uint64 // a bit for each slot that holds entries
	slot [slots]slot[T]
}

// slot is a list of entries, in the order in which they were set.
type slot[T any] struct {
	head, tail *Entry[T]
	min        clock.Time // no deadline in the slot is earlier
	stale      bool       // an entry with the deadline min was taken out
}

func (s *slot[T]) add(e *Entry[T]) {
	e.next, e.prev = nil, s.tail
	if s.tail == nil {
		s.head, s.min, s.stale = e, e.at, false
	} else {
		s.tail.next = e
	}
	s.tail = e
	if e.at <= s.min {
		s.min, s.stale = e.at, false
	}
}

func (s *slot[T]) remove(e *Entry[T]) {
	if e.prev == nil {
		s.head = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		s.tail = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.next, e.prev = nil, nil
	if e.at == s.min {
		s.stale = true
	}
}

// takeAll empties the slot and returns its entries, still linked.
func (s *slot[T]) takeAll() *Entry[T] {
	head := s.head
	s.head, s.tail = nil, nil
	return head
}

// refreshLimit is how many entries refresh looks at: few, so that Next takes
// constant time.
const refreshLimit = 32

// refresh makes min exact again after entries were taken out, if the slot does
// not hold too many.
func (s *slot[T]) refresh() {
	if !s.stale {
		return
	}
	least, e := clock.Never, s.head
	for range refreshLimit {
		if e == nil {
			s.min, s.stale = least, false
			return
		}
		least = min(least, e.at)
		e = e.next
	}
}
