package sim

import (
	"testing"
	"time"
)

// overload sends for some time a little more than the link carries, and returns
// how long the packets of the last second waited at most.
func overload(t *testing.T, c CoDel, tos uint8) (f *field, worst time.Duration) {
	f = newField(t, 1, Path{Rate: 12_000_000, Queue: Queue{CoDel: c}})
	const gap, n = 950 * time.Microsecond, 10_000
	for i := range n {
		f.After(time.Duration(i)*gap, func() { f.shoot(1500, tos) })
	}
	f.Run(hour)
	for _, s := range f.came {
		if i := int(s.id - 1); i > n-1000 {
			worst = max(worst, s.at-time.Duration(i)*gap-ms)
		}
	}
	return f, worst
}

// CoDel bounds the delay of traffic that is a little too much, where a queue
// without it grows all the time.
func TestCoDelKeepsTheDelayNearItsTarget(t *testing.T) {
	if _, worst := overload(t, CoDel{}, 0); worst < 400*ms {
		t.Errorf("without CoDel the delay is only %v", worst)
	}
	f, worst := overload(t, CoDel{Target: 5 * ms}, 0)
	if worst > 40*ms || f.dir.Stats.AQMDrops == 0 || f.dir.Stats.Marked != 0 {
		t.Errorf("the delay is %v with %+v", worst, f.dir.Stats)
	}
}

// What is ECN-capable is marked and loses nothing.
func TestCoDelMarksInsteadOfDropping(t *testing.T) {
	const ect0 = 2
	f, _ := overload(t, CoDel{Target: 5 * ms, ECN: true}, ect0)
	marked := uint64(0)
	for _, s := range f.came {
		if s.tos == ecnCE {
			marked++
		}
	}
	if len(f.came) != 10_000 || marked == 0 || marked != f.dir.Stats.Marked {
		t.Errorf("%d came, %d of them marked, %+v", len(f.came), marked, f.dir.Stats)
	}
	f, _ = overload(t, CoDel{Target: 5 * ms, ECN: true}, 0)
	if f.dir.Stats.AQMDrops == 0 || f.dir.Stats.Marked != 0 {
		t.Errorf("not ECN-capable, and yet %+v", f.dir.Stats)
	}
}

// The time to the next drop shrinks with the square root of the drops (RFC 8289
// §5.4).
func TestControlLaw(t *testing.T) {
	for count, want := range map[int]time.Duration{1: 100 * ms, 4: 50 * ms, 100: 10 * ms} {
		c := codel{count: count}
		if got := c.controlLaw(0, 100*ms); time.Duration(got) != want {
			t.Errorf("after %d drops: %v, want %v", count, time.Duration(got), want)
		}
	}
}

// A queue that is long but short-lived is left alone: bursts are what queues are
// for (RFC 8289 §3.1).
func TestCoDelLeavesABurstAlone(t *testing.T) {
	f := newField(t, 1, Path{Rate: 12_000_000, Queue: Queue{CoDel: CoDel{Target: 5 * ms}}})
	f.volley(90, 1500, 0) // 90 ms of queue at its longest
	if len(f.came) != 90 {
		t.Errorf("%d of 90 packets came", len(f.came))
	}
}
