package sim

import (
	"net/netip"

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

	sim     *Sim
	cfg     stack.Config
	links   []*Link
	timer   event
	touched bool        // something has happened to the stack in this turn
	handed  uint64      // the number of the packet that passes between stack and network now
	sent    trace.Event // what the stack told of the packet that it sent last
}

// Node adds a host. Its name, for the trace, is cfg.Name. The simulation sets
// the source of randomness and the observer.
func (s *Sim) Node(cfg stack.Config) (*Node, error) {
	n := &Node{sim: s, cfg: cfg}
	n.cfg.Rand = s.random(streamNode, len(s.nodes)).Uint64
	if !s.quiet {
		n.cfg.Observer = n.observe
	}
	n.timer.do = (*expiry)(n)
	if err := n.Restart(cfg.Secret); err != nil {
		return nil, err
	}
	s.nodes = append(s.nodes, n)
	s.mtu = max(s.mtu, cfg.MTU, stack.DefaultMTU)
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

// flush sends all that the stack owes.
func (n *Node) flush() {
	if !n.touched {
		return
	}
	for {
		n.handed = 0
		p := n.sim.newPacket(n)
		size := n.Output(n.sim.now, p.room)
		if size == 0 {
			n.sim.release(p)
			return
		}
		if n.handed == 0 { // not TCP, or there is no trace
			n.handed, n.sent.Kind = n.sim.nextPacket(), 0
		}
		p.N = n.handed
		p.fill(size)
		n.send(p)
	}
}

// send gives a packet to the network. One for which there is no link is lost.
func (n *Node) send(p *Packet) {
	if n.Tap != nil {
		n.Tap(p, true)
	}
	if n.sent.Kind != 0 {
		p.told = n.sent
	}
	for _, l := range n.links {
		if d := l.From(n); d.to.has(p.IP.Dst) {
			d.carry(p)
			return
		}
	}
	p.lose(lostInNetwork)
	n.sim.release(p)
}

// receive gives a packet to the stack.
func (n *Node) receive(p *Packet) {
	n.touched = true
	if p.era != n.sim.era { // its number is another packet's now
		p.N, p.told.Kind = 0, 0
	}
	if n.Tap != nil {
		n.Tap(p, false)
	}
	n.handed = p.N
	n.Input(n.sim.now, p.Data)
	n.handed = 0
}

// Inject gives a packet to the stack as if the network had brought it: a forged
// one, or one from long ago. It has no number.
func (n *Node) Inject(data []byte) {
	p := n.sim.newPacket(n)
	p.N = 0
	p.fill(copy(p.room, data))
	n.receive(p)
	n.sim.release(p)
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

// An expiry is a node whose timers are due.
type expiry Node

func (e *expiry) act() {
	e.touched = true
	e.Expire(e.sim.now)
}

// arm plans the next run of the stack's timers.
func (n *Node) arm() {
	if !n.touched {
		return
	}
	n.touched = false
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
