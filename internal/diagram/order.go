package diagram

import "time"

// A rung is one line of a ladder in text. Both ends' moments come in their
// order, but not at one scale: a segment that crosses nothing is one rung, with
// the time of each end beside it. One that crosses others leaves on one rung
// and arrives on a later one.
type rung struct {
	at     [2]*moment // what happens at the ends; an arrow's two ends may share a rung
	flight *flight
	part   part
}

// A part is how much of a flight a rung shows.
type part uint8

const (
	none    part = iota
	whole        // from one end to the other, or to where it was lost
	leaving      // the start; it goes on as a lane beside other rungs
	coming       // the end
)

// rungs puts the moments of both ends in one order.
func (l *ladder) rungs() (out []rung) {
	q := queues{l: l, rest: l.moments, flying: map[*flight]bool{}}
	for {
		r, ok := q.next()
		if !ok {
			return out
		}
		out = append(out, r)
	}
}

// queues is what is left of the two ends' moments.
type queues struct {
	l      *ladder
	rest   [2][]*moment
	flying map[*flight]bool // has left on a rung of its own
	before rung             // the one taken last
}

// next takes the earliest moment that can have its rung now. A note follows at
// once what happened at its end at the same instant.
func (q *queues) next() (rung, bool) {
	best, found := rung{}, false
	for s := range side(2) {
		if len(q.rest[s]) == 0 {
			continue
		}
		at := q.rest[s][0]
		r, ok := q.rung(at)
		if last := q.before.at[s]; ok && r.flight == nil && last != nil && last.t == at.t {
			best, found = r, true
			break
		}
		if ok && (!found || at.sooner(best.first())) {
			best, found = r, true
		}
	}
	if !found {
		best, found = q.forced()
	}
	for s, at := range best.at {
		if at != nil {
			q.rest[s] = q.rest[s][1:]
		}
	}
	if best.part == leaving {
		q.flying[best.flight] = true
	}
	q.before = best
	return best, found
}

// first is the earlier of a rung's moments.
func (r *rung) first() *moment {
	if r.at[0] == nil || r.at[1] != nil && r.at[1].sooner(r.at[0]) {
		return r.at[1]
	}
	return r.at[0]
}

// span is the first and last moment of a rung.
func span(r *rung) (earliest, latest time.Duration) {
	first := true
	for _, at := range r.at {
		if at == nil {
			continue
		}
		if first || at.t < earliest {
			earliest = at.t
		}
		if first || at.t > latest {
			latest = at.t
		}
		first = false
	}
	return earliest, latest
}

// sooner reports whether one moment comes before another in the trace.
func (at *moment) sooner(than *moment) bool {
	return at.t < than.t || at.t == than.t && at.order < than.order
}

// rung is the rung of an end's first moment, if it can have it now.
func (q *queues) rung(at *moment) (r rung, ok bool) {
	r.at[at.side] = at
	switch {
	case at.comes != nil:
		r.flight, r.part = at.comes, coming
		if at.comes.sent == nil {
			r.part = whole
		}
		return r, at.comes.sent == nil || q.flying[at.comes]
	case at.leaves == nil:
		return r, true
	}
	r.flight, r.part = at.leaves, whole
	if at.leaves.came == nil {
		return r, true
	}
	switch q.way(at.side.far(), at.leaves) {
	case free:
		r.at[at.side.far()] = at.leaves.came
		return r, true
	case crossed:
		r.part = leaving
		return r, true
	case soon:
	}
	return r, false
}

// What stands between a flight that is about to leave and its arrival.
type obstacle uint8

const (
	free    obstacle = iota // nothing
	soon                    // moments that can have their rungs first
	crossed                 // another flight
)

// way looks for what the far end does before the flight arrives there.
func (q *queues) way(far side, f *flight) obstacle {
	for i, at := range q.rest[far] {
		switch {
		case at == f.came && i == 0:
			return free
		case at == f.came:
			return soon
		case at.leaves != nil && at.leaves.came != nil:
			return crossed
		case at.comes != nil && at.comes.sent != nil && !q.flying[at.comes]:
			return crossed
		}
	}
	return crossed
}

// forced is the way out when each end waits for the other, which only events
// out of order can bring about: an arrival is drawn without its departure.
func (q *queues) forced() (r rung, ok bool) {
	for s, rest := range q.rest {
		if len(rest) == 0 {
			continue
		}
		at := rest[0]
		r.at[s], r.flight, r.part = at, at.leaves, leaving
		if f := at.comes; f != nil {
			arrival := *f
			arrival.sent, f.came = nil, nil
			at.comes = &arrival
			r.flight, r.part = &arrival, whole
		}
		return r, true
	}
	return r, false
}
