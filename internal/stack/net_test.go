package stack

import (
	"container/heap"
	"io"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// The hosts of a test network.
var (
	clientIP  = netip.MustParseAddr("10.0.0.1")
	serverIP  = netip.MustParseAddr("10.0.0.2")
	clientIP6 = netip.MustParseAddr("fd00::1")
	serverIP6 = netip.MustParseAddr("fd00::2")

	server80   = netip.AddrPortFrom(serverIP, 80)
	server80v6 = netip.AddrPortFrom(serverIP6, 80)
)

// A fate is what the network does with a packet.
type fate struct {
	drop  bool
	again bool          // deliver it twice
	delay time.Duration // on top of the network's
}

// A network is two cores joined by a wire, in virtual time.
type network struct {
	t              *testing.T
	now            clock.Time
	client, server *Core
	delay          time.Duration
	fate           func(n int, p *wire.Packet) fate // of the n-th packet, counted from one; nil: all arrive
	flying         flights
	sent           int
	outside        []wire.Packet // packets for neither host, their payload copied
	events         []trace.Event
	buf            [65536]byte
}

// newNetwork makes the two hosts; edit may change their configuration.
func newNetwork(t *testing.T, edit ...func(*Config)) *network {
	n := &network{t: t, delay: 10 * time.Millisecond}
	n.client = n.host("client", 1, edit, "10.0.0.1/24", "fd00::1/64")
	n.server = n.host("server", 2, edit, "10.0.0.2/24", "fd00::2/64")
	return n
}

func (n *network) host(name string, seed uint64, edit []func(*Config), addrs ...string) *Core {
	n.t.Helper()
	cfg := Config{Name: name, Rand: rand.New(rand.NewPCG(seed, seed)).Uint64}
	cfg.TCP.SendBuffer, cfg.TCP.RecvBuffer = 1<<20, 1<<20 // so that a test can write all it has at once
	for _, a := range addrs {
		cfg.Addrs = append(cfg.Addrs, netip.MustParsePrefix(a))
	}
	cfg.Observer = func(e *trace.Event) { n.events = append(n.events, *e) }
	for _, f := range edit {
		f(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		n.t.Fatal(err)
	}
	return s
}

// quiet turns the trace off.
func quiet(cfg *Config) { cfg.Observer = nil }

// A flight is a packet on its way.
type flight struct {
	at  clock.Time
	n   int
	to  *Core
	pkt []byte
}

// flights is a heap, by time and then by number.
type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	return f[i].at < f[j].at || f[i].at == f[j].at && f[i].n < f[j].n
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// flush takes what both hosts owe.
func (n *network) flush() {
	for _, s := range []*Core{n.client, n.server} {
		for {
			m := s.Output(n.now, n.buf[:])
			if m == 0 {
				break
			}
			n.send(append([]byte(nil), n.buf[:m]...))
		}
	}
}

// send puts a packet on the wire.
func (n *network) send(pkt []byte) {
	n.t.Helper()
	var p wire.Packet
	if why := wire.ParseIP(pkt, &p); why != wire.OK {
		n.t.Fatalf("a host sent a bad packet: %v", why)
	}
	n.sent++
	var f fate
	if n.fate != nil {
		f = n.fate(n.sent, &p)
	}
	to := n.at(p.Dst)
	switch {
	case f.drop:
	case to == nil:
		n.outside = append(n.outside, p)
	default:
		at := n.now.Add(n.delay + f.delay)
		heap.Push(&n.flying, flight{at, n.sent, to, pkt})
		if f.again {
			heap.Push(&n.flying, flight{at, n.sent, to, pkt})
		}
	}
}

// at is the host with an address.
func (n *network) at(ip netip.Addr) *Core {
	switch ip {
	case clientIP, clientIP6:
		return n.client
	case serverIP, serverIP6:
		return n.server
	}
	return nil
}

// run lets time pass.
func (n *network) run(d time.Duration) {
	end := n.now.Add(d)
	for n.step(end) {
	}
	n.now = end
}

// step does what is next, if it is not after end.
func (n *network) step(end clock.Time) bool {
	n.flush()
	next := min(n.client.Deadline(), n.server.Deadline())
	if len(n.flying) > 0 {
		next = min(next, n.flying[0].at)
	}
	if next > end || next == clock.Never {
		return false
	}
	n.now = max(n.now, next)
	n.client.Expire(n.now)
	n.server.Expire(n.now)
	for len(n.flying) > 0 && n.flying[0].at <= n.now {
		f := heap.Pop(&n.flying).(flight)
		f.to.Input(n.now, f.pkt)
	}
	return true
}

// inject gives a host a segment that its peer has not sent.
func (n *network) inject(to *Core, src, dst netip.AddrPort, seg wire.Segment) {
	to.Input(n.now, segment(src, dst, seg))
}

// segment is a whole packet.
func segment(src, dst netip.AddrPort, seg wire.Segment) []byte {
	seg.SrcPort, seg.DstPort = src.Port(), dst.Port()
	b := make([]byte, 65536)
	return b[:wire.PutTCP(b, &wire.Packet{Src: src.Addr(), Dst: dst.Addr()}, &seg)]
}

// owed is the segments that a host owes now; they go nowhere.
func (n *network) owed(s *Core) (segs []wire.Segment) {
	n.t.Helper()
	for {
		m := s.Output(n.now, n.buf[:])
		if m == 0 {
			return segs
		}
		var p wire.Packet
		var seg wire.Segment
		pkt := append([]byte(nil), n.buf[:m]...)
		if wire.ParseIP(pkt, &p) != wire.OK || wire.ParseTCP(p.Payload, &seg) != wire.OK || !wire.VerifyTCP(&p) {
			n.t.Fatal("a host owes a packet that is not a good TCP segment")
		}
		segs = append(segs, seg)
	}
}

// listen is Listen at the server.
func (n *network) listen(at netip.AddrPort, backlog int) *Listener {
	n.t.Helper()
	l, err := n.server.Listen(n.now, at, backlog)
	if err != nil {
		n.t.Fatal(err)
	}
	return l
}

// dial is Dial at the client.
func (n *network) dial(to netip.AddrPort) *Conn {
	n.t.Helper()
	c, err := n.client.Dial(n.now, netip.AddrPort{}, to)
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// open makes a connection, with a listener at the server's port.
func (n *network) open(at netip.AddrPort) (c, d *Conn, l *Listener) {
	n.t.Helper()
	l = n.listen(at, 0)
	c = n.dial(at)
	n.run(time.Second)
	if d = l.Accept(n.now); d == nil {
		n.t.Fatal("the handshake did not complete")
	}
	n.want(c, fsm.Established)
	n.want(d, fsm.Established)
	return c, d, l
}

// want checks the state of a connection.
func (n *network) want(c *Conn, s fsm.State) {
	n.t.Helper()
	if c.State() != s {
		n.t.Errorf("%v > %v is in %v, want %v", c.Local(), c.Remote(), c.State(), s)
	}
}

// readAll reads what has arrived; eof says whether it is all.
func (n *network) readAll(c *Conn) (data []byte, eof bool) {
	n.t.Helper()
	var b [4096]byte
	for {
		m, err := c.Read(n.now, b[:])
		data = append(data, b[:m]...)
		switch {
		case err == io.EOF:
			return data, true
		case err != nil:
			n.t.Fatalf("read: %v", err)
		case m == 0:
			return data, false
		}
	}
}

// write sends all of p, as fast as the connection takes it.
func (n *network) write(c *Conn, p string) {
	n.t.Helper()
	m, err := c.Write(n.now, []byte(p))
	if m != len(p) || err != nil {
		n.t.Fatalf("write took %d of %d bytes: %v", m, len(p), err)
	}
}

// empty checks that a host has nothing left but its listeners.
func (n *network) empty(s *Core) {
	n.t.Helper()
	if len(s.conns) != 0 || s.all.n != 0 || s.ready.n != 0 || s.wheel.Len() != 0 || s.replies.n != 0 {
		n.t.Errorf("%s has left: %d in the table, %d connections, %d to send, %d timers, %d replies",
			s.cfg.Name, len(s.conns), s.all.n, s.ready.n, s.wheel.Len(), s.replies.n)
	}
	if stats := s.Stats(); stats.QueueBytes != 0 || stats.HalfOpen != 0 {
		n.t.Errorf("%s holds %d bytes of queues, %d half-open connections", s.cfg.Name, stats.QueueBytes, stats.HalfOpen)
	}
	for l := range s.Listeners() {
		if l.halfOpen.n != 0 || l.accept.n != 0 {
			n.t.Errorf("%v has %d half-open, %d waiting", l.Addr(), l.halfOpen.n, l.accept.n)
		}
	}
}

// path is the states that an end went through, as the trace has them.
func (n *network) path(end string) (states []fsm.State) {
	for _, e := range n.events {
		if e.End == end && e.Kind == trace.State {
			if len(states) == 0 {
				states = append(states, e.From)
			}
			states = append(states, e.To)
		}
	}
	return states
}

// wakes collects what a connection notifies.
func wakes(c *Conn) *tcp.Wake {
	all := new(tcp.Wake)
	c.Notify = func(w tcp.Wake) { *all |= w }
	return all
}
