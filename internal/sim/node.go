package sim

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/trace"
)

// A Node is a host of the simulation: a stack with a name and addresses.
type Node struct {
	*stack.Core

	// Tap, if not nil, is shown every packet that the node sends (out) or
	// receives, lost ones too, when it does so. The packet is not to be kept.
	Tap func(p *Packet, out bool)

	sim    *Sim
	cfg    stack.Config
	links  []*Link
	timer  event
	handed uint64      // the number of the packet that passes between stack and network now
	sent   trace.Event // what the stack told of the packet that it sent last
}

// Node adds a host. Its name, for the trace, is cfg.Name. The simulation sets
// the source of randomness and the observer.
func (s *Sim) Node(cfg stack.Config) (*Node, error) {
	n := &Node{sim: s, cfg: cfg}
	n.cfg.Rand = s.random(streamNode, len(s.nodes)).Uint64
	n.cfg.Observer = n.observe
	n.timer.do = func() { n.Core.Expire(s.now) }
	if err := n.Restart(cfg.Secret); err != nil {
		return nil, err
	}
	s.nodes = append(s.nodes, n)
	return n, nil
}

// Restart replaces the node's stack by a new one, as when a machine loses its
// power: it remembers nothing, and nobody is told. The zero secret stands for
// a random one.
func (n *Node) Restart(secret [32]byte) (err error) {
	n.cfg.Secret = secret
	n.Core, err = stack.New(n.cfg)
	return err
}

// Name is the node's name in the trace.
func (n *Node) Name() string { return n.cfg.Name }

// What a stream of random numbers is for. Each use has its own, so that more
// of one does not change another.
const (
	streamNode = iota + 1
	streamLink
)

// random is the generator number n of a use.
func (s *Sim) random(use uint64, n int) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, use<<32|uint64(n)))
}

// observe is the stack's observer: it stamps the event with the number of its
// packet and keeps it.
func (n *Node) observe(e *trace.Event) {
	ev, s := *e, n.sim
	ev.Time -= time.Duration(s.origin)
	if ev.Kind == trace.Timer && ev.Op == trace.Armed {
		ev.Deadline -= time.Duration(s.origin)
	}
	if ev.Kind == trace.Send {
		n.handed = s.nextPacket()
	}
	if ev.Kind == trace.Send || ev.Kind == trace.Recv || ev.Kind == trace.Drop {
		ev.Pkt = n.handed
	}
	if ev.Kind == trace.Send {
		n.sent = ev
	}
	s.events = append(s.events, ev)
}

// nextPacket is the number of the next packet.
func (s *Sim) nextPacket() uint64 {
	s.packet++
	return s.packet
}

// flush sends all that the stack owes.
func (n *Node) flush() {
	for {
		n.handed = 0
		size := n.Output(n.sim.now, n.sim.buf[:])
		if size == 0 {
			return
		}
		if n.handed == 0 { // not TCP
			n.handed, n.sent = n.sim.nextPacket(), trace.Event{}
		}
		n.send(newPacket(n, n.handed, n.sim.buf[:size]))
	}
}

// send gives a packet to the network. One for which there is no link is lost.
func (n *Node) send(p *Packet) {
	if n.Tap != nil {
		n.Tap(p, true)
	}
	for _, l := range n.links {
		if to := l.other(n); to.has(p.IP.Dst) {
			l.carry(p, to)
			return
		}
	}
	n.lost()
}

// lost tells the trace that what was sent last will not arrive.
func (n *Node) lost() {
	if n.sent.Kind == 0 {
		return
	}
	e := n.sent
	e.Kind, e.Reason = trace.Drop, "lost in the network"
	n.sim.events = append(n.sim.events, e)
}

// receive gives a packet to the stack.
func (n *Node) receive(p *Packet) {
	if n.Tap != nil {
		n.Tap(p, false)
	}
	n.handed = p.N
	n.Input(n.sim.now, p.Data)
	n.handed = 0
}

// has reports whether ip is the node's.
func (n *Node) has(ip netip.Addr) bool {
	for _, p := range n.cfg.Addrs {
		if p.Addr() == ip {
			return true
		}
	}
	return false
}

// arm plans the next run of the stack's timers.
func (n *Node) arm() {
	at := n.Deadline()
	if n.timer.place > 0 && n.timer.at == at {
		return
	}
	n.sim.queue.remove(&n.timer)
	if at != clock.Never {
		n.timer.at = max(at, n.sim.now)
		n.sim.queue.add(&n.timer)
	}
}
