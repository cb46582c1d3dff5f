package stack

import (
	"fmt"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// exchange carries packets between the hosts, at once and without allocating,
// until neither owes any.
func (n *network) exchange() (packets int) {
	n.now = n.now.Add(time.Millisecond)
	for {
		before := packets
		for m := n.client.Output(n.now, n.buf[:]); m > 0; m = n.client.Output(n.now, n.buf[:]) {
			n.server.Input(n.now, n.buf[:m])
			packets++
		}
		for m := n.server.Output(n.now, n.buf[:]); m > 0; m = n.server.Output(n.now, n.buf[:]) {
			n.client.Input(n.now, n.buf[:m])
			packets++
		}
		if packets == before {
			return packets
		}
	}
}

// expire runs timers that are due.
func (n *network) expire() {
	for _, s := range []*Core{n.client, n.server} {
		if s.Deadline() != clock.Never && !s.Deadline().After(n.now) {
			s.Expire(n.now)
		}
	}
}

// In steady state nothing is allocated for a segment, either way.
func TestSegmentsAllocateNothing(t *testing.T) {
	n := newNetwork(t, quiet)
	c, d, _ := n.open(server80)
	var data, b [64 << 10]byte
	turn := func() {
		c.Write(n.now, data[:])
		d.Write(n.now, data[:])
		n.exchange()
		c.Read(n.now, b[:])
		d.Read(n.now, b[:])
		n.exchange()
		n.expire()
	}
	for range 50 {
		turn()
	}
	if got := testing.AllocsPerRun(200, turn); got > 0 {
		t.Errorf("%v allocations for 64 KiB each way, want none", got)
	}
	if got := n.server.Stats(); got.BytesIn < 200*uint64(len(data)) {
		t.Errorf("only %d bytes went through", got.BytesIn)
	}
}

// Nor for what belongs to nobody.
func TestResetsAndEchoesAllocateNothing(t *testing.T) {
	n := newNetwork(t, quiet)
	syn := segment(peer, server80, wire.Segment{Flags: wire.SYN})
	b := make([]byte, 1500)
	echo := b[:wire.PutICMP(b, &wire.Packet{Src: clientIP, Dst: serverIP}, &wire.ICMP{Kind: wire.EchoRequest, Data: make([]byte, 1000)})]
	turn := func() {
		n.now = n.now.Add(10 * time.Millisecond)
		n.server.Input(n.now, syn)
		n.server.Input(n.now, echo)
		for n.server.Output(n.now, n.buf[:]) > 0 {
		}
	}
	for range 2 * maxReplies {
		turn()
	}
	if got := testing.AllocsPerRun(200, turn); got > 0 {
		t.Errorf("%v allocations for a reset and an echo, want none", got)
	}
}

func BenchmarkTransfer(b *testing.B) {
	for _, size := range []int{64, 1448, 65536} {
		b.Run(fmt.Sprintf("write=%d", size), func(b *testing.B) {
			n := newNetwork(&testing.T{}, quiet)
			c, d, _ := n.open(server80)
			data, into := make([]byte, size), make([]byte, 128<<10)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				c.Write(n.now, data)
				n.exchange()
				d.Read(n.now, into)
				n.expire()
			}
		})
	}
}

func BenchmarkDemux(b *testing.B) {
	for _, conns := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("conns=%d", conns), func(b *testing.B) {
			n := newNetwork(&testing.T{}, quiet)
			n.listen(server80, conns)
			for range conns {
				n.dial(server80)
				if n.client.all.n%500 == 0 {
					n.exchange()
				}
			}
			n.exchange()
			var pkts [][]byte
			for c := range n.client.Conns() {
				ack := wire.Segment{Flags: wire.ACK, Seq: c.tcp.SndNxt(), Ack: c.tcp.RcvNxt(), Wnd: 1000}
				pkts = append(pkts, append([]byte(nil), segment(c.Local(), c.Remote(), ack)...))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				n.server.Input(n.now, pkts[i%len(pkts)])
			}
		})
	}
}
