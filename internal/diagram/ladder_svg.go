package diagram

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// The measures of a ladder in SVG, in pixels.
const (
	ladderW  = 1080.0
	railL    = 270.0 // the lifelines
	railR    = ladderW - railL
	lineH    = 22.0 // between two things at one end at one instant
	stepH    = 28.0 // between instants, at least
	crossH   = 30.0 // more of it while segments cross, so that their labels have room
	gapH     = 44.0 // for a long time without events
	charW    = 7.8  // about the width of a letter of a label
	noteCols = 27   // the width of notes, in letters
)

// LadderSVG draws the sequence diagram of the events as a picture. Time runs
// downward; what is later is lower, though not to scale.
func LadderSVG(events []trace.Event, o LadderOptions) string {
	var c canvas
	name := o.Title
	if name == "" {
		name = o.say("TCP sequence diagram", "TCP 时序图")
	}
	y := 0.0
	if !o.bare {
		y = 40
		c.text(spot{ladderW / 2, y}, "title ink", atMiddle, name)
	}
	all := ladders(o, events)
	var desc []string
	for i, l := range all {
		if len(all) > 1 {
			y += 36
			c.text(spot{ladderW / 2, y}, "name soft", atMiddle, fmt.Sprintf("%s %d", o.say("Connection", "连接"), i+1))
		}
		p := plot{o: o.Options, l: l, c: &c, at: map[*moment]float64{}}
		y = p.draw(y + 30)
		desc = append(desc, l.describe(o.Options))
	}
	return c.wrap(o.Options, ladderW, y+24, name, strings.Join(desc, " "))
}

// A plot is a ladder on its way to SVG.
type plot struct {
	o   Options
	l   *ladder
	c   *canvas
	at  map[*moment]float64 // how far down each moment is
	gap []gap

	clock [2]string // the time written last at each end
	boxes []labelBox
}

// A gap is a long time without events.
type gap struct {
	y       float64
	wait    time.Duration
	crossed bool // a segment is on its way meanwhile
}

// draw draws the ladder from y downward, and returns where it ends.
func (p *plot) draw(y float64) float64 {
	top := y + 52
	bottom := p.place(top + 18)
	for s, e := range p.l.ends {
		x, _ := p.rail(side(s))
		p.c.text(spot{x, y}, "name ink", atMiddle, p.o.endName(e, side(s)))
		if e.addr.IsValid() {
			p.c.text(spot{x, y + 18}, "small soft", atMiddle, e.addr.String())
		}
		p.c.add(`<path class="line" d="M%s %s V%s"/>`, px(x), px(y+30), px(bottom))
		if e.name != "" {
			p.state(side(s), top-8, e.start)
		}
	}
	for _, g := range p.gap {
		p.drawGap(g)
	}
	for _, f := range p.l.flights {
		p.line(f)
	}
	p.labels()
	for s := range p.l.moments {
		for _, m := range p.l.moments[s] {
			p.moment(m)
		}
	}
	return bottom
}

// rail is a lifeline's place, and the direction that leads away from it to the
// outside.
func (p *plot) rail(s side) (x, out float64) {
	if s == 0 {
		return railL, -1
	}
	return railR, 1
}

// place gives each moment its height, instant by instant, from y downward.
func (p *plot) place(y float64) float64 {
	all := slices.Concat(p.l.moments[0], p.l.moments[1])
	slices.SortStableFunc(all, func(a, b *moment) int {
		if a.t != b.t {
			return int(min(max(a.t-b.t, -1), 1))
		}
		return a.order - b.order
	})
	used := [2]float64{y, y}
	flying := [2]int{}
	for i, m := range all {
		if i > 0 && m.t != all[i-1].t {
			y = max(used[0], used[1]) + stepH - lineH
			if flying[0] > 0 && flying[1] > 0 {
				y += crossH
			}
			if wait := m.t - all[i-1].t; wait >= longGap {
				p.gap = append(p.gap, gap{y + gapH/2 - lineH/2, wait, flying[0]+flying[1] > 0})
				y += gapH
			}
			used = [2]float64{y, y}
		}
		if f := m.leaves; f != nil && f.came != nil {
			flying[f.from]++
		}
		if f := m.comes; f != nil && f.sent != nil {
			flying[f.from]--
			used[m.side] = max(used[m.side], p.at[f.sent]) // never upward
		}
		p.at[m] = used[m.side]
		used[m.side] += lineH * float64(p.lines(m))
	}
	return max(used[0], used[1]) + 10
}

// lines is how many lines of text a moment needs.
func (p *plot) lines(m *moment) int {
	n := len(m.states)
	for _, note := range m.notes {
		n += len(wrap(note.text, noteCols))
	}
	return max(n, 1)
}

