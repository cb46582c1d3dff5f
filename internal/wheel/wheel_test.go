package wheel

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// model is the wheel's rule in its plainest form: a list of what is set.
type model struct {
	now clock.Time
	set []modelEntry // in the order of setting
}

type modelEntry struct {
	id int
	at clock.Time
}

func (m *model) stop(id int) {
	m.set = slices.DeleteFunc(m.set, func(e modelEntry) bool { return e.id == id })
}

func (m *model) add(id int, at clock.Time) {
	m.stop(id)
	if at != clock.Never {
		m.set = append(m.set, modelEntry{id, max(at, m.now)})
	}
}

// next is the index of the first entry to be due, -1 if none is set.
func (m *model) next() int {
	best := -1
	for i, e := range m.set {
		if best < 0 || e.at < m.set[best].at {
			best = i
		}
	}
	return best
}

func (m *model) pop(now clock.Time) (id int) {
	i := m.next()
	if i < 0 || m.set[i].at > now {
		m.now = max(m.now, now)
		return -1
	}
	e := m.set[i]
	m.now = e.at
	m.set = slices.Delete(m.set, i, i+1)
	return e.id
}

// both is a wheel and its model, which must agree.
type both struct {
	t       *testing.T
	r       *rand.Rand
	w       *Wheel[int]
	m       model
	entries []Entry[int]
}

func newBoth(t *testing.T, seed uint64, now clock.Time, n int) *both {
	b := &both{t: t, r: rand.New(rand.NewPCG(seed, 1)), w: New[int](now), m: model{now: now}}
	b.entries = make([]Entry[int], n)
	for i := range b.entries {
		b.entries[i].Value = i
	}
	return b
}

// span is a random duration, of any order of magnitude up to some days.
func (b *both) span() time.Duration {
	return time.Duration(b.r.Uint64() >> (64 - b.r.IntN(50)))
}

// deadline is a random deadline: mostly ahead, sometimes past, equal or Never.
func (b *both) deadline() clock.Time {
	switch b.r.IntN(12) {
	case 0:
		return clock.Never
	case 1:
		return b.m.now.Add(-b.span())
	case 2:
		return b.m.now
	case 3: // a round one, so that several entries share it
		return b.m.now.Add(b.span()) &^ 0xffff
	default:
		return b.m.now.Add(b.span())
	}
}

// setOrStop does one random operation on both.
func (b *both) setOrStop() {
	id := b.r.IntN(len(b.entries))
	if b.r.IntN(4) == 0 {
		b.w.Stop(&b.entries[id])
		b.m.stop(id)
		return
	}
	at := b.deadline()
	b.w.Set(&b.entries[id], at)
	b.m.add(id, at)
}

func (b *both) check() {
	b.t.Helper()
	if b.w.Len() != len(b.m.set) {
		b.t.Fatalf("%d entries are set, want %d", b.w.Len(), len(b.m.set))
	}
	want := clock.Never
	if i := b.m.next(); i >= 0 {
		want = b.m.set[i].at
	}
	if got := b.w.Next(); got > want || len(b.entries) < refreshLimit && got != want {
		b.t.Fatalf("Next is %v, want %v", got, want)
	}
}

// expire runs both up to now; with churn the loop's body changes entries too.
func (b *both) expire(now clock.Time, churn bool) {
	b.t.Helper()
	for e := range b.w.Expire(now) {
		want := b.m.pop(now)
		if e.Value != want {
			b.t.Fatalf("entry %d is yielded, want %d", e.Value, want)
		}
		if e.At() != clock.Never {
			b.t.Fatalf("entry %d is yielded while set", e.Value)
		}
		if churn && b.r.IntN(2) == 0 {
			b.setOrStop()
		}
	}
	if id := b.m.pop(now); id >= 0 {
		b.t.Fatalf("entry %d is due at %v and not yielded", id, now)
	}
}

func TestSameAsSortedList(t *testing.T) {
	for seed := range uint64(60) {
		n := []int{1, 5, 30, 200}[seed%4]
		start := []clock.Time{0, 1, 1<<36 - 1, -1000, 1 << 62}[seed%5]
		b := newBoth(t, seed, start, n)
		for range 100 {
			for range b.r.IntN(n + 1) {
				b.setOrStop()
				b.check()
			}
			now := b.m.now.Add(b.span())
			if b.r.IntN(2) == 0 {
				now = b.w.Next()
			}
			if now == clock.Never {
				continue
			}
			b.expire(now, seed%3 == 0)
			b.check()
		}
	}
}

// A caller that sleeps until Next wakes at most a few times per deadline, and
// always gets further.
func TestNextMakesProgress(t *testing.T) {
	b := newBoth(t, 7, 0, 500)
	for range 2000 {
		b.setOrStop()
	}
	for wakes := 0; b.w.Len() > 0; wakes++ {
		if wakes > 6000 {
			t.Fatalf("%d wakes for 500 entries", wakes)
		}
		b.expire(b.w.Next(), false)
	}
}

func TestNothingIsYieldedEarly(t *testing.T) {
	w := New[int](0)
	for _, at := range []clock.Time{1, 63, 64, 4095, 4096, clock.Time(72 * time.Hour), clock.Never - 1} {
		var e Entry[int]
		w.Set(&e, at)
		for range w.Expire(at - 1) {
			t.Errorf("the entry for %v is yielded a nanosecond early", at)
		}
		if w.Next() != at {
			t.Errorf("Next is %v a nanosecond before %v", w.Next(), at)
		}
		n := 0
		for range w.Expire(at) {
			n++
		}
		if n != 1 {
			t.Errorf("the entry for %v is yielded %d times", at, n)
		}
	}
}

func TestTiesInOrderOfSetting(t *testing.T) {
	w := New[int](0)
	const at = clock.Time(10 * time.Second)
	entries := make([]Entry[int], 10)
	for i := range entries {
		entries[i].Value = i
		w.Set(&entries[i], at)
		for range w.Expire(clock.Time(i) * clock.Time(time.Second)) { // time passes between
		}
	}
	w.Set(&entries[0], at) // set again: now the last
	var got []int
	for e := range w.Expire(at) {
		got = append(got, e.Value)
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 0}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestNeverStops(t *testing.T) {
	w := New[int](0)
	var e Entry[int]
	w.Set(&e, 5)
	w.Set(&e, clock.Never)
	w.Stop(&e)
	if w.Next() != clock.Never || w.Len() != 0 || e.At() != clock.Never {
		t.Errorf("Next %v, Len %d, At %v after stopping", w.Next(), w.Len(), e.At())
	}
}

func TestBreakLeavesTheRest(t *testing.T) {
	w := New[int](0)
	var a, b Entry[int]
	w.Set(&a, 5)
	w.Set(&b, 6)
	for range w.Expire(10) {
		break
	}
	if w.Len() != 1 || b.At() != 6 || w.Next() != 6 {
		t.Errorf("Len %d, Next %v after the loop was left", w.Len(), w.Next())
	}
}
