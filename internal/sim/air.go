package sim

import "github.com/lastack/lastack/internal/clock"

// An air is the packets on their way that keep their order. Only the first is
// in the simulation's heap, so that the heap stays small however long the link
// is.
type air struct {
	packets ring
	last    clock.Time // when the last of them arrives
	event   event      // of the first one's arrival, with its time and number
}

// add lets a packet fly, which arrives after all others.
func (a *air) add(q *queue, p *Packet) {
	a.last = p.event.at
	a.packets.push(p)
	if a.packets.n == 1 {
		a.expect(q, p)
	}
}

// expect plans the arrival of a packet, the first.
func (a *air) expect(q *queue, p *Packet) {
	a.event.at, a.event.n = p.event.at, p.event.n
	q.insert(&a.event)
}

// A landing is a direction whose first packet arrives.
type landing Direction

func (l *landing) act() {
	d := (*Direction)(l)
	p := d.air.packets.pop()
	if d.air.packets.n > 0 {
		d.air.expect(&d.sim.queue, d.air.packets.first())
	}
	d.arrive(p)
}

// A ring is packets in order, first in, first out.
type ring struct {
	slots []*Packet // as many as a power of two
	head  int       // the slot of the first
	n     int       // how many there are
}

// push appends a packet.
func (r *ring) push(p *Packet) {
	if r.n == len(r.slots) {
		larger := make([]*Packet, max(2*len(r.slots), 8))
		for i := range r.n {
			larger[i] = r.slots[(r.head+i)&(len(r.slots)-1)]
		}
		r.slots, r.head = larger, 0
	}
	r.slots[(r.head+r.n)&(len(r.slots)-1)] = p
	r.n++
}

// first is the first packet, which must exist.
func (r *ring) first() *Packet { return r.slots[r.head] }

// pop takes the first packet, nil if there is none.
func (r *ring) pop() *Packet {
	if r.n == 0 {
		return nil
	}
	p := r.slots[r.head]
	r.slots[r.head] = nil
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.n--
	return p
}
