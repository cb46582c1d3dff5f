package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lastack/lastack/internal/wire"
)

// LinkConfig is what a link does to packets.
type LinkConfig struct {
	Delay time.Duration // one way: half of the round-trip time
	Loss  float64       // the share of packets that are lost, 0 to 1, in each direction
	Rule  Rule          // scripted faults; nil: none
}

// A Link joins two nodes. Its configuration may be changed while it runs.
type Link struct {
	LinkConfig

	sim    *Sim
	ends   [2]*Node
	random [2]*rand.Rand // for what is sent by each end
}

// Link joins two nodes.
func (s *Sim) Link(a, b *Node, cfg LinkConfig) *Link {
	l := &Link{LinkConfig: cfg, sim: s, ends: [2]*Node{a, b}}
	for i := range l.random {
		l.random[i] = s.random(streamLink, 2*len(s.links)+i)
	}
	a.links, b.links = append(a.links, l), append(b.links, l)
	s.links = append(s.links, l)
	return l
}

// other is the end that is not n.
func (l *Link) other(n *Node) *Node {
	if l.ends[0] == n {
		return l.ends[1]
	}
	return l.ends[0]
}

// carry takes a packet to its end of the link, or loses it. Chance is asked
// for every packet, whatever the rule says, so that a rule does not change what
// happens to other packets.
func (l *Link) carry(p *Packet, to *Node) {
	unlucky := l.random[slices.Index(l.ends[:], p.From)].Float64() < l.Loss
	verdict := Pass
	if l.Rule != nil {
		verdict = l.Rule(p)
	}
	if unlucky || verdict == Drop {
		p.From.lost()
		return
	}
	l.sim.After(l.Delay+time.Duration(verdict), func() { to.receive(p) })
}

// A Packet is an IP packet on its way.
type Packet struct {
	N    uint64 // its number, counted from one over the whole simulation
	From *Node
	Data []byte       // the whole packet
	IP   wire.Packet  // its header
	TCP  wire.Segment // if it is TCP; zero otherwise
}

// newPacket copies and parses a packet that a stack has sent.
func newPacket(from *Node, number uint64, data []byte) *Packet {
	p := &Packet{N: number, From: from, Data: slices.Clone(data)}
	if why := wire.ParseIP(p.Data, &p.IP); why != wire.OK {
		panic("BUG: " + from.Name() + " sent a packet that does not parse: " + why.String())
	}
	if p.IP.Proto == wire.ProtoTCP {
		if why := wire.ParseTCP(p.IP.Payload, &p.TCP); why != wire.OK {
			panic("BUG: " + from.Name() + " sent a segment that does not parse: " + why.String())
		}
	}
	return p
}

// A Rule says what becomes of a packet on a link.
type Rule func(p *Packet) Verdict

// A Verdict is what a Rule says: Drop, or how much longer than the link's delay
// the packet takes, in nanoseconds.
type Verdict time.Duration

// The verdicts that are not delays.
const (
	Pass Verdict = 0
	Drop Verdict = -1
)

// Delay is the verdict that holds a packet back. Others may overtake it.
func Delay(d time.Duration) Verdict { return Verdict(max(d, 0)) }

// Nth gives the verdict on the n-th packet that matches, counted from one, and
// lets all others pass.
func Nth(n int, match func(*Packet) bool, v Verdict) Rule {
	return func(p *Packet) Verdict {
		if !match(p) {
			return Pass
		}
		if n--; n == 0 {
			return v
		}
		return Pass
	}
}

// Rules asks every rule about every packet; the first that does not let it pass
// decides.
func Rules(rules ...Rule) Rule {
	return func(p *Packet) (v Verdict) {
		for _, r := range rules {
			if own := r(p); v == Pass {
				v = own
			}
		}
		return v
	}
}
