package explore

// A Violation is a property that does not hold, with a shortest way there.
type Violation struct {
	Property *Property
	Script   []string // the moves, as Replay reads them
	Cycle    int      // the last so many moves come again for ever; 0: none
	last     world
}

// violation is the way to node i, at which p does not hold.
func (s *search) violation(p *Property, i uint32) *Violation {
	x := s.workers[0].expander
	v := &Violation{Property: p}
	at := s.from
	for _, next := range s.store.path(i)[1:] {
		at = s.follow(x, at, next, v)
	}
	v.last = at
	return v
}

// follow takes the move from at to a world that canonically is next.
func (s *search) follow(x *expander, at, next world, v *Violation) world {
	for _, mv := range x.expand(&at) {
		if to := x.apply(at, &mv); x.canonical(to) == next {
			v.Script = append(v.Script, x.line(&at, &mv))
			return to
		}
	}
	panic("BUG: a move that was found is not there any more")
}

// goRound goes on from a violation's last world by moves that can go on for
// ever, until it comes to where it was.
func (s *search) goRound(v *Violation) {
	x := s.workers[0].expander
	seen := map[world]int{}
	for at := v.last; ; {
		here := x.canonical(at)
		if first, again := seen[here]; again {
			v.Cycle = len(v.Script) - first
			return
		}
		seen[here] = len(v.Script)
		for _, mv := range x.expand(&at) {
			to := x.apply(at, &mv)
			next := x.canonical(to)
			if i, found := s.store.find(&next, next.hash()); found && mv.class == byACK && s.war.has(i) {
				v.Script = append(v.Script, x.line(&at, &mv))
				at = to
				break
			}
		}
	}
}
