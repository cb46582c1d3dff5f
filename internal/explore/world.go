package explore

import "slices"

// A packet is a segment on its way: its number, and which end it goes to. 0:
// none.
type packet uint32

func packetTo(to int, s segID) packet { return packet(s)<<1 | packet(to) }

func (p packet) seg() segID { return segID(p >> 1) }

func (p packet) to() int { return int(p & 1) }

// A world is a state of the search. Worlds compare with ==.
type world struct {
	ends [2]endID
	net  [maxCapacity]packet // in order of rank, the empty places last
	left budget
}

// A budget is what may still go wrong, three bits each, and whether the end of
// the connection has an excuse.
type budget uint32

// The parts of a budget, by their lowest bit.
const (
	drops    = 0
	dups     = 4
	spurious = 8
	guesses  = 12
	hards    = 16

	// excused: somebody aborted or gave up.
	excused budget = 1 << 31
)

// newBudget is what a configuration allows.
func newBudget(cfg *Config) budget {
	return budget(cfg.Drops<<drops | cfg.Dups<<dups | cfg.Spurious<<spurious | cfg.Guesses<<guesses | cfg.ICMP<<hards)
}

// of is how much is left of a part.
func (b budget) of(part int) int { return int(b>>part) & maxBudget }

// less is b after one of a part is spent.
func (b budget) less(part int) budget { return b - 1<<part }

// swapped is the world with the ends in each other's place.
func (w *world) swapped(ranks []uint64) world {
	s := world{ends: [2]endID{w.ends[1], w.ends[0]}, left: w.left}
	n := 0
	for _, p := range w.net {
		if p != 0 {
			s.net[n] = p ^ 1
			n++
		}
	}
	s.sort(ranks)
	return s
}

// sort brings the packets in order: a set has none.
func (w *world) sort(ranks []uint64) {
	for i := 1; i < len(w.net); i++ {
		for j := i; j > 0 && goesBefore(w.net[j], w.net[j-1], ranks); j-- {
			w.net[j], w.net[j-1] = w.net[j-1], w.net[j]
		}
	}
}

// goesBefore is the order of packets, the same in every run.
func goesBefore(a, b packet, ranks []uint64) bool {
	switch {
	case a == b || a == 0:
		return false
	case b == 0:
		return true
	case a.to() != b.to():
		return a.to() < b.to()
	}
	return ranks[a.seg()] < ranks[b.seg()]
}

// busy is how many segments are on their way.
func (w *world) busy() int {
	n := slices.Index(w.net[:], 0)
	if n < 0 {
		return len(w.net)
	}
	return n
}

// add puts a packet on its way, if there is room for it.
func (w *world) add(p packet, capacity int) {
	if n := w.busy(); n < capacity {
		w.net[n] = p
	}
}

// remove takes away the packet at place i.
func (w *world) remove(i int) {
	copy(w.net[i:], w.net[i+1:])
	w.net[len(w.net)-1] = 0
}

// hash is the same for equal worlds.
func (w *world) hash() uint64 {
	h := mix(uint64(w.ends[0])<<32 | uint64(w.ends[1]))
	h = mix(h ^ (uint64(w.net[0])<<32 | uint64(w.net[1])))
	h = mix(h ^ (uint64(w.net[2])<<32 | uint64(w.net[3])))
	return mix(h ^ uint64(w.left))
}
