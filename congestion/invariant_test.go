package congestion

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"
)

// every is a fresh Controller of each algorithm.
func every() (all []Controller) {
	for _, name := range Names() {
		make, _ := New(name)
		all = append(all, make())
	}
	return all
}

// check checks what is true of a Controller at all times.
func check(t *testing.T, c Controller, mss int, after string) {
	t.Helper()
	if w := c.Window(); w < mss || w > maxWindow {
		t.Fatalf("%v: the window is %d after %s, want %d to %d", c, w, after, mss, maxWindow)
	}
	if n := c.Threshold(); n <= 0 {
		t.Fatalf("%v: the threshold is %d after %s", c, n, after)
	}
	if r := c.PacingRate(); r != 0 && r < int64(mss) {
		t.Fatalf("%v: the pace is %d B/s after %s: it takes more than a second to send a segment", c, r, after)
	}
}

// events feeds a Controller with events that data choose, and checks it after
// each. Sizes are of any magnitude.
func events(t *testing.T, c Controller, data []byte) {
	var now time.Duration
	var delivered int64
	size := 1460
	take := func(bits int) int {
		var word [8]byte
		n := copy(word[:], data)
		data = data[n:]
		return int(binary.LittleEndian.Uint64(word[:]) & (1<<bits - 1))
	}
	c.Init(0, size)
	check(t, c, size, "Init")
	for len(data) > 0 {
		now += time.Duration(take(1 + take(6)%40))
		n, flight := take(1+take(6)%31), take(1+take(6)%31)
		var what string
		switch kind := take(8) % 16; kind {
		case 0:
			what, size = "SetMSS", 1+take(16)
			c.SetMSS(size)
		case 1:
			what = "a loss"
			c.Congested(now, Loss, flight)
		case 2:
			what = "a mark"
			c.Congested(now, ECN, flight)
		case 3:
			what = "a timeout"
			c.TimedOut(now, flight, n%2 == 0)
		case 4:
			what = "the end of a recovery"
			c.Recovered(now, flight)
		case 5:
			what = "Undo"
			c.Undo(now)
		case 6:
			what = "Idle"
			c.Idle(now, time.Duration(n))
		case 7:
			what = "Inherit"
			c.(Heir).Inherit(now, Legacy{Window: n, Threshold: flight, SRTT: time.Duration(take(30)), MinRTT: time.Duration(take(30))})
		case 8, 9:
			what = "Sent"
			c.Sent(now, n, flight*(n%2))
		default:
			what = "an acknowledgment"
			delivered += int64(n)
			rtt := time.Duration(1 + take(36))
			c.Acked(now, &Ack{
				Acked: n, Delivered: n, Lost: flight * (kind % 2), Flight: flight, PriorFlight: flight,
				RTT: rtt, SRTT: rtt, MinRTT: rtt, Limited: kind < 13, CE: n % 3,
				Rate: Sample{
					Delivered: n, Lost: flight * (kind % 2), Interval: time.Duration(1 + take(36)), PriorDelivered: delivered - int64(n),
					TotalDelivered: delivered, TxFlight: flight, AppLimited: kind == 12,
				},
			})
		}
		check(t, c, size, what)
	}
}

// FuzzController: whatever a sender reports, the window is sane.
func FuzzController(f *testing.F) {
	f.Add([]byte("the quick brown fox jumps over the lazy dog, and comes back"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range every() {
			events(t, c, data)
		}
	})
}

func TestTheWindowIsSaneWhateverHappens(t *testing.T) {
	rng := rand.New(rand.NewChaCha8([32]byte{}))
	for range 50 {
		data := make([]byte, 20000)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		for _, c := range every() {
			events(t, c, data)
		}
	}
}

// A path of 100 Gbit/s and a second would take more than TCP's windows hold.
func TestNothingOverflowsOnAVeryLargePath(t *testing.T) {
	const size = 9000
	for _, c := range every() {
		var now time.Duration
		var delivered int64
		c.Init(0, size)
		for range 10000 {
			now += 10 * time.Millisecond
			const n = 125e6 // in 10 ms
			delivered += n
			c.Sent(now, n, maxWindow)
			c.Acked(now, &Ack{
				Acked: n, Delivered: n, Flight: maxWindow, PriorFlight: maxWindow, RTT: time.Second, SRTT: time.Second, Limited: true,
				Rate: Sample{Delivered: maxWindow, Interval: time.Second / 12, PriorDelivered: delivered - maxWindow, TotalDelivered: delivered, TxFlight: maxWindow},
			})
			check(t, c, size, "an acknowledgment")
		}
		if c.Window() < maxWindow/2 {
			t.Errorf("%v: the window grows to %d only", c, c.Window())
		}
	}
}

// What is taken for a loss and was none leaves the window as it was.
func TestUndoRestoresTheWindow(t *testing.T) {
	for _, c := range every() {
		f := newFlow(c, path{rate: 12.5e6, rtt: 40 * ms, queue: 1 << 20})
		f.run(3 * time.Second)
		before := c.Window()
		c.Congested(f.now, Loss, f.flight)
		c.Recovered(f.now, f.flight)
		c.Undo(f.now)
		if c.Window() != before {
			t.Errorf("%v: the window is %d after a recovery that was undone, want %d", c, c.Window(), before)
		}
		c.TimedOut(f.now, f.flight, false)
		c.TimedOut(f.now, f.flight, true)
		c.Undo(f.now)
		if c.Window() != before {
			t.Errorf("%v: the window is %d after a timeout that was undone, want %d", c, c.Window(), before)
		}
	}
}

func TestAnHeirStartsFromTheWindowOfItsPredecessor(t *testing.T) {
	for _, c := range every() {
		c.Init(0, mss)
		c.(Heir).Inherit(0, Legacy{Window: 123 * mss, Threshold: 100 * mss, SRTT: 50 * ms, MinRTT: 40 * ms})
		wantWindow(t, c, 123, "it goes on with what was in use")
		if r := c.PacingRate(); r > 0 {
			within(t, "the pace", float64(r), 2.77*123*mss*20, 1e-6)
		}
	}
}

// A Controller keeps nothing of an acknowledgment and allocates nothing.
func TestNoAllocations(t *testing.T) {
	for _, c := range every() {
		f := newFlow(c, path{rate: 12.5e6, rtt: 40 * ms, queue: 1 << 20})
		f.run(3 * time.Second)
		a := Ack{Acked: mss, Delivered: mss, Flight: f.flight, PriorFlight: f.flight, RTT: 40 * ms, SRTT: 40 * ms, Limited: true}
		if n := testing.AllocsPerRun(1000, func() {
			f.now += ms
			c.Sent(f.now, mss, f.flight)
			c.Acked(f.now, &a)
		}); n != 0 {
			t.Errorf("%v allocates %v times per acknowledgment, want 0", c, n)
		}
	}
}
