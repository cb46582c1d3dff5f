package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lastack/lastack/internal/clock"
)

// Whatever is planned and taken out, events come in the order of their times,
// and those of one time in the order in which they were planned.
func TestHeapGivesEventsInOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var q queue
		var planned []*event
		for range rnd.IntN(100) {
			e := &event{at: clock.Time(rnd.IntN(10))}
			q.add(e)
			planned = append(planned, e)
			if rnd.IntN(4) == 0 {
				i := rnd.IntN(len(planned))
				q.remove(planned[i])
				planned = slices.Delete(planned, i, i+1)
			}
		}
		slices.SortFunc(planned, func(a, b *event) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		for i, want := range planned {
			got := q.first()
			q.remove(got)
			if got != want || got.place != 0 {
				t.Fatalf("event %d of %d is at %v number %d, want %v number %d", i, len(planned), got.at, got.n, want.at, want.n)
			}
		}
		if q.first() != nil {
			t.Fatal("something is left")
		}
	}
}

func TestRingKeepsOrderWhileItGrows(t *testing.T) {
	var r ring
	next, want := uint64(0), uint64(0)
	for round := range 40 {
		for range round {
			next++
			r.push(&Packet{N: next})
		}
		for range round - 3 {
			want++
			if p := r.pop(); p.N != want {
				t.Fatalf("packet %d, want %d", p.N, want)
			}
		}
	}
	for r.n > 0 {
		want++
		if p := r.pop(); p.N != want {
			t.Fatalf("packet %d, want %d", p.N, want)
		}
	}
	if want != next || r.pop() != nil {
		t.Errorf("%d packets came out of %d", want, next)
	}
}
