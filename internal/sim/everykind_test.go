package sim

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// The upload in which a segment of every kind is lost, in bytes: more than the
// server has room for, which does not read for some time.
const (
	text      = 1448
	uploaded  = 40 * text
	roomy     = 10 * text
	readAfter = 5 * time.Second
)

// A loss is the network losing the first segment of a kind.
type loss struct {
	kind string
	is   func(v *view, p *Packet) bool
}

// A view is what the network has seen of a connection.
type view struct {
	client     *Node
	iss        seq.Num // of the client
	closed     bool    // the server's window was zero at last
	fin        bool    // the client has sent its FIN
	serverFIN  seq.Num // the number after the server's FIN, once it was sent
	hasServers bool
}

// at is where a segment of the client begins in the stream of its text.
func (v *view) at(p *Packet) int { return p.TCP.Seq.Sub(v.iss + 1) }

// data reports whether the segment carries text of the client.
func (v *view) data(p *Packet) bool { return p.From == v.client && len(p.TCP.Payload) > 0 }

// fromServer reports whether the segment is an ACK of the server without text.
func (v *view) fromServer(p *Packet) bool { return p.From != v.client && p.TCP.Flags == wire.ACK }

// losses is a segment of every kind.
var losses = []loss{
	{"SYN", func(v *view, p *Packet) bool { return p.TCP.Flags == wire.SYN }},
	{"SYN,ACK", func(v *view, p *Packet) bool { return p.TCP.Has(wire.SYN) && p.TCP.Has(wire.ACK) }},
	{"ACK of the handshake", func(v *view, p *Packet) bool { return p.From == v.client && p.TCP.Flags == wire.ACK && !v.data(p) }},
	{"first data", func(v *view, p *Packet) bool { return v.data(p) && v.at(p) == 0 }},
	{"middle data", func(v *view, p *Packet) bool { return v.data(p) && v.at(p) >= uploaded/2 }},
	{"last data", func(v *view, p *Packet) bool { return v.data(p) && v.at(p)+len(p.TCP.Payload) == uploaded }},
	{"window update", func(v *view, p *Packet) bool { return v.fromServer(p) && v.closed && p.TCP.Wnd > 0 }},
	{"probe", func(v *view, p *Packet) bool { return p.From == v.client && v.closed }},
	{"FIN", func(v *view, p *Packet) bool { return p.From == v.client && p.TCP.Has(wire.FIN) }},
	{"ACK of the FIN", func(v *view, p *Packet) bool {
		return v.fromServer(p) && v.fin && p.TCP.Ack == v.iss.Add(1+uploaded+1)
	}},
	{"FIN of the server", func(v *view, p *Packet) bool { return p.From != v.client && p.TCP.Has(wire.FIN) }},
	{"last ACK", func(v *view, p *Packet) bool {
		return p.From == v.client && v.hasServers && p.TCP.Ack == v.serverFIN && !p.TCP.Has(wire.FIN)
	}},
}

// note takes a segment into account, after it was judged.
func (v *view) note(p *Packet) {
	switch {
	case p.From == v.client && p.TCP.Flags == wire.SYN:
		v.iss = p.TCP.Seq
	case p.From == v.client:
		v.fin = v.fin || p.TCP.Has(wire.FIN)
	case p.TCP.Has(wire.FIN):
		v.serverFIN, v.hasServers = p.TCP.End(), true
	case !p.TCP.Has(wire.SYN):
		v.closed = p.TCP.Wnd == 0
	}
}

// An outcome is what became of an upload.
type outcome struct {
	got    []byte
	states []fsm.State   // of both ends, at last
	lost   []string      // the kinds that the network has lost
	rtos   int           // retransmission timeouts after the handshake
	took   time.Duration // until the server had everything
	errs   []error
}

// uploadLosing lets a client upload over a network that loses the first segment
// of each of the kinds.
func uploadLosing(t *testing.T, data []byte, kinds ...loss) (out outcome) {
	t.Helper()
	w := &world{Sim: New(1), t: t}
	w.client = w.node("client", "10.0.0.1/24")
	n, err := w.Node(stack.Config{Name: "server", Addrs: addrs("10.0.0.2/24"), TCP: tcp.Config{RecvBuffer: roomy}})
	if err != nil {
		t.Fatal(err)
	}
	w.server = n
	v := &view{client: w.client}
	w.link = w.Link(w.client, w.server, Path{Delay: 10 * ms, Rate: 100_000_000, Rule: func(p *Packet) (verdict Verdict) {
		for _, k := range kinds {
			if verdict == Pass && !slices.Contains(out.lost, k.kind) && k.is(v, p) {
				out.lost = append(out.lost, k.kind)
				verdict = Drop
			}
		}
		v.note(p)
		return verdict
	}})
	if w.listener, err = w.server.Listen(0, serverAddr, 0); err != nil {
		t.Fatal(err)
	}
	c := w.dial()
	w.send(c, data)
	var s *stack.Conn
	w.accept(func(accepted *stack.Conn) {
		s = accepted
		w.After(readAfter, func() { w.receive(s, &out) })
	})
	if !w.Run(hour) {
		t.Error("the simulation does not come to an end")
	}
	out.states = []fsm.State{c.State(), s.State()}
	out.errs = append(out.errs, c.Err(), s.Err())
	out.rtos = timeouts(w.Events())
	return out
}

