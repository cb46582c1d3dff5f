package throughput

import (
	"math"
	"net/netip"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// Where the two hosts are.
var (
	clientAddr = netip.MustParseAddr("10.0.0.1")
	serverAddr = netip.MustParseAddrPort("10.0.0.2:80")
)

// never is after everything that a measurement waits for.
const never = clock.Never - 1

// A world is two hosts and the link between them.
type world struct {
	*sim.Sim
	client, server *sim.Node
	link           *sim.Link
	listener       *stack.Listener
	control        func() congestion.Controller // of the next connection
}

// newWorld makes hosts with buffers of so many bytes; 0 leaves them to follow
// the traffic. What a host sends goes there or back.
func newWorld(seed uint64, buffer int, there, back sim.Path) *world {
	w := &world{Sim: sim.NewQuiet(seed)}
	w.use(congestion.Default)
	w.client, w.server = w.host(clientAddr, buffer), w.host(serverAddr.Addr(), buffer)
	w.link = w.AsymmetricLink(w.client, w.server, there, back)
	l, err := w.server.Listen(0, serverAddr, 0)
	must(err)
	w.listener = l
	return w
}

func (w *world) host(at netip.Addr, buffer int) *sim.Node {
	n, err := w.Node(stack.Config{
		Addrs: []netip.Prefix{netip.PrefixFrom(at, 24)},
		TCP: tcp.Config{
			NoDelay: true, SendBuffer: buffer, RecvBuffer: buffer,
			Congestion: func() congestion.Controller { return w.control() },
		},
	})
	must(err)
	return n
}

// must ends a measurement that is not set up right.
func must(err error) {
	if err != nil {
		panic("BUG: " + err.Error())
	}
}

// use chooses the congestion control of connections to come.
func (w *world) use(name string) {
	control, err := congestion.New(name)
	must(err)
	w.control = control
}

// A flow is a connection and what came over it.
type flow struct {
	from, to *stack.Conn // to is nil until it is accepted
	got      int         // bytes read
}

// open connects the client from a port, under a congestion control at both ends,
// and waits until that is done. The client sends.
func (w *world) open(port uint16, name string) *flow {
	w.use(name)
	c, err := w.client.Dial(w.Now(), netip.AddrPortFrom(clientAddr, port), serverAddr)
	must(err)
	f := &flow{from: c}
	w.When(func() bool { f.to = w.listener.Accept(w.Now()); return f.to != nil }, func() {})
	w.RunUntil(never, func() bool { return f.to != nil && c.State() == fsm.Established })
	return f
}

// chunk is how much an application writes or reads at a time, in bytes.
const chunk = 64 << 10

// endless is more bytes than any measurement lets pass.
const endless = math.MaxInt

// pour lets the flow's sender write n bytes, as fast as they are taken, and its
// receiver read all that comes.
func (w *world) pour(f *flow, n int) {
	w.write(f, n)
	w.read(f)
}

// write lets the flow's sender write n bytes, and then close.
func (w *world) write(f *flow, n int) {
	text := make([]byte, chunk)
	room := func() bool { return f.from.Room() >= min(chunk, n) }
	var more func()
	more = func() {
		took, err := f.from.Write(w.Now(), text[:min(chunk, n)])
		must(err)
		if n -= took; n == 0 {
			must(f.from.Close(w.Now()))
			return
		}
		w.When(room, more)
	}
	w.When(room, more)
}

// read lets the flow's receiver read all that comes.
func (w *world) read(f *flow) {
	buf := make([]byte, chunk)
	unread := func() bool { return f.to.Unread() > 0 }
	var more func()
	more = func() {
		for unread() {
			took, _ := f.to.Read(w.Now(), buf)
			f.got += took
		}
		w.When(unread, more)
	}
	w.When(unread, more)
}
