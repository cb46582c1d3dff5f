package seq

import (
	"math/rand/v2"
	"testing"
)

// The order is by distance, so it must survive the wrap at 2³².
func TestOrderAcrossTheWrap(t *testing.T) {
	for _, base := range []Num{0, 1, 1 << 31, 1<<32 - 1, 1<<32 - 3} {
		for _, d := range []int{1, 2, 1 << 16, 1<<31 - 1} {
			a, b := base, base.Add(d)
			if !a.Before(b) || !b.After(a) || b.Before(a) || a.After(b) {
				t.Errorf("%d and %d: want the first before the second", a, b)
			}
			if Max(a, b) != b || Min(a, b) != a || Max(b, a) != b || Min(b, a) != a {
				t.Errorf("Max or Min of %d and %d", a, b)
			}
			if b.Sub(a) != d || a.Sub(b) != -d {
				t.Errorf("%d-%d = %d, want %d", b, a, b.Sub(a), d)
			}
		}
		if base.Before(base) || base.After(base) {
			t.Errorf("%d is before or after itself", base)
		}
	}
}

func TestIn(t *testing.T) {
	for range 10000 {
		lo, n, off := Num(rand.Uint32()), rand.Uint32N(1<<30), rand.Uint32N(1<<31)
		if got, want := (lo+Num(off)).In(lo, n), off < n; got != want {
			t.Fatalf("(%d+%d).In(%d, %d) = %v", lo, off, lo, n, got)
		}
	}
	if Num(7).In(7, 0) {
		t.Error("an empty window holds a number")
	}
}