// send writes all of data as there is room, and closes when it is acknowledged. It
// begins a little after the handshake, so that this has an ACK of its own.
func (w *world) send(c *stack.Conn, data []byte) {
	var write func()
	write = func() {
		n, err := c.Write(w.Now(), data)
		if err != nil {
			w.t.Errorf("write: %v", err)
			return
		}
		if data = data[n:]; len(data) == 0 {
			w.When(c.Acked, func() { _ = c.Close(w.Now()) })
			return
		}
		w.When(func() bool { return c.Room() > 0 }, write)
	}
	w.When(func() bool { return c.State() == fsm.Established }, func() { w.After(5*ms, write) })
}

// receive reads to the end and closes after a while.
func (w *world) receive(s *stack.Conn, out *outcome) {
	var buf [4096]byte
	var read func()
	read = func() {
		n, err := s.Read(w.Now(), buf[:])
		out.got = append(out.got, buf[:n]...)
		if len(out.got) == uploaded && out.took == 0 {
			out.took = w.Time()
		}
		if err == io.EOF {
			w.After(100*ms, func() { s.Release(w.Now()) })
			return
		}
		w.When(func() bool { return s.Unread() > 0 || s.State() != fsm.Established }, read)
	}
	read()
}

// timeouts is how often a retransmission timer fired outside of the handshake.
func timeouts(events []trace.Event) (n int) {
	for _, e := range events {
		if e.Kind == trace.Timer && e.Op == trace.Fired && e.Timer == trace.Retransmission && e.From.Synchronized() {
			n++
		}
	}
	return n
}

// unavoidable is the pairs that RFC 8985 has only the timeout for: the second loss
// hits the probe that mends the first, or its answer, or comes while that probe may
// still have been in vain, so that there is no other (RFC 8985 §7.2, TLP.end_seq).
var unavoidable = [][2]string{{"FIN", "ACK of the FIN"}, {"FIN of the server", "last ACK"}, {"last data", "FIN"}}

// check tells what is wrong with an outcome.
func (out *outcome) check(data []byte, kinds ...loss) (faults []string) {
	var names []string
	for _, k := range kinds {
		names = append(names, k.kind)
		if !slices.Contains(out.lost, k.kind) {
			faults = append(faults, "no "+k.kind+" was there to be lost")
		}
	}
	if !bytes.Equal(out.got, data) {
		faults = append(faults, fmt.Sprintf("%d bytes arrived of %d, or others", len(out.got), len(data)))
	}
	for i, s := range out.states {
		if s != fsm.Closed || out.errs[i] != nil {
			faults = append(faults, fmt.Sprintf("end %d is %v at last, error %v", i, s, out.errs[i]))
		}
	}
	may := slices.ContainsFunc(unavoidable, func(p [2]string) bool {
		return slices.Contains(names, p[0]) && slices.Contains(names, p[1])
	})
	if out.rtos > 0 && !may {
		faults = append(faults, fmt.Sprintf("%d retransmission timeouts, though RFC 8985 avoids them", out.rtos))
	}
	return faults
}

// pattern is text in which a byte out of place shows.
func pattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i * i / 7)
	}
	return data
}

// A segment of every kind is lost, one at a time: all arrives, both ends come to
// CLOSED, and no retransmission timer fires once the connection is open.
func TestOneSegmentOfEachKindLost(t *testing.T) {
	data := pattern(uploaded)
	plain := uploadLosing(t, slices.Clone(data))
	for _, f := range plain.check(data) {
		t.Errorf("nothing lost: %s", f)
	}
	for _, k := range losses {
		out := uploadLosing(t, slices.Clone(data), k)
		for _, f := range out.check(data, k) {
			t.Errorf("%s lost: %s", k.kind, f)
		}
	}
}

// The same for every pair of kinds.
func TestOneSegmentOfEachPairOfKindsLost(t *testing.T) {
	data := pattern(uploaded)
	for i, a := range losses {
		for _, b := range losses[i+1:] {
			out := uploadLosing(t, slices.Clone(data), a, b)
			for _, f := range out.check(data, a, b) {
				t.Errorf("%s and %s lost: %s", a.kind, b.kind, f)
			}
		}
	}
}
