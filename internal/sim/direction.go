package sim

import (
	"time"

	"github.com/lastack/lastack/internal/wire"
)

// A Direction is one of the two ways over a link. Its Path may be changed while
// it runs.
type Direction struct {
	Path
	Stats Stats

	sim      *Sim
	link     *Link
	from, to *Node
	chance   chance
	line     line
	air      air
}

// direction makes the direction number n of the simulation.
func (s *Sim) direction(l *Link, from, to *Node, p Path, n int) *Direction {
	d := &Direction{Path: p, sim: s, link: l, from: from, to: to, chance: s.chance(n)}
	d.line.event.do = (*sendOff)(d)
	d.air.event.do = (*landing)(d)
	return d
}

// carry takes a packet that a node has just sent: to the other end, or to its
// loss.
func (d *Direction) carry(p *Packet) {
	p.on = d
	switch {
	case d.Down:
		d.Stats.Down++
		p.lose(linkDown)
		d.sim.release(p)
		return
	case d.MTU > 0 && len(p.Data) > d.MTU:
		d.tooBig(p)
		return
	}
	d.judge(p)
	if d.Rate == 0 {
		d.launch(p)
		return
	}
	d.wait(p)
}

// tooBig drops a packet that the link cannot carry, and says so unless it is a
// black hole.
func (d *Direction) tooBig(p *Packet) {
	d.Stats.TooBig++
	p.lose(tooBig)
	if !d.BlackHole {
		d.link.Refuse(p, wire.ICMP{Kind: wire.PacketTooBig, MTU: d.MTU})
	}
	d.sim.release(p)
}

// judge decides the fate of a packet, by the rule and by chance. Chance is asked
// for every packet, whatever the rule says, so that a rule does not change what
// happens to other packets.
func (d *Direction) judge(p *Packet) {
	unlucky, damage, held := d.lost(), d.corrupts(), d.reorders()
	verdict := Pass
	if d.Rule != nil {
		verdict = d.Rule(p)
	}
	switch {
	case unlucky || verdict == Drop:
		d.Stats.Lost++
		p.gone = true
		p.lose(lostInNetwork)
	case verdict == Mark:
		d.Stats.Marked++
		p.mark()
	case verdict > Pass:
		p.held = verdict
	case held:
		p.held = Delay(d.Hold)
	}
	if damage && !p.gone {
		d.Stats.Damaged++
		p.wrong = max(d.chance.corrupt.Uint64(), 1)
	}
}

// launch puts a packet on its way, which takes the link's delay.
func (d *Direction) launch(p *Packet) {
	if p.gone {
		d.sim.release(p)
		return
	}
	copied := d.duplicates()
	d.fly(p)
	if copied {
		d.Stats.Duplicated++
		d.fly(p.clone())
	}
}

// fly plans the arrival of a packet. One that is not held back comes after all
// that went before it.
func (d *Direction) fly(p *Packet) {
	at := d.sim.now.Add(d.Delay + d.jitter())
	if p.held > Pass {
		d.Stats.Held++
		p.event.at = at.Add(time.Duration(p.held))
		d.sim.queue.add(&p.event)
		return
	}
	p.event.at = max(at, d.air.last)
	p.event.n = d.sim.queue.number()
	d.air.add(&d.sim.queue, p)
}

// arrive gives a packet to the node at the end.
func (d *Direction) arrive(p *Packet) {
	d.Stats.Packets++
	d.Stats.Bytes += uint64(len(p.Data))
	if p.wrong != 0 {
		d.arriveDamaged(p)
	} else {
		d.to.receive(p)
	}
	d.sim.release(p)
}

// arriveDamaged gives a packet with a wrong bit to the node at the end. The
// trace is told by us if the stack cannot tell what it was.
func (d *Direction) arriveDamaged(p *Packet) {
	p.damage()
	told := len(d.sim.events)
	d.to.receive(p)
	if len(d.sim.events) == told {
		p.lose(damaged)
	}
}
