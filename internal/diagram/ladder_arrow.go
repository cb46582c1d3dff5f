package diagram

import (
	"slices"

	"github.com/lastack/lastack/trace"
)

// laneStep is the distance between lanes.
const laneStep = 3

// arrow draws what a rung shows of a flight.
func (s *sheet) arrow(r *rung) {
	f, from := r.flight, s.line[r.flight.from]
	to := s.line[f.from.far()]
	switch {
	case r.part == leaving:
		x := s.newLane(f)
		s.stretch(f, from, x, false)
		s.g.join(point{x, s.y}, point{0, 1}, light, normal)
		s.lanes = append(s.lanes, lane{f, x})
	case r.part == coming:
		i := slices.IndexFunc(s.lanes, func(l lane) bool { return l.f == f })
		x := s.lanes[i].x
		s.lanes = slices.Delete(s.lanes, i, i+1)
		*s.g.at(point{x, s.y}) = cell{up: light}
		s.plainStretch(x, to)
		s.tip(to, f)
	case f.lost:
		s.lostArrow(f, from, to)
	case f.sent == nil && s.l.ends[f.from].known:
		mid := (from + to) / 2
		s.g.put(point{mid, s.y}, '○', alarm)
		s.stretch(f, mid, to, true)
		s.tip(to, f)
	default:
		s.stretch(f, from, to, true)
		s.tip(to, f)
	}
}

// newLane finds a column for a flight that crosses others, near the middle, so
// that labels of both directions have room. Of several that go the same way,
// the later ones turn off earlier, so that they do not cross each other.
func (s *sheet) newLane(f *flight) int {
	mid := (s.line[0] + s.line[1]) / 2
	for i := 0; ; i++ {
		x := mid + 1 - i*laneStep
		if f.from == 1 {
			x = mid - 1 + i*laneStep
		}
		taken := slices.ContainsFunc(s.lanes, func(l lane) bool { return l.x == x })
		if !taken || x <= s.line[0]+laneStep || x >= s.line[1]-laneStep {
			return x
		}
	}
}

// plainStretch draws a line without a label, over the lanes that it crosses.
func (s *sheet) plainStretch(from, to int) {
	for _, l := range s.lanes {
		if l.x > min(from, to) && l.x < max(from, to) {
			*s.g.at(point{l.x, s.y}) = cell{up: light, down: light} // it had been put as a rune
		}
	}
	s.g.line(point{from, s.y}, point{to, s.y}, light, normal)
}

// stretch draws a line with the flight's label in the middle of its longest
// part between lanes.
func (s *sheet) stretch(f *flight, from, to int, tip bool) {
	s.plainStretch(from, to)
	lo, hi := s.room(min(from, to), max(from, to))
	room := hi - lo - 3
	if tip {
		room--
	}
	flags := f.seg.Flags
	label, level := f.fitting(room-2, s.levels[flags])
	if flags&trace.SYN != 0 {
		s.levels[flags] = level
	}
	if label == "" {
		return
	}
	label = " " + label + " "
	x := lo + 1 + (hi-lo-1-width(label))/2
	if tip && x <= lo+2 && f.from == 1 {
		x = lo + 3 // a piece of line between the arrowhead and the label
	}
	for i, r := range []rune(label) {
		s.g.put(point{x + i, s.y}, r, normal)
	}
}

// room is the longest part of a line that no lane crosses.
func (s *sheet) room(a, b int) (lo, hi int) {
	cuts := []int{a, b}
	for _, l := range s.lanes {
		if l.x > a && l.x < b {
			cuts = append(cuts, l.x)
		}
	}
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i++ {
		if cuts[i]-cuts[i-1] > hi-lo {
			lo, hi = cuts[i-1], cuts[i]
		}
	}
	return lo, hi
}

// lostArrow stops before the far end, and says so.
func (s *sheet) lostArrow(f *flight, from, to int) {
	word := s.o.say("lost", "丢失")
	end := to - 4 - width(word)
	if f.from == 1 {
		end = to + 4 + width(word)
	}
	s.stretch(f, from, end, true)
	*s.g.at(point{end, s.y}) = cell{}
	if f.from == 0 {
		s.g.text(point{end, s.y}, "✗ "+word, alarm)
	} else {
		s.g.text(point{end - 1 - width(word), s.y}, word+" ✗", alarm)
	}
}

// tip draws the arrowhead at a lifeline.
func (s *sheet) tip(to int, f *flight) {
	*s.g.at(point{to, s.y}) = cell{up: light, down: light, style: faint}
	if f.from == 0 {
		s.g.put(point{to - 1, s.y}, '▶', normal)
	} else {
		s.g.put(point{to + 1, s.y}, '◀', normal)
	}
}