// moment writes what a moment has beside its lifeline.
func (p *plot) moment(m *moment) {
	x, out := p.rail(m.side)
	y := p.at[m]
	if text := clockText(m.t); text != p.clock[m.side] {
		p.clock[m.side] = text
		p.c.text(spot{x + out*(railL-16), y + 5}, "small soft", [2]string{atStart, atEnd}[m.side], text)
	}
	if m.leaves == nil && m.comes == nil {
		p.c.add(`<circle class="tip" cx="%s" cy="%s" r="3.5"/>`, px(x), px(y))
	}
	if m.leaves == nil && m.comes == nil { // first the cause, then its effect
		y = p.notes(m, y)
		p.statesAt(m, y)
	} else {
		p.notes(m, p.statesAt(m, y))
	}
}

// statesAt writes the states of a moment from y downward, and returns where
// they end.
func (p *plot) statesAt(m *moment, y float64) float64 {
	for _, s := range m.states {
		p.state(m.side, y, s)
		y += lineH
	}
	return y
}

// notes writes the notes of a moment from y downward, and returns where they
// end.
func (p *plot) notes(m *moment, y float64) float64 {
	x, out := p.rail(m.side)
	for _, n := range m.notes {
		class := "small ink"
		if n.alarm {
			class = "small bad"
		}
		for _, text := range wrap(n.text, noteCols) {
			p.c.text(spot{x + out*12, y + 5}, class, [2]string{atEnd, atStart}[m.side], text)
			y += lineH
		}
	}
	return y
}

// state writes a state in its box beside the lifeline.
func (p *plot) state(s side, y float64, state fsm.State) {
	x, out := p.rail(s)
	const w, h = 108.0, 19.0
	mid := x + out*(12+w/2)
	class := [2]string{"box1", "box2"}[s]
	p.c.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="6" style="stroke-width:1.2"/>`, class, px(mid-w/2), px(y-h/2), px(w), px(h))
	p.c.add(`<text class="name ink" x="%s" y="%s" text-anchor="middle" style="font-size:12px">%v</text>`, px(mid), px(y+4.5), state)
}

// drawGap interrupts the lifelines and tells how long nothing happened, unless
// a segment's arrow and label stand in the way.
func (p *plot) drawGap(g gap) {
	for _, x := range []float64{railL, railR} {
		p.c.add(`<rect class="paper" x="%s" y="%s" width="8" height="14"/>`, px(x-4), px(g.y-7))
		for i := range 3 {
			p.c.add(`<circle class="tip" cx="%s" cy="%s" r="1.5"/>`, px(x), px(g.y+float64(i-1)*5))
		}
	}
	if !g.crossed {
		p.c.text(spot{ladderW / 2, g.y + 5}, "soft", atMiddle, "⋮ "+clockText(g.wait)+" ⋮")
	}
}

// ends is where a flight's line begins and ends. What was not seen is guessed:
// the other end, level with what was, or the place where it was lost.
func (p *plot) ends(f *flight) (a, b spot) {
	x, _ := p.rail(f.from)
	far, _ := p.rail(f.from.far())
	switch {
	case f.lost:
		const part = .78
		y := p.at[f.sent]
		return spot{x, y}, spot{x + (far-x)*part, y + p.slope(f)*part}
	case f.came == nil:
		y := p.at[f.sent]
		return spot{x, y}, spot{far, y + 14}
	case f.sent == nil && p.l.ends[f.from].known:
		y := p.at[f.came]
		return spot{(x + far) / 2, y - 8}, spot{far, y}
	case f.sent == nil:
		y := p.at[f.came]
		return spot{x, y - 14}, spot{far, y}
	}
	return spot{x, p.at[f.sent]}, spot{far, p.at[f.came]}
}

// slope is how far down a lost segment would have come: as far as the one
// before it that arrived, so that their lines do not cross.
func (p *plot) slope(lost *flight) float64 {
	slope := 18.0
	for _, f := range p.l.flights {
		if f == lost {
			break
		}
		if f.from == lost.from && f.sent != nil && f.came != nil && f.sent.t == lost.sent.t {
			slope = p.at[f.came] - p.at[f.sent]
		}
	}
	return slope
}

// line draws a flight.
func (p *plot) line(f *flight) {
	a, b := p.ends(f)
	if f.lost {
		p.c.path("lost", []spot{a, b})
		p.c.text(spot{b.x + (b.x-a.x)/math.Abs(b.x-a.x)*8, b.y + 6}, "bad", [2]string{atStart, atEnd}[f.from], "✗ "+p.o.say("lost", "丢失"))
		return
	}
	p.c.path("line", []spot{a, near(b, a, 8)})
	p.c.tip("tip", a, b)
	if f.sent == nil && p.l.ends[f.from].known {
		p.c.add(`<circle class="bad" cx="%s" cy="%s" r="4"/>`, px(a.x), px(a.y))
	}
}

// describe is the ladder in words: each end's states.
func (l *ladder) describe(o Options) string {
	var parts []string
	for s, e := range l.ends {
		if e.name == "" {
			continue
		}
		states := []string{e.start.String()}
		for _, m := range l.moments[s] {
			for _, state := range m.states {
				states = append(states, state.String())
			}
		}
		parts = append(parts, o.endName(e, side(s))+": "+strings.Join(states, ", ")+".")
	}
	return strings.Join(parts, " ")
}
