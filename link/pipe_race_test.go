package link

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// A sink checks what many senders send: packets of the sender's number and a
// count.
type sink struct {
	t    *testing.T
	busy atomic.Bool
	next map[uint32]uint32 // the least count that is in order, by sender
}

func (s *sink) receive(pkts [][]byte) {
	if !s.busy.CompareAndSwap(false, true) {
		s.t.Error("receive is called by two goroutines at a time")
	}
	for _, p := range pkts {
		from, n := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
		if n < s.next[from] {
			s.t.Errorf("packet %d of sender %d comes after packet %d", n, from, s.next[from]-1)
		}
		s.next[from] = n + 1
	}
	s.busy.Store(false)
}

func sendMany(t *testing.T, l Link, from, count uint32) {
	pkt := make([]byte, 8)
	binary.BigEndian.PutUint32(pkt, from)
	for n := range count {
		binary.BigEndian.PutUint32(pkt[4:], n)
		if err := l.Send([][]byte{pkt}); err != nil {
			t.Error(err)
		}
	}
}

func TestManySendersKeepTheirOrder(t *testing.T) {
	const senders, count = 8, 2000
	a, b := Pipe(100)
	var wg sync.WaitGroup
	for _, l := range []Link{a, b} {
		s := &sink{t: t, next: make(map[uint32]uint32)}
		start(t, l, s.receive)
		for from := range uint32(senders) {
			wg.Go(func() { sendMany(t, l, from, count) })
		}
	}
	wg.Wait()
	for _, l := range []Link{a, b} {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		st := l.(Counter).Stats()
		if st.Sent != senders*count || st.Received+st.Dropped != senders*count {
			t.Errorf("%+v, want %d packets sent and all received or dropped", st, senders*count)
		}
	}
}

func TestNothingArrivesAfterClose(t *testing.T) {
	for range 200 {
		a, b := Pipe(100)
		var closed atomic.Bool
		start(t, b, func([][]byte) {
			if closed.Load() {
				t.Error("receive is called after Close returned")
			}
		})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range 50 {
					_ = a.Send([][]byte{{0}})
				}
			})
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		closed.Store(true)
		wg.Wait()
	}
}

func TestPipeAllocatesNothingPerPacket(t *testing.T) {
	for _, n := range []int{1, 64, 500} {
		a, b := Pipe(0)
		start(t, a, func([][]byte) {})
		start(t, b, func(pkts [][]byte) { _ = b.Send(pkts) })
		pkts := make([][]byte, n)
		for i := range pkts {
			pkts[i] = make([]byte, DefaultMTU)
		}
		if avg := testing.AllocsPerRun(100, func() { _ = a.Send(pkts) }); avg != 0 {
			t.Errorf("sending %d packets allocates %v times, want 0", n, avg)
		}
	}
}

func BenchmarkPipe(b *testing.B) {
	for _, batch := range []int{1, 16, 64} {
		for _, size := range []int{40, DefaultMTU} {
			b.Run(fmt.Sprintf("batch=%d/len=%d", batch, size), func(b *testing.B) {
				x, y := Pipe(0)
				start(b, y, func([][]byte) {})
				pkts := make([][]byte, batch)
				for i := range pkts {
					pkts[i] = make([]byte, size)
				}
				b.ReportAllocs()
				b.SetBytes(int64(batch * size))
				for b.Loop() {
					_ = x.Send(pkts)
				}
			})
		}
	}
}
