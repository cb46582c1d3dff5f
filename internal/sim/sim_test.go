package sim

import (
	"bytes"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

var (
	clientAddr = netip.MustParseAddrPort("10.0.0.1:40000")
	serverAddr = netip.MustParseAddrPort("10.0.0.2:80")
)

const hour = clock.Time(time.Hour)

// A world is a client and a server that listens.
type world struct {
	*Sim
	t              *testing.T
	client, server *Node
	link           *Link
	listener       *stack.Listener
}

func newWorld(t *testing.T, seed uint64, cfg Path) *world {
	t.Helper()
	w := &world{Sim: New(seed), t: t}
	w.client = w.node("client", "10.0.0.1/24")
	w.server = w.node("server", "10.0.0.2/24")
	w.link = w.Link(w.client, w.server, cfg)
	l, err := w.server.Listen(0, serverAddr, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.listener = l
	return w
}

// addrs is the addresses of a node.
func addrs(prefixes ...string) (out []netip.Prefix) {
	for _, p := range prefixes {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

func (w *world) node(name, addr string) *Node {
	w.t.Helper()
	n, err := w.Node(stack.Config{Name: name, Addrs: addrs(addr)})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) dial() *stack.Conn {
	w.t.Helper()
	c, err := w.client.Dial(w.Now(), clientAddr, serverAddr)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// accept calls do with the next connection of the server.
func (w *world) accept(do func(*stack.Conn)) {
	var c *stack.Conn
	w.When(func() bool { c = w.listener.Accept(w.Now()); return c != nil }, func() { do(c) })
}

// upload sends data from the client to the server, closes both ends and
// returns what the server has read.
func (w *world) upload(data []byte) (got []byte) {
	c := w.dial()
	var send func()
	send = func() {
		n, err := c.Write(w.Now(), data)
		if err != nil {
			w.t.Errorf("write: %v", err)
		}
		if data = data[n:]; len(data) == 0 {
			_ = c.Close(w.Now())
			return
		}
		w.When(func() bool { return c.Room() > 0 }, send)
	}
	w.When(func() bool { return c.State() == fsm.Established }, send)
	w.accept(func(c *stack.Conn) {
		var buf [4096]byte
		var read func()
		read = func() {
			n, err := c.Read(w.Now(), buf[:])
			got = append(got, buf[:n]...)
			if err == io.EOF {
				c.Release(w.Now())
				return
			}
			w.When(func() bool { return c.Unread() > 0 || c.State() != fsm.Established }, read)
		}
		read()
	})
	if !w.Run(hour) {
		w.t.Error("the simulation does not come to an end")
	}
	return got
}

func TestTransferOverLossAndDelayDeliversEqualBytes(t *testing.T) {
	data := make([]byte, 300_000)
	for i := range data {
		data[i] = byte(i * i / 7)
	}
	for seed := range uint64(5) {
		w := newWorld(t, seed, Path{Delay: 10 * time.Millisecond, Loss: 0.03})
		if got := w.upload(slices.Clone(data)); !bytes.Equal(got, data) {
			t.Errorf("seed %d: %d bytes arrived of %d, or others", seed, len(got), len(data))
		}
	}
}

func TestSameSeedGivesTheSameEvents(t *testing.T) {
	run := func(seed uint64) []trace.Event {
		w := newWorld(t, seed, Path{Delay: 10 * time.Millisecond, Loss: 0.1})
		w.upload(make([]byte, 50_000))
		return w.Events()
	}
	a, b := run(7), run(7)
	if d := cmp.Diff(a, b, cmpopts.EquateComparable(trace.Conn{})); d != "" {
		t.Errorf("two runs differ (-first +second):\n%s", d)
	}
	if cmp.Equal(a, run(8), cmpopts.EquateComparable(trace.Conn{})) {
		t.Error("another seed gives the same events")
	}
}

func TestPacketHasOneNumberAtBothEnds(t *testing.T) {
	w := newWorld(t, 1, Path{Delay: time.Millisecond})
	w.upload(make([]byte, 5000))
	sent, received := map[uint64]trace.Segment{}, 0
	for _, e := range w.Events() {
		if e.Kind == trace.Send {
			if _, again := sent[e.Pkt]; again || e.Pkt == 0 {
				t.Errorf("number %d is given twice", e.Pkt)
			}
			sent[e.Pkt] = e.Seg
		}
		if e.Kind == trace.Recv {
			received++
			if s := sent[e.Pkt]; s.Seq != e.Seg.Seq || s.Flags != e.Seg.Flags || s.Len != e.Seg.Len {
				t.Errorf("packet %d was sent as %+v and arrived as %+v", e.Pkt, s, e.Seg)
			}
		}
	}
	if len(sent) != received || w.Packets() != received {
		t.Errorf("%d sent, %d received, %d counted", len(sent), received, w.Packets())
	}
}

func isSYN(p *Packet) bool { return p.TCP.Flags == wire.SYN }

func TestRuleDropsWhatItSays(t *testing.T) {
	w := newWorld(t, 1, Path{Delay: time.Millisecond, Rule: Nth(1, isSYN, Drop)})
	w.upload([]byte("hello"))
	var kinds []string
	for _, e := range w.Events() {
		if e.End == "client" && e.Seg.Flags == trace.SYN {
			kinds = append(kinds, e.Kind.String()+" "+e.Time.String()+" "+e.Reason)
		}
	}
	want := []string{"send 0s ", "drop 0s lost in the network", "send 1s "}
	if !slices.Equal(kinds, want) {
		t.Errorf("the client's SYNs: %q, want %q", kinds, want)
	}
}

func TestRuleHoldsAPacketBackAndOthersOvertake(t *testing.T) {
	w := newWorld(t, 1, Path{Delay: time.Millisecond, Rule: Nth(1, isSYN, Delay(5*time.Second))})
	w.upload([]byte("hello"))
	var at []time.Duration
	for _, e := range w.Events() {
		if e.End == "server" && e.Kind == trace.Recv && e.Seg.Flags == trace.SYN {
			at = append(at, e.Time)
		}
	}
	want := []time.Duration{1001 * time.Millisecond, 5001 * time.Millisecond}
	if !slices.Equal(at, want) {
		t.Errorf("SYNs arrive at %v, want %v", at, want)
	}
}

func TestFirstRuleThatDoesNotPassDecides(t *testing.T) {
	asked := 0
	count := func(*Packet) Verdict { asked++; return Delay(time.Second) }
	both := Rules(Nth(1, isSYN, Drop), count)
	syn := &Packet{TCP: wire.Segment{Flags: wire.SYN}}
	if v := both(syn); v != Drop {
		t.Errorf("first packet: %v, want Drop", v)
	}
	if v := both(syn); v != Delay(time.Second) || asked != 2 {
		t.Errorf("second packet: %v after %d questions, want a delay and 2", v, asked)
	}
}

func TestChanceOfOneDirectionDoesNotDependOnTheOther(t *testing.T) {
	draws := func(others int) (out []float64) {
		w := newWorld(t, 3, Path{})
		for range others {
			w.link.dirs[1].chance.loss.Float64()
		}
		for range 5 {
			out = append(out, w.link.dirs[0].chance.loss.Float64())
		}
		return out
	}
	if a, b := draws(0), draws(100); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

func TestBeginMakesTheTraceCountFromThere(t *testing.T) {
	w := newWorld(t, 1, Path{Delay: time.Millisecond})
	c := w.dial()
	w.Run(clock.Time(time.Second))
	w.Begin()
	_ = c.Close(w.Now())
	w.Run(w.Now().Add(time.Second))
	first := w.Events()[0]
	if first.Time != 0 || first.Call != "close-write" {
		t.Errorf("the trace begins with %+v", first)
	}
	for _, e := range w.Events() {
		if e.Kind == trace.Send && e.Pkt == 1 && e.Seg.Flags&trace.FIN == 0 {
			t.Errorf("packet 1 is %+v, want the FIN", e)
		}
	}
}

func TestRestartedNodeRemembersNothing(t *testing.T) {
	w := newWorld(t, 1, Path{Delay: time.Millisecond})
	w.dial()
	w.Run(clock.Time(time.Second))
	if err := w.client.Restart([32]byte{1}); err != nil {
		t.Fatal(err)
	}
	for c := range w.client.Conns() {
		t.Errorf("there still is %v to %v", c.Local(), c.Remote())
	}
	if w.client.Name() != "client" {
		t.Error("the node has lost its name")
	}
}

func TestEventsOfOneInstantKeepTheirOrder(t *testing.T) {
	s := New(0)
	var got []int
	for i := range 5 {
		s.At(10, func() { got = append(got, i) })
	}
	s.At(5, func() { s.At(0, func() { got = append(got, -1) }) }) // too late: at once
	s.Run(hour)
	if want := []int{-1, 0, 1, 2, 3, 4}; !slices.Equal(got, want) || s.Now() != 10 {
		t.Errorf("%v at %v, want %v", got, s.Now(), want)
	}
}

func TestRunStopsAtTheLimit(t *testing.T) {
	s := New(0)
	s.At(20, func() { t.Error("came too early") })
	if s.Run(19) || s.Now() != 19 {
		t.Errorf("quiet at %v", s.Now())
	}
}
