package tcp

import (
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// seek searches up to high on a path that carries packets of a size, from low on,
// which it does, and tells what is found with how many trials.
func seek(low, high, carries int) (found, trials int, s mtuSearch) {
	s.begin(high)
	for found = low; s.on; trials++ {
		if s.size = s.next(found); s.size <= carries {
			found = s.size
			s.arrived(0)
		} else {
			s.failed(0, found)
		}
	}
	return found, trials, s
}

// Whatever the path carries, a search finds it, but for what is not worth a
// trial, and with few of them.
func TestSearchFindsThePathMTU(t *testing.T) {
	for _, high := range []int{1281, 1500, 9000, 65535} {
		for carries := basePacket; carries <= high; carries += 1 + carries/500 {
			found, trials, s := seek(basePacket, high, carries)
			if found > carries || carries-found >= closeEnough {
				t.Fatalf("found %d up to %d, the path carries %d", found, high, carries)
			}
			if trials > maxTrials*17 {
				t.Errorf("%d trials up to %d for %d", trials, high, carries)
			}
			if s.raiseAt != clock.Time(PathAge) {
				t.Errorf("the next search is at %v, want %v", s.raiseAt, PathAge)
			}
		}
	}
}

// When nothing is in the way, one trial tells.
func TestSearchTriesTheLargestFirst(t *testing.T) {
	if found, trials, _ := seek(basePacket, 9000, 9000); found != 9000 || trials != 1 {
		t.Errorf("found %d with %d trials, want 9000 with one", found, trials)
	}
}

// One lost trial says little: it may have been any loss (RFC 8899 §5.1.2).
func TestSizeIsTooLargeAfterThreeLostTrials(t *testing.T) {
	var s mtuSearch
	s.begin(1500)
	for n := range maxTrials {
		if s.high != 1500 {
			t.Errorf("%d bytes are the most after %d lost trials, want 1500", s.high, n)
		}
		s.size = s.next(basePacket)
		s.failed(0, basePacket)
	}
	if s.high != 1499 || !s.on {
		t.Errorf("%d bytes are the most, under way %v; want 1499", s.high, s.on)
	}
}

// The way down ends where every path begins (RFC 8899 §5.1.2).
func TestPacketsBecomeSmallerStepByStep(t *testing.T) {
	for _, tt := range []struct {
		mtu  int
		ipv6 bool
		want int
	}{
		{9000, false, 1280},
		{1281, false, 1280},
		{1280, false, 552},
		{553, false, 552},
		{552, false, 552},
		{300, false, 300},
		{9000, true, 1280},
		{1280, true, 1280},
	} {
		if got := below(tt.mtu, tt.ipv6); got != tt.want {
			t.Errorf("below %d, IPv6 %v, comes %d, want %d", tt.mtu, tt.ipv6, got, tt.want)
		}
	}
}

// Timeouts of small segments, and a single one, say nothing about their size.
func TestOnlyFullSegmentsLostTwiceSuggestABlackHole(t *testing.T) {
	for _, tt := range []struct {
		name     string
		probing  MTUProbing
		write    int
		timeouts int
		want     int
	}{
		{"small segments", ProbeOnBlackHole, 1220, 5, 1500},
		{"one timeout", ProbeOnBlackHole, 3000, 1, 1500},
		{"two", ProbeOnBlackHole, 3000, 2, 1280},
		{"three", ProbeOnBlackHole, 3000, 3, 1280},
		{"four", ProbeOnBlackHole, 3000, 4, 552},
		{"many", ProbeOnBlackHole, 3000, 8, 552},
		{"never", ProbeNever, 3000, 8, 1500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEnd(t, Config{MTUProbing: tt.probing, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
			e.enter("ESTABLISHED")
			_, r := e.c.Write(e.now, make([]byte, tt.write))
			e.did(r)
			for range tt.timeouts {
				for tries := e.c.timers.tries; e.c.timers.tries == tries; {
					e.now = e.c.Deadline()
					e.did(e.c.Expire(e.now))
				}
			}
			e.out = nil
			if got := e.c.Info().PathMTU; got != tt.want {
				t.Errorf("packets have %d bytes, want %d", got, tt.want)
			}
		})
	}
}

// What is told of a path does not make packets larger, and once it is smaller the
// segments are cut anew (RFC 1191 §6.5).
func TestPathMTUCutsWhatIsOut(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.enter("ESTABLISHED")
	e.play("write 2920")
	e.play("> . 1:1461(1460) ack 1")
	e.play("> P. 1461:2921(1460) ack 1")
	for _, mtu := range []int{1500, 9000} {
		e.c.PathMTU(e.now, mtu)
		e.did(Result{})
		e.play("> -")
	}
	e.c.LimitMTU(e.now, 1400) // another connection's: what is out may arrive
	e.did(Result{})
	e.play("> -")
	e.c.PathMTU(e.now, 1040)
	e.did(Result{})
	e.play("> . 1:1001(1000) ack 1")
	e.play("> . 1001:2001(1000) ack 1")
	e.play("> P. 2001:2921(920) ack 1")
	if got := e.c.search.raiseAt; got != e.now.Add(10*time.Minute) {
		t.Errorf("larger packets are tried at %v", got)
	}
}
