package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A stream is a connection whose client always sends and whose server always
// reads, in a simulation without a trace.
type stream struct {
	*Sim
	from, to       *stack.Conn
	client, server *Node
	link           *Link
	text, buf      []byte
	read           int // bytes
}

func newStream(tb testing.TB, p Path) *stream {
	tb.Helper()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	st := &stream{Sim: NewQuiet(1), text: make([]byte, 64<<10), buf: make([]byte, 64<<10)}
	cfg := stack.Config{Addrs: addrs("10.0.0.1/24"), TCP: tcp.Config{NoDelay: true, SendBuffer: 8 << 20, RecvBuffer: 8 << 20}}
	var err error
	st.client, err = st.Node(cfg)
	must(err)
	cfg.Addrs = addrs("10.0.0.2/24")
	st.server, err = st.Node(cfg)
	must(err)
	st.link = st.Link(st.client, st.server, p)
	l, err := st.server.Listen(0, serverAddr, 0)
	must(err)
	st.from, err = st.client.Dial(0, clientAddr, serverAddr)
	must(err)
	st.When(func() bool { st.to = l.Accept(st.Now()); return st.to != nil }, func() {})
	st.RunUntil(hour, func() bool { return st.to != nil && st.from.State() == fsm.Established })
	return st
}

// pump lets the simulation run until n more packets were sent.
func (st *stream) pump(n int) {
	end := st.Packets() + n
	st.RunUntil(clock.Never-1, func() bool {
		st.move()
		return st.Packets() >= end
	})
}

// move is what the applications do: write what fits, read what came.
func (st *stream) move() {
	if st.from.Room() >= len(st.text) {
		_, _ = st.from.Write(st.Now(), st.text)
		st.client.touched = true
	}
	for st.to.Unread() > 0 {
		n, _ := st.to.Read(st.Now(), st.buf)
		st.read += n
		st.server.touched = true
	}
}

// A long run costs no memory: packets and their places are used again. What few
// allocations there are is queues that have never been as long.
func TestQuietRunAllocatesNothing(t *testing.T) {
	st := newStream(t, Path{Rate: 100_000_000, Delay: 5 * ms, Queue: Queue{Packets: 100}, Jitter: time.Microsecond})
	st.pump(20_000) // until slow start is over
	if n := testing.AllocsPerRun(5, func() { st.pump(2000) }); n > 5 {
		t.Errorf("2000 packets allocate %v times", n)
	}
}

// How many packets a second a core simulates, with both stacks at work: data
// one way, acknowledgments the other.
func BenchmarkPackets(b *testing.B) {
	for _, rtt := range []time.Duration{0, ms, 100 * ms} {
		b.Run(fmt.Sprintf("rtt=%v", rtt), func(b *testing.B) {
			st := newStream(b, Path{Rate: 1_000_000_000, Delay: rtt / 2, Queue: Queue{Packets: 1000}})
			st.pump(1000)
			b.ReportAllocs()
			b.ResetTimer()
			st.pump(b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}

// The network alone: a packet goes through a queue, a rate and a delay.
func BenchmarkLink(b *testing.B) {
	st := newStream(b, Path{Rate: 1_000_000_000, Delay: 10 * ms})
	d := st.link.From(st.client)
	d.Rule = func(*Packet) Verdict { return Pass }
	b.ReportAllocs()
	for range b.N {
		p := st.newPacket(st.client)
		p.Data = p.room[:1500]
		p.IP.Src, p.IP.Dst = clientAddr.Addr(), serverAddr.Addr()
		p.gone = false
		d.carry(p)
		if d.line.packets.n >= 100 {
			for d.line.packets.n > 0 {
				e := st.queue.first()
				st.queue.remove(e)
				st.now = e.at
				e.do.act()
			}
		}
	}
}
