package tcp

import (
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// A round is how much the user reads in one round trip.
func TestRecvBufferFollowsTheReader(t *testing.T) {
	const rtt = 100 * time.Millisecond
	for _, tt := range []struct {
		name  string
		reads []int // in each round trip, in bytes
		want  int
	}{
		{"nothing is read", nil, firstRecv},
		{"less than half is read", []int{60000, 60000, 60000}, firstRecv},
		{"twice what is read", []int{500000, 500000, 500000}, 1000000},
		{"four times while it doubles", []int{50000, 100000, 200000}, 800000},
		{"never less than it was", []int{500000, 500000, 10, 10}, 1000000},
		{"never more than the most", []int{5 << 20, 10 << 20, 20 << 20}, 16 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s recvSize
			s.init(bufferSize{most: 16 << 20})
			now := clock.Time(time.Hour)
			for _, n := range tt.reads {
				s.consumed(now, n/2, rtt, true)
				now = now.Add(rtt)
				s.consumed(now, n-n/2, rtt, true)
			}
			if s.size != tt.want {
				t.Errorf("the size is %d, want %d", s.size, tt.want)
			}
		})
	}
}

// What is read over a longer time than the round trip would count too much, so
// the round trip is measured where the data arrive: the least of a round counts.
func TestRecvBufferMeasuresItsRoundTrip(t *testing.T) {
	var s recvSize
	s.init(bufferSize{most: 1 << 20})
	now := clock.Time(time.Hour)
	s.consumed(now, 1, 10*time.Millisecond, true)
	for _, ms := range []time.Duration{900, 200, 250} {
		s.sample(ms * time.Millisecond)
	}
	s.consumed(now.Add(20*time.Millisecond), 1, 0, true)
	if want := 200 * time.Millisecond; s.rtt != want {
		t.Errorf("the round trip is %v, want %v", s.rtt, want)
	}
	s.sample(0)
	s.consumed(now.Add(time.Second), 1, 0, true)
	if s.rtt != time.Millisecond {
		t.Errorf("the round trip is %v, want the unit of the timestamps", s.rtt)
	}
}

