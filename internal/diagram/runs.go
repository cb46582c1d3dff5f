package diagram

import (
	"slices"

	"github.com/lastack/lastack/trace"
)

// minRun is how many segments of one kind in a row are drawn as one arrow. Fewer
// are worth a look at each.
const minRun = 5

// gather draws runs of segments as one arrow each: text that follows on, or
// acknowledgments, all of which arrive, while nothing else happens at either end
// but that text is read. The arrow leaves and arrives when the first of them
// does.
func (l *ladder) gather(o Options) {
	var runs [][]*flight
	for s := range side(2) {
		runs = append(runs, l.runs(s)...)
	}
	for _, run := range runs {
		l.join(o, run)
	}
}

// runs finds the runs that one end sends.
func (l *ladder) runs(s side) (all [][]*flight) {
	var open []*flight
	end := func() {
		if len(open) >= minRun {
			all = append(all, open)
		}
		open = nil
	}
	acked := uint32(0)
	for _, at := range l.moments[s] {
		f := at.leaves
		if f != nil {
			f.repeats = f.seg.Ack == acked
			acked = f.seg.Ack
		}
		if !at.plain() || f != nil && !f.joins(open) {
			end()
		}
		if f != nil && at.plain() && f.joins(open) {
			open = append(open, f)
		}
	}
	end()
	return all
}

// plain reports whether nothing happens that is worth a line of its own: a
// segment comes or goes, or text is read.
func (at *moment) plain() bool {
	return len(at.states) == 0 && !slices.ContainsFunc(at.notes, func(n note) bool { return n.read == 0 })
}

// joins reports whether a flight goes on with a run, or can begin one: it carries
// the text that follows, or like the others of the run it is an acknowledgment
// alone, of something new or of the same again.
func (f *flight) joins(open []*flight) bool {
	const others = trace.SYN | trace.FIN | trace.RST | trace.URG
	s := f.seg
	if s.Flags&others != 0 || s.ECN == trace.CE || f.lost || f.sent == nil || f.came == nil || f.window || f.stamps || !f.came.plain() {
		return false
	}
	if len(open) == 0 {
		return true
	}
	before := open[len(open)-1].seg
	if s.Len == 0 || before.Len == 0 {
		return s.Len == before.Len && s.Seq == before.Seq && f.repeats == open[0].repeats
	}
	return s.Seq == before.Seq+uint32(before.Len)
}

// join makes one arrow of the flights of a run: it has the text of all, and
// acknowledges what the last does.
func (l *ladder) join(o Options, run []*flight) {
	first, last := run[0], run[len(run)-1]
	rest := map[*flight]bool{}
	for _, f := range run[1:] {
		rest[f] = true
		first.seg.Len += f.seg.Len
	}
	first.n = len(run)
	first.seg.Flags |= last.seg.Flags
	first.seg.Ack, first.seg.RelAck, first.seg.Opts = last.seg.Ack, last.seg.RelAck, last.seg.Opts
	l.joinReads(o, first.from.far(), first.came, last.came)
	gone := func(f *flight) bool { return f != nil && rest[f] }
	l.flights = slices.DeleteFunc(l.flights, gone)
	for s := range l.moments {
		l.moments[s] = slices.DeleteFunc(l.moments[s], func(at *moment) bool { return gone(at.leaves) || gone(at.comes) })
	}
}

// joinReads makes one note of what is read at an end from one arrival on until
// another, and at once after it.
func (l *ladder) joinReads(o Options, s side, from, to *moment) {
	var all *moment
	within, after := false, false
	l.moments[s] = slices.DeleteFunc(l.moments[s], func(at *moment) bool {
		within = within || at == from
		after = after || at == to
		reads := within && len(at.notes) > 0 && at.leaves == nil && at.comes == nil && at.plain() && !(after && at.t > to.t)
		switch {
		case !reads:
			return false
		case all == nil:
			all = at
			return false
		}
		all.notes[0].read += at.notes[0].read
		return true
	})
	if all != nil {
		all.notes[0].text = callText(o, &trace.Event{Call: "read", N: all.notes[0].read})
	}
}
