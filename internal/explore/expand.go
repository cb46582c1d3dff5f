package explore

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// An expander finds the moves of worlds. Each worker has one; what it has seen
// of the book it keeps, so that it seldom waits for others.
type expander struct {
	*machine
	known []end    // the book's, as far as seen
	order []uint64 // the book's ranks of segments, as far as seen
	own   [][]move // by end; nil: not asked yet
	memo  memo
	moves []move
}

// newExpander makes an expander.
func newExpander(b *book) *expander { return &expander{machine: newMachine(b)} }

// end is what the book says of an end.
func (x *expander) endOf(id endID) *end {
	if int(id) >= len(x.known) {
		x.refresh()
	}
	return &x.known[id]
}

// refresh catches up with the book.
func (x *expander) refresh() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.catchUp()
}

func (x *expander) catchUp() { x.known, x.order = x.ends, x.ranks }

// ownOf is ownMoves, remembered.
func (x *expander) ownOf(id endID) []move {
	for int(id) >= len(x.own) {
		x.own = append(x.own, nil)
	}
	if x.own[id] == nil {
		x.mu.Lock()
		x.own[id] = append([]move{}, x.ownMoves(id)...)
		x.catchUp()
		x.mu.Unlock()
	}
	return x.own[id]
}

// arrival is what a segment makes of an end.
func (x *expander) arrival(id endID, s segID) step {
	slot, found := x.memo.find(uint64(id)<<32 | uint64(s))
	if !found {
		x.mu.Lock()
		x.memo.set(slot, x.run(id, of(arrives, uint32(s))))
		x.catchUp()
		x.mu.Unlock()
	}
	return x.memo.get(slot)
}

// expand lists the moves of w. The list is valid until the next call.
func (x *expander) expand(w *world) []move {
	x.moves = x.moves[:0]
	x.expandNet(w)
	for side := range w.ends {
		x.expandEnd(w, side)
	}
	return x.moves
}

// expandNet lists what may happen to the packets. Of equal ones the first
// stands for all.
func (x *expander) expandNet(w *world) {
	for i, p := range w.net {
		if p == 0 {
			return
		}
		if i > 0 && w.net[i-1] == p {
			continue
		}
		mv := move{place: int8(i), end: int8(p.to()), class: byMachine, spend: -1, in: of(arrives, uint32(p.seg()))}
		mv.step = x.arrival(w.ends[p.to()], p.seg())
		if mv.step.ack {
			mv.class = byACK
		}
		x.moves = append(x.moves, mv)
		if w.left.of(dups) > 0 {
			mv.act, mv.class, mv.spend = duplicate, byChance, dups
			x.moves = append(x.moves, mv)
		}
		if w.left.of(drops) > 0 {
			x.moves = append(x.moves, move{act: drop, place: int8(i), end: int8(p.to()), class: byChance, spend: drops})
		}
	}
}

// expandEnd lists what may happen at one end.
func (x *expander) expandEnd(w *world, side int) {
	id := w.ends[side]
	e, peer := x.endOf(id), x.endOf(w.ends[1-side])
	for _, mv := range x.ownOf(id) {
		mv.end = int8(side)
		switch k := mv.in.kind(); {
		case k == expires:
			cl, spend, ok := x.timing(w, e, tcp.Timer(mv.in.arg()))
			if !ok {
				continue
			}
			mv.class, mv.spend = min(cl, mv.class), spend
		case (k == connects || k == listens) && e.state == fsm.Closed && !mayReopen(x.cfg, e, peer):
			continue
		case mv.spend >= 0 && w.left.of(int(mv.spend)) == 0:
			continue
		}
		x.moves = append(x.moves, mv)
	}
}

// apply is the world after a move.
func (x *expander) apply(w world, mv *move) world {
	if mv.act == deliver || mv.act == drop {
		w.remove(int(mv.place))
	}
	if mv.spend >= 0 {
		w.left = w.left.less(int(mv.spend))
	}
	if mv.act == drop {
		return w
	}
	w.ends[mv.end] = mv.step.to
	for _, s := range mv.step.out[:mv.step.n] {
		w.add(packetTo(1-int(mv.end), s), x.cfg.Capacity)
	}
	if mv.step.excuses {
		w.left |= excused
	}
	w.sort(x.order)
	return w
}

// canonical is w, or w with its ends swapped if that is taken for the same.
func (x *expander) canonical(w world) world {
	if !x.cfg.Swap {
		return w
	}
	s := w.swapped(x.order)
	if x.less(&s, &w) {
		return s
	}
	return w
}

// less is an order of worlds, the same in every run but for worlds that are
// alike in all that ranks tell.
func (x *expander) less(a, b *world) bool {
	for i := range a.ends {
		if ra, rb := x.endOf(a.ends[i]).rank, x.endOf(b.ends[i]).rank; ra != rb {
			return ra < rb
		}
	}
	for i := range a.net {
		if a.net[i] != b.net[i] {
			return goesBefore(a.net[i], b.net[i], x.order)
		}
	}
	return false
}

// timing is the class of a timer's firing, and what it spends. A timer is due
// when nothing is on its way any more: what it waits for will not come. Those
// that are short against a segment's life may be hasty; the others, 2 MSL above
// all, by their definition not. Delayed ACKs do not wait for anything.
func (x *expander) timing(w *world, e *end, k tcp.Timer) (cl class, spend int8, ok bool) {
	switch {
	case k == tcp.TimerDelayedACK, w.net[0] == 0:
		return byMachine, -1, true
	case x.cfg.Hooks.Fires != nil && x.cfg.Hooks.Fires(e.state, k):
		return byChance, -1, true
	case k == tcp.TimerRetransmit || k == tcp.TimerPersist || k == tcp.TimerKeepAlive:
		return byChance, spurious, w.left.of(spurious) > 0
	}
	return 0, 0, false
}
