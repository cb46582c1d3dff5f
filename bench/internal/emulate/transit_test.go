package emulate

import (
	"slices"
	"testing"
	"time"
)

// taken is what is due at a time, as text.
func taken(t *transit, now time.Duration) (got []string) {
	var pkts [4][]byte
	for n := t.take(now, pkts[:]); n > 0; n = t.take(now, pkts[:]) {
		for _, pkt := range pkts[:n] {
			got = append(got, string(pkt))
		}
		t.giveBack(pkts[:n])
	}
	return got
}

func TestPacketsComeInOrderWhenDue(t *testing.T) {
	var tr transit
	var want []string
	for i := range 3000 { // the ring grows, and wraps
		pkt := []byte{byte(i), byte(i >> 8)}
		tr.add(time.Duration(i), pkt)
		want = append(want, string(pkt))
	}
	var got []string
	for now := range time.Duration(3000) {
		got = append(got, taken(&tr, now)...)
		if len(got) != int(now)+1 {
			t.Fatalf("at %d there came %d packets, want %d", now, len(got), now+1)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("packets came in another order than they were sent")
	}
}

func TestLatePacketsAreOvertaken(t *testing.T) {
	var tr transit
	tr.add(10, []byte("first"))
	tr.addLate(30, []byte("late"))
	tr.add(20, []byte("second"))
	tr.add(40, []byte("third"))
	for _, c := range []struct {
		now  time.Duration
		next time.Duration // when the next one is due
		want []string
	}{
		{9, 10, nil},
		{10, 20, []string{"first"}},
		{25, 30, []string{"second"}},
		{30, 40, []string{"late"}},
		{40, 0, []string{"third"}},
	} {
		if got := taken(&tr, c.now); !slices.Equal(got, c.want) {
			t.Errorf("at %d came %q, want %q", c.now, got, c.want)
		}
		if next, ok := tr.next(); next != c.next || ok != (c.next > 0) {
			t.Errorf("at %d the next is due at %d (%v), want %d", c.now, next, ok, c.next)
		}
	}
}

// In steady state a path allocates nothing, or it would be measured too.
func TestTransitAllocs(t *testing.T) {
	var tr transit
	pkt, out := make([]byte, 1500), make([][]byte, 1)
	carry := func() {
		tr.add(0, pkt)
		tr.giveBack(out[:tr.take(0, out)])
	}
	carry()
	if n := testing.AllocsPerRun(1000, carry); n != 0 {
		t.Errorf("carrying a packet allocates %v times, want 0", n)
	}
}
