// Package wheel keeps timers: entries with a deadline each, in a hierarchical
// timing wheel. Setting and stopping an entry takes constant time and no
// memory, because the entry is a field of its owner.
//
// The wheel is exact. Entries come out in the order of their deadlines, to the
// nanosecond, and entries of one deadline in the order in which they were set,
// so that a run in virtual time is always the same.
//
// A deadline is read as a number of eleven digits of six bits. Level n of the
// wheel holds the entries whose deadline first differs from the wheel's time in
// digit n, in the slot that this digit names:
//
//	time      ... 3 17 40 05
//	deadline  ... 3 17 52 11   -> level 1, slot 52
//
// So all of level n is due before any of level n+1, a slot of level 0 holds
// one deadline only, and when the time enters a slot its entries move to lower
// levels: ten times at most in an entry's life.
package wheel

import (
	"iter"
	"math/bits"

	"github.com/lastack/lastack/internal/clock"
)

const (
	digitBits = 6
	slots     = 1 << digitBits
	levels    = (64 + digitBits - 1) / digitBits
)

// A Wheel holds entries that carry a T, by deadline. New makes one. It is not
// safe for concurrent use.
type Wheel[T any] struct {
	now   clock.Time // the time up to which all entries have been yielded
	n     int        // entries that are set
	used  uint16     // a bit for each level that holds entries
	level [levels]level[T]
}

// New makes an empty wheel, at the time now.
func New[T any](now clock.Time) *Wheel[T] { return &Wheel[T]{now: now} }

// Len is the number of entries that are set.
func (w *Wheel[T]) Len() int { return w.n }

// Set gives e the deadline at, whether it was set before or not. An entry set
// for clock.Never is stopped. A deadline in the past is due at once, after
// what is already due now.
func (w *Wheel[T]) Set(e *Entry[T], at clock.Time) {
	w.Stop(e)
	if at == clock.Never {
		return
	}
	e.at = max(at, w.now)
	e.set = true
	w.n++
	w.hang(e)
}

// Stop takes e out of the wheel. It may be called at any time, also for an
// entry that is not set.
func (w *Wheel[T]) Stop(e *Entry[T]) {
	if !e.set {
		return
	}
	e.set = false
	w.n--
	l := &w.level[e.level]
	l.slot[e.slot].remove(e)
	w.noteEmpty(int(e.level), int(e.slot))
}

// Next is when Expire should be called: never after the earliest deadline, and
// clock.Never if no entry is set.
//
// It is the earliest deadline exactly, unless the entry that had it was stopped
// or moved while many others stood in its slot. Then it may be early by less
// than the slot is wide, and Expire, finding nothing due at that time, makes it
// exact.
func (w *Wheel[T]) Next() clock.Time {
	s, _ := w.first()
	if s == nil {
		return clock.Never
	}
	s.refresh()
	return s.min
}

// Expire yields the entries that are due at now, each stopped before it is
// yielded. The body of the loop may set and stop any entry; one that it sets
// to now or before is yielded too.
func (w *Wheel[T]) Expire(now clock.Time) iter.Seq[*Entry[T]] {
	return func(yield func(*Entry[T]) bool) {
		for e := w.pop(now); e != nil && yield(e); e = w.pop(now) {
		}
	}
}

// pop takes out the first entry that is due at now, and moves the wheel's time
// to its deadline; nil if there is none, and then the wheel's time is now.
func (w *Wheel[T]) pop(now clock.Time) *Entry[T] {
	for {
		s, lev := w.first()
		if s == nil || s.min > now {
			w.advance(now)
			return nil
		}
		w.advance(s.min)
		if lev == 0 {
			e := s.head
			w.Stop(e)
			return e
		}
	}
}

// first is the slot with the earliest deadlines, and its level; nil if the
// wheel is empty.
func (w *Wheel[T]) first() (s *slot[T], lev int) {
	if w.used == 0 {
		return nil, 0
	}
	lev = bits.TrailingZeros16(w.used)
	l := &w.level[lev]
	return &l.slot[bits.TrailingZeros64(l.used)], lev
}

// advance moves the wheel's time on to t, before which nothing is due, and the
// entries of the slot that it enters to the levels where they stand now.
func (w *Wheel[T]) advance(t clock.Time) {
	if t <= w.now {
		return
	}
	lev, n := place(w.now, t)
	w.now = t
	if lev == 0 {
		return // one deadline, which is t: it stays where it is
	}
	e := w.level[lev].slot[n].takeAll()
	w.noteEmpty(lev, n)
	for e != nil {
		next := e.next
		w.hang(e)
		e = next
	}
}

// hang puts e at the end of the slot where its deadline belongs.
func (w *Wheel[T]) hang(e *Entry[T]) {
	lev, n := place(w.now, e.at)
	e.level, e.slot = uint8(lev), uint8(n)
	l := &w.level[lev]
	l.slot[n].add(e)
	l.used |= 1 << n
	w.used |= 1 << lev
}

// noteEmpty clears the bits of a slot and its level if nothing is left there.
func (w *Wheel[T]) noteEmpty(lev, n int) {
	l := &w.level[lev]
	if l.slot[n].head != nil {
		return
	}
	l.used &^= 1 << n
	if l.used == 0 {
		w.used &^= 1 << lev
	}
}

// place is the level and the slot of the deadline at, not before now.
func place(now, at clock.Time) (lev, n int) {
	diff := uint64(now ^ at)
	lev = (bits.Len64(diff|1) - 1) / digitBits
	// The sign bit is flipped so that negative times come before the others.
	return lev, int((uint64(at)^1<<63)>>(lev*digitBits)) & (slots - 1)
}
