package diagram

import (
	"fmt"
	"strings"
	"time"

	"github.com/lastack/lastack/trace"
)

// The columns beside a lifeline: the time, and the state.
const (
	timeW  = 9
	stateW = 12
)

// longGap is the least time without events that a ladder points out.
const longGap = 500 * time.Millisecond

// LadderText draws the sequence diagram of the events for a terminal.
func LadderText(events []trace.Event, o LadderOptions) string {
	var out strings.Builder
	if o.Title != "" {
		out.WriteString(paint(o.Title, strong, o.Color) + "\n\n")
	}
	all := ladders(o, events)
	for i, l := range all {
		if i > 0 {
			out.WriteString("\n")
		}
		if len(all) > 1 {
			out.WriteString(paint(o.say("Connection ", "连接 ")+fmt.Sprintf("%d", i+1), strong, o.Color) + "\n")
		}
		out.WriteString(l.sheet(o.Options).g.render(o.Color))
	}
	return out.String()
}

// A sheet is a ladder on its way to text: a grid that grows downward.
type sheet struct {
	o      Options
	l      *ladder
	g      *grid
	y      int
	line   [2]int // the lifelines' columns
	lanes  []lane
	levels map[trace.Flags]int // the shortest label that a SYN of these flags has got
	latest time.Duration       // of all moments drawn
	gone   bool                // something has been drawn, so latest holds
}

// A lane is the column in which a flight waits for its arrival.
type lane struct {
	f *flight
	x int
}

// sheet draws one ladder: once to see how much room there is for labels, and
// again with labels that are the same for the same kind of SYN.
func (l *ladder) sheet(o Options) *sheet {
	levels := map[trace.Flags]int{}
	rungs := l.rungs()
	l.draw(o, rungs, levels)
	return l.draw(o, rungs, levels)
}

// draw draws the rungs with labels that are no fuller than the levels tell, and
// notes the levels that they have got.
func (l *ladder) draw(o Options, rungs []rung, levels map[trace.Flags]int) *sheet {
	h := 6
	for _, r := range rungs {
		h += 3
		for _, at := range r.at {
			if at != nil {
				h += len(at.states) + 4*len(at.notes)
			}
		}
	}
	w := o.width()
	s := &sheet{o: o, l: l, g: newGrid(w, h), levels: levels, line: [2]int{timeW + stateW + 1, w - timeW - stateW - 2}}
	s.head()
	var before *rung
	for i := range rungs {
		s.rung(&rungs[i], before)
		before = &rungs[i]
	}
	s.blank()
	return s
}

// head writes the names of the ends and their first states.
func (s *sheet) head() {
	for i, e := range s.l.ends {
		name, addr := s.o.endName(e, side(i)), ""
		if e.addr.IsValid() {
			addr = e.addr.String()
		}
		s.beside(side(i), name, strong, false)
		s.y++
		s.beside(side(i), addr, faint, false)
		s.y--
	}
	s.y += 2
	s.blank()
	s.y--
	for i, e := range s.l.ends {
		if e.name != "" {
			s.beside(side(i), e.start.String(), s.stateStyle(side(i)), true)
		}
	}
	s.y++
}

// stateStyle is how the states of an end look.
func (s *sheet) stateStyle(at side) style { return [2]style{first, second}[at] }

// endName is an end's name; one without events is the peer.
func (o Options) endName(e lifeline, s side) string {
	switch {
	case e.name == "client":
		return o.say("client", "客户端")
	case e.name == "server":
		return o.say("server", "服务端")
	case e.name != "":
		return e.name
	case s == 0:
		return o.say("client", "客户端")
	}
	return o.say("server", "服务端")
}

// beside writes a word at the outer side of a lifeline, apart from it by a space
// if the lifeline goes on there.
func (s *sheet) beside(at side, word string, st style, apart bool) {
	room := 1
	if apart {
		room = 2
	}
	if at == 0 {
		s.g.text(point{s.line[0] - room + 1 - width(word), s.y}, word, st)
		return
	}
	s.g.text(point{s.line[1] + room, s.y}, word, st)
}

