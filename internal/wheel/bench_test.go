package wheel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

func TestNothingAllocates(t *testing.T) {
	w := New[int](0)
	var entries [100]Entry[int]
	now, yielded := clock.Time(0), 0
	n := testing.AllocsPerRun(100, func() {
		for i := range entries {
			w.Set(&entries[i], now.Add(time.Duration(i)*time.Millisecond))
		}
		w.Stop(&entries[99])
		now = w.Next().Add(time.Second)
		for range w.Expire(now) {
			yielded++
		}
	})
	if n != 0 || yielded != 101*99 {
		t.Errorf("%v allocations, want 0; %d entries yielded", n, yielded)
	}
}

// filled is a wheel with n entries spread over a minute.
func filled(n int) (*Wheel[int], []Entry[int]) {
	w, entries := New[int](0), make([]Entry[int], n)
	for i := range entries {
		w.Set(&entries[i], clock.Time(rand.Int64N(int64(time.Minute))))
	}
	return w, entries
}

// Set as a connection does it: the deadline of an entry that is set moves on.
func BenchmarkSet(b *testing.B) {
	for _, n := range []int{1e3, 1e6} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			w, entries := filled(n)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				w.Set(&entries[i%n], clock.Time(i)*1000%clock.Time(time.Minute))
				i += 7919
			}
		})
	}
}

// One turn of a stack: ask for the next deadline, move one entry, expire.
func BenchmarkTurn(b *testing.B) {
	for _, n := range []int{1e3, 1e6} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			w, entries := filled(n)
			b.ReportAllocs()
			now, i := clock.Time(0), 0
			for b.Loop() {
				now = now.Add(time.Microsecond)
				w.Set(&entries[i%n], now.Add(200*time.Millisecond))
				for e := range w.Expire(now) {
					w.Set(e, now.Add(time.Minute))
				}
				w.Next()
				i += 7919
			}
		})
	}
}
