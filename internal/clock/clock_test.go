package clock

import (
	"testing"
	"time"
)

func TestNeverStaysNever(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second, -time.Second, 1<<63 - 1} {
		if got := Never.Add(d); got != Never {
			t.Errorf("Never.Add(%v) = %v", d, got)
		}
	}
	if got := (Never - 5).Add(time.Hour); got != Never {
		t.Errorf("an overflowing sum is %v, want never", got)
	}
}

func TestAddSub(t *testing.T) {
	a := Time(100)
	b := a.Add(3 * time.Second)
	if b.Sub(a) != 3*time.Second || !a.Before(b) || !b.After(a) {
		t.Errorf("%v and %v", a, b)
	}
	if b.String() != "3.0000001s" || Never.String() != "never" {
		t.Errorf("String: %v, %v", b, Never)
	}
}