// blank draws a line with nothing but the lifelines and lanes.
func (s *sheet) blank() {
	for _, x := range s.line {
		s.g.line(point{x, s.y}, point{x, s.y + 1}, light, faint)
		s.g.join(point{x, s.y}, point{0, -1}, light, faint)
		*s.g.at(point{x, s.y + 1}) = cell{}
	}
	for _, l := range s.lanes {
		s.g.put(point{l.x, s.y}, '│', normal)
	}
	s.y++
}

// rung draws one rung, after a gap or some space if that helps.
func (s *sheet) rung(r, before *rung) {
	s.gap(r)
	if before != nil && airy(before, r) {
		s.blank()
	}
	y := s.y
	s.blank()
	s.y = y
	if r.flight != nil && r.part != none {
		s.arrow(r)
	}
	s.moments(r)
}

// airy reports whether a rung stands apart from the one before: unless both are
// arrows in one direction, or belong to one instant of one end.
func airy(a, b *rung) bool {
	if a.part == leaving || b.part == coming {
		return a.part == coming && b.part != coming
	}
	if a.part == whole && b.part == whole {
		return a.flight.from != b.flight.from
	}
	for s := range a.at {
		if a.at[s] != nil && b.at[s] != nil && a.at[s].t == b.at[s].t {
			return false
		}
	}
	return a.flight != nil || b.flight != nil || a.first().t != b.first().t
}

// gap points out a long time in which nothing happened.
func (s *sheet) gap(r *rung) {
	earliest, latest := span(r)
	if wait := earliest - s.latest; s.gone && wait >= longGap {
		s.blank()
		y := s.y
		s.blank()
		for _, x := range s.line {
			s.g.put(point{x, y}, '⋮', faint)
		}
		text := "⋮ " + clockText(wait) + " ⋮"
		mid := (s.line[0] + s.line[1] - width(text)) / 2
		if len(s.lanes) == 0 {
			s.g.text(point{mid + 1, y}, text, faint)
		}
	}
	s.latest, s.gone = max(s.latest, latest), true
}

// moments writes the times, states and notes of a rung, in as many lines as
// they need.
func (s *sheet) moments(r *rung) {
	top, bottom := s.y, s.y+1
	for i, at := range r.at {
		if at == nil {
			continue
		}
		s.y = top
		s.time(side(i), at.t)
		if r.flight != nil {
			s.y = max(s.y, top)
		}
		for j, state := range at.states {
			s.y = top + j
			s.ensure(&bottom)
			s.beside(side(i), state.String(), s.stateStyle(side(i)), true)
		}
		s.y = top
		if r.flight != nil {
			s.y++
		}
		for _, n := range at.notes {
			s.note(side(i), n, &bottom)
		}
	}
	s.y = bottom
}

// ensure draws the lifelines down to the current line.
func (s *sheet) ensure(bottom *int) {
	for y := s.y; *bottom <= y; {
		s.y = *bottom
		s.blank()
		*bottom = s.y
		s.y = y
	}
}

// time writes a moment's time at the edge.
func (s *sheet) time(at side, t time.Duration) {
	text := clockText(t)
	x := timeW - 1 - width(text)
	if at == 1 {
		x = s.g.w - timeW + 1
	}
	s.g.text(point{max(x, 0), s.y}, text, faint)
}

// note writes a note at the inner side of a lifeline.
func (s *sheet) note(at side, n note, bottom *int) {
	st := normal
	if n.alarm {
		st = alarm
	}
	room := s.line[1] - s.line[0] - 7
	for _, lane := range s.lanes {
		if at == 0 {
			room = min(room, lane.x-s.line[0]-5)
		} else {
			room = min(room, s.line[1]-lane.x-5)
		}
	}
	for i, text := range wrap(n.text, max(room, 12)) {
		s.ensure(bottom)
		sign := string(n.sign)
		if i > 0 {
			sign = " "
		}
		if at == 0 {
			s.g.text(point{s.line[0] + 2, s.y}, sign+" "+text, st)
		} else {
			s.g.text(point{s.line[1] - 3 - width(text), s.y}, text+" "+sign, st)
		}
		s.y++
	}
}
