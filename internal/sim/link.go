package sim

import (
	"net/netip"

	"github.com/lastack/lastack/internal/wire"
)

// A Link joins two nodes.
type Link struct {
	// Router is the address that ICMP errors come from; if it is not valid they
	// come from the address that could not be reached.
	Router netip.Addr

	dirs [2]*Direction
}

// Link joins two nodes by a link that is the same in both directions.
func (s *Sim) Link(a, b *Node, p Path) *Link { return s.AsymmetricLink(a, b, p, p) }

// AsymmetricLink joins two nodes; there is what a sends, back what b sends.
func (s *Sim) AsymmetricLink(a, b *Node, there, back Path) *Link {
	l := new(Link)
	l.dirs[0] = s.direction(l, a, b, there, 2*len(s.links))
	l.dirs[1] = s.direction(l, b, a, back, 2*len(s.links)+1)
	a.links, b.links = append(a.links, l), append(b.links, l)
	s.links = append(s.links, l)
	return l
}

// From is the direction in which a node, one of the ends, sends.
func (l *Link) From(n *Node) *Direction {
	if l.dirs[0].from == n {
		return l.dirs[0]
	}
	return l.dirs[1]
}

// Set gives both directions the same path.
func (l *Link) Set(p Path) {
	for _, d := range l.dirs {
		d.Path = p
	}
}

// SetDown cuts the link, or mends it. What is on its way arrives.
func (l *Link) SetDown(down bool) {
	for _, d := range l.dirs {
		d.Down = down
	}
}

// Refuse sends an ICMP error about a packet back to its sender, as a router in
// the middle of the link would; m says what kind of error. A rule that refuses
// a packet also drops it.
func (l *Link) Refuse(p *Packet, m wire.ICMP) {
	s, d := p.From.sim, l.From(p.From)
	from := l.Router
	if !from.IsValid() {
		from = p.IP.Dst
	}
	m.Data = p.Data
	e := s.newPacket(d.to)
	e.N, e.on = 0, l.From(d.to)
	e.fill(wire.PutICMP(e.room, &wire.Packet{Src: from, Dst: p.IP.Src}, &m))
	e.event.at = s.now.Add(d.Delay)
	s.queue.add(&e.event)
}
