package emulate

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/lastack/lastack/link"
)

// newStill makes one way of a path that nothing is delivered on.
func newStill(t *testing.T, p Path) *direction {
	t.Helper()
	d, err := newDirection(p.withDefaults(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close() })
	return d
}

func TestLossIsAsProbableAsAskedFor(t *testing.T) {
	d := newStill(t, Path{Loss: 0.01})
	pkt := make([]byte, 100)
	const n = 100_000
	for range n {
		d.accept(0, pkt)
	}
	// Three standard deviations of a binomial distribution are 94.
	if math.Abs(float64(d.dropped)-n*0.01) > 94 {
		t.Errorf("%d of %d packets are lost, want 1%%", d.dropped, n)
	}
}

func TestTheFirstPacketsAreSpared(t *testing.T) {
	d := newStill(t, Path{Loss: 1})
	for range spared + 1 {
		d.accept(0, make([]byte, 100))
	}
	if d.dropped != 1 || d.transit.n != spared {
		t.Errorf("%d packets arrive and %d are lost, want %d and 1", d.transit.n, d.dropped, spared)
	}
}

func TestTheSeedChoosesWhatIsLost(t *testing.T) {
	fate := func(seed uint64, late float64) (lost []bool) {
		d := newStill(t, Path{Loss: 0.5, Reorder: late, Seed: seed})
		for range 100 {
			before := d.dropped
			d.accept(0, []byte{0})
			lost = append(lost, d.dropped > before)
		}
		return lost
	}
	same := func(a, b []bool) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !same(fate(1, 0), fate(1, 0.5)) {
		t.Error("with the same seed other packets are lost")
	}
	if same(fate(1, 0), fate(2, 0)) {
		t.Error("with another seed the same packets are lost")
	}
}

func TestTheRateSpacesPackets(t *testing.T) {
	d := newStill(t, Path{RTT: 20 * time.Millisecond, Rate: 1e6}) // 1,000 bytes take 1 ms
	for range 3 {
		d.accept(0, make([]byte, 1000))
	}
	for i, want := range []time.Duration{11, 12, 13} {
		if due := d.transit.line[i].due; due != want*time.Millisecond {
			t.Errorf("packet %d is due at %v, want %d ms", i+1, due, want)
		}
	}
}

func TestAFullQueueDrops(t *testing.T) {
	d := newStill(t, Path{Rate: 1e6, Queue: 10, MTU: 1000})
	for range 100 {
		d.accept(0, make([]byte, 1000))
	}
	if d.transit.n != 11 { // one leaves, ten wait
		t.Errorf("%d packets were taken, want 11", d.transit.n)
	}
	d.accept(5*time.Millisecond, make([]byte, 1000))
	if d.transit.n != 12 {
		t.Error("after five have left there is no room for another")
	}
}

func TestPacketsCrossThePathBothWays(t *testing.T) {
	a, b, err := New(Path{})
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan []byte)
	for from, to := range map[link.Link]link.Link{a: b, b: a} {
		if err := to.Start(func(pkts [][]byte) {
			for _, pkt := range pkts {
				got <- bytes.Clone(pkt)
			}
		}); err != nil {
			t.Fatal(err)
		}
		for i := range byte(10) {
			if err := from.Send([][]byte{{i}}); err != nil {
				t.Fatal(err)
			}
			if pkt := <-got; !bytes.Equal(pkt, []byte{i}) {
				t.Fatalf("packet %d arrived as %d", i, pkt)
			}
		}
	}
	for _, l := range []link.Link{a, b} {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); !errors.Is(err, link.ErrClosed) {
			t.Errorf("the second close gives %v, want %v", err, link.ErrClosed)
		}
	}
}