// A size that the user has fixed stays, whatever he reads.
func TestFixedBuffersStay(t *testing.T) {
	e := newEnd(t, Config{SendBuffer: 5000, RecvBuffer: 7000, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.enter("ESTABLISHED")
	for range 10 {
		e.now = e.now.Add(time.Second)
		e.c.recv.consumed(e.now, 1<<20, time.Millisecond, true)
	}
	if in := e.c.Info(); in.RecvBuffer != 7000 || in.SendBuffer != 5000 {
		t.Errorf("the buffers are %d and %d, want 7000 and 5000", in.RecvBuffer, in.SendBuffer)
	}
	e.c.SetSendBuffer(9000)
	e.c.SetRecvBuffer(e.now, 20000)
	e.did(Result{})
	e.play("> . 1:1(0) ack 1 win 20000")
	if n := e.c.Room(); n != 9000 {
		t.Errorf("there is room for %d bytes, want 9000", n)
	}
}

// The send buffer is twice the congestion window, within bounds.
func TestSendBufferFollowsTheCongestionWindow(t *testing.T) {
	const most = 150_000
	e := newEnd(t, Config{MaxSendBuffer: most, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.enter("ESTABLISHED")
	sizes := map[int]bool{}
	for range 10 {
		want := min(max(2*e.c.cc.Window(), firstSend), most)
		if got := e.c.Room(); got != want {
			t.Errorf("with a congestion window of %d there is room for %d bytes, want %d", e.c.cc.Window(), got, want)
		}
		sizes[want] = true
		_, r := e.c.Write(e.now, make([]byte, e.c.Room()))
		for e.did(r); e.c.Info().SendQueue > 0; {
			ack := wire.Segment{Flags: wire.ACK, Seq: e.c.RcvNxt(), Ack: e.c.SndNxt(), Wnd: 65535}
			e.did(e.c.Arrive(e.now, &ack))
		}
		e.out = nil
	}
	if len(sizes) < 3 {
		t.Errorf("the sizes were %v: want the least, the most and others", sizes)
	}
}

// SHLD-14: a buffer that gets smaller does not move the right edge of the window
// back; the window closes as text arrives.
func TestSmallerBufferKeepsTheRightEdge(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		< P. 1:1001(1000) ack 1
	`, Config{RecvBuffer: 20000, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.wait("40ms")
	e.play("> . 1:1(0) ack 1001 win 19000")
	e.c.SetRecvBuffer(e.now, 5000)
	e.play("< P. 1001:3001(2000) ack 1")
	e.wait("40ms")
	e.play("> . 1:1(0) ack 3001 win 17000")
	e.play("read 3000")
	e.play("> -")
}

// crowded is an established connection in a stack that has lent n chunks already
// and may lend 8.
func crowded(t *testing.T, n int) *end {
	t.Helper()
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	pool := &Pool{Limit: 8 * chunkSize}
	e.c = New(&e.cfg, Params{ISS: ourISS, MTU: 1500, Pool: pool})
	e.enter("ESTABLISHED")
	for range n {
		pool.get()
	}
	return e
}

// From three quarters of the limit on a connection gets less, and at the limit a
// chunk either way, so that none stands still.
func TestMemoryPressureRationsBuffers(t *testing.T) {
	for n, want := range map[int][2]int{
		5: {firstSend, firstRecv}, 6: {tightBuffer, tightBuffer}, 7: {tightBuffer, tightBuffer}, 8: {chunkSize, chunkSize}, 9: {chunkSize, chunkSize},
	} {
		in := crowded(t, n).c.Info()
		if got := [2]int{in.SendBuffer, in.RecvBuffer}; got != want {
			t.Errorf("with %d of 8 chunks lent the buffers are %v, want %v", n, got, want)
		}
	}
}

// While memory is short buffers do not grow.
func TestMemoryPressureStopsGrowth(t *testing.T) {
	e := crowded(t, 6)
	for range 5 {
		e.now = e.now.Add(time.Second)
		e.c.recv.consumed(e.now, 1<<20, time.Millisecond, !e.c.params.Pool.tight())
	}
	if e.c.recv.size != firstRecv {
		t.Errorf("the size is %d, want %d", e.c.recv.size, firstRecv)
	}
}

// At the limit text beyond a gap goes, so that the text that fills the gap has a
// place.
func TestMemoryPressurePrunesWhatIsOutOfOrder(t *testing.T) {
	e := crowded(t, 0)
	e.play("< . 1461:2921(1460) ack 1")
	e.play("> . 1:1(0) ack 1")
	e.play("< . 40001:41461(1460) ack 1")
	e.play("> . 1:1(0) ack 1")
	for e.c.params.Pool.Lent() < 8*chunkSize {
		e.c.params.Pool.get()
	}
	lent := e.c.params.Pool.Lent()
	e.play("< . 30001:31461(1460) ack 1") // not kept
	e.play("> . 1:1(0) ack 1")
	if n := e.c.Info().OutOfOrder; n != 0 {
		t.Errorf("%d stretches are still out of order", n)
	}
	if got := e.c.params.Pool.Lent(); got >= lent {
		t.Errorf("%d bytes are lent, want less than %d", got, lent)
	}
	e.play("< . 1:1461(1460) ack 1")
	e.wait("40ms")
	e.play("> . 1:1(0) ack 1461")
	e.play("read 1460")
}

// truncate gives back what lies beyond, to the chunk.
func TestTruncateGivesChunksBack(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, chunkSize - 100: 1, chunkSize - 99: 2, 2 * chunkSize: 3, 4 * chunkSize: 5} {
		b := buffer{pool: new(Pool)}
		b.writeAt(make([]byte, 5*chunkSize), 0)
		b.discard(100)
		b.truncate(n)
		if got := b.pool.lent; got != want {
			t.Errorf("cut to %d bytes it holds %d chunks, want %d", n, got, want)
		}
		b.writeAt([]byte("more"), n)
		got := make([]byte, 4)
		if b.readAt(got, n); string(got) != "more" {
			t.Errorf("after %d bytes there is %q", n, got)
		}
	}
}

// fatLink joins two ends by a path of 1 Gbit/s and 100 ms there and back, with a
// queue that takes all, until the limit. One end writes what it can, the other
// reads all at once. It returns the bytes read in the last second.
func fatLink(t *testing.T, cfg Config, limit time.Duration) int {
	const delay, perByte = 50 * time.Millisecond, 8 * time.Nanosecond
	cfg = cfg.WithDefaults()
	pool := new(Pool)
	a := New(&cfg, Params{ISS: 1, MTU: 1500, Pool: pool})
	b := New(&cfg, Params{ISS: 2, MTU: 1500, Pool: pool})
	b.Listen(0)
	a.Connect(0)
	var (
		now, free clock.Time
		lines     [2]line
		buf       [64 << 10]byte
		seg       wire.Segment
		got       int
	)
	carry := func() {
		for n := 1; n > 0; {
			n, _ = a.Write(now, buf[:])
		}
		for a.Emit(now, &seg) {
			free = max(free, now).Add(time.Duration(len(seg.Payload)+40) * perByte)
			lines[1].put(free.Add(delay), &seg)
		}
		for n := 1; n > 0; {
			n, _ = b.Read(now, buf[:])
			if now.After(clock.Time(limit - time.Second)) {
				got += n
			}
		}
		for b.Emit(now, &seg) {
			lines[0].put(now.Add(delay), &seg)
		}
	}
	ends := [2]*Conn{a, b}
	for carry(); now.Before(clock.Time(limit)); carry() {
		now = min(lines[0].next(), lines[1].next(), a.Deadline(), b.Deadline())
		for i, c := range ends {
			for lines[i].next() <= now {
				c.Arrive(now, lines[i].take())
			}
			if c.Deadline() <= now {
				c.Expire(now)
			}
		}
	}
	return got
}

// A line is one direction of a path: segments in order, with when they arrive.
// It does not keep what the text is.
type line struct {
	at   []clock.Time
	segs []wire.Segment
	n    int
}

var noText [1500]byte

func (l *line) put(at clock.Time, seg *wire.Segment) {
	s := *seg
	s.Payload = noText[:len(seg.Payload)]
	l.at, l.segs = append(l.at, at), append(l.segs, s)
}

func (l *line) next() clock.Time {
	if l.n == len(l.at) {
		return clock.Never
	}
	return l.at[l.n]
}

func (l *line) take() *wire.Segment {
	l.n++
	return &l.segs[l.n-1]
}

// With the defaults 1 Gbit/s over 100 ms is full three seconds after the SYN; with a
// buffer of a mebibyte it cannot be.
func TestDefaultBuffersFillAFatPath(t *testing.T) {
	const full = 1_000_000_000 / 8 / 1500 * 1448 // bytes of text in a second
	if got := fatLink(t, Config{NoDelay: true}, 4*time.Second); got < full*95/100 {
		t.Errorf("%d bytes in the last second, want 95 %% of %d", got, full)
	}
	if got := fatLink(t, Config{NoDelay: true, RecvBuffer: 1 << 20, SendBuffer: 1 << 20}, 2*time.Second); got > 11<<20 {
		t.Errorf("%d bytes in a second through a window of 1 MiB, want at most ten windows", got)
	}
}
