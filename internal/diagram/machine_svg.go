package diagram

import (
	"strconv"
	"strings"
)

// The size of a cell of the layout in SVG, and the room around the picture, in
// pixels.
const (
	cellW, cellH     = 10.5, 20.0
	marginX, marginY = 24.0, 64.0
	badgeW           = 22.0 // a step's number in its circle
)

// MachineSVG draws the state diagram as a picture.
func MachineSVG(o MachineOptions) string {
	m := model(o)
	var c canvas
	if !o.bare {
		c.text(spot{marginX, 38}, "title ink", atStart, title(o))
	}
	for _, a := range m.arrows {
		a.drawSVG(&c)
	}
	for _, b := range m.boxes {
		b.drawSVG(&c)
	}
	for _, a := range m.arrows {
		a.writeSVG(&c)
	}
	w, h := marginX*2+pictureW*cellW, marginY+float64(m.height()+1)*cellH
	h = legendSVG(&c, o, m, h)
	return c.wrap(o.Options, w, h, title(o), describeMachine(o, m))
}

// spot is the middle of a cell.
func (p point) spot() spot {
	return spot{marginX + (float64(p.x)+.5)*cellW, marginY + (float64(p.y)+.5)*cellH}
}

// class is the suffix of the style classes of a mark.
func (m mark) class() string { return [...]string{plain: "", solid: "1", dashed: "2"}[m] }

// drawSVG draws a state's box.
func (b box) drawSVG(c *canvas) {
	p := b.at.spot()
	q := point{b.at.x + boxW - 1, b.at.y + boxH - 1}.spot()
	c.add(`<rect class="box%s" x="%s" y="%s" width="%s" height="%s" rx="8"/>`, b.mark.class(), px(p.x), px(p.y), px(q.x-p.x), px(q.y-p.y))
	c.text(spot{(p.x + q.x) / 2, (p.y+q.y)/2 + 5}, "name ink", atMiddle, b.state.String())
}

// drawSVG draws the arrow's line. Its ends are the cells outside the boxes; the
// boxes' edges are one cell further.
func (a arrow) drawSVG(c *canvas) {
	n := len(a.line)
	back, on := toward(a.line[1], a.line[0]), toward(a.line[n-2], a.line[n-1])
	spots := make([]spot, n)
	for i, p := range a.line {
		spots[i] = p.spot()
	}
	spots[0] = point{a.line[0].x + back.x, a.line[0].y + back.y}.spot()
	if !a.final {
		spots[n-1] = point{a.line[n-1].x + on.x, a.line[n-1].y + on.y}.spot()
	}
	tip, before := spots[n-1], spots[n-2]
	if !a.final && a.there {
		spots[n-1] = near(tip, before, 8)
	}
	class := a.mark.class()
	c.path("line"+class, spots)
	if a.twice {
		c.path("line"+dashed.class(), spots)
	}
	switch {
	case a.final:
		c.add(`<circle class="box%s" cx="%s" cy="%s" r="6.5"/><circle class="tip%s" cx="%s" cy="%s" r="3.5"/>`, class, px(tip.x), px(tip.y), class, px(tip.x), px(tip.y))
	case a.there:
		c.tip("tip"+class, before, tip)
	}
	if a.back {
		c.tip("tip"+class, spots[1], spots[0])
	}
}

// writeSVG sets the arrow's label.
func (a arrow) writeSVG(c *canvas) {
	for i, note := range a.notes {
		p, steps := point{a.label.at.x, a.label.at.y + i}.spot(), a.those(note.back)
		badges(c, steps, spot{p.x, p.y})
		c.text(spot{p.x + badgeW*float64(len(steps)), p.y + 5}, "ink", atStart, note.text)
	}
	if a.both {
		return
	}
	if len(a.causes) == 0 {
		p := a.line[len(a.line)-1].spot()
		badges(c, a.steps, spot{p.x + 10, p.y - 12})
		return
	}
	anchor, shift := atStart, -cellW/2
	if a.label.ends {
		anchor, shift = atEnd, cellW/2
	}
	p := a.label.at.spot()
	p.x, p.y = p.x+shift, p.y+5
	lift := 0.0
	if a.label.split {
		lift = 3
	}
	room := badgeW * float64(len(a.steps))
	if a.label.ends {
		badges(c, a.steps, spot{p.x - room + 3, p.y + lift - 5})
		c.text(spot{p.x - room, p.y + lift}, "ink", anchor, strings.Join(a.causes, " | "))
	} else {
		badges(c, a.steps, spot{p.x, p.y + lift - 5})
		c.text(spot{p.x + room, p.y + lift}, "ink", anchor, strings.Join(a.causes, " | "))
	}
	_, action := a.words()
	for i, line := range action {
		y := p.y + float64(i+1)*cellH - 2
		if a.label.split {
			y = p.y + float64(i+2)*cellH - lift - float64(i)*3
		}
		c.text(spot{p.x, y}, "soft", anchor, line)
	}
}

// badges draws the numbers of the steps, the first with its left edge at p.
func badges(c *canvas, steps []step, p spot) {
	for i, s := range steps {
		class := s.mark.class()
		x := p.x + 9 + badgeW*float64(i)
		c.add(`<circle class="tip%s" cx="%s" cy="%s" r="8.5"/>`, class, px(x), px(p.y))
		c.text(spot{x, p.y + 4}, "digit", atMiddle, strconv.Itoa(s.n))
	}
}

// textWidth is about how wide a line of labels is, in pixels.
func textWidth(s string) float64 { return float64(width(s)) * 7.4 }

// legendSVG explains the marks below the picture and returns the new height.
func legendSVG(c *canvas, o MachineOptions, m machine, h float64) float64 {
	x := marginX
	for _, p := range o.explained() {
		class := "1"
		if p.Dashed {
			class = "2"
		}
		c.path("line"+class, []spot{{x, h}, {x + 40, h}})
		c.text(spot{x + 50, h + 5}, "ink", atStart, p.Name)
		x += 80 + textWidth(p.Name)
	}
	for _, a := range m.arrows {
		if a.final {
			c.add(`<circle class="box" cx="%s" cy="%s" r="6.5"/><circle class="tip" cx="%s" cy="%s" r="3.5"/>`, px(x+7), px(h), px(x+7), px(h))
			c.text(spot{x + 22, h + 5}, "ink", atStart, o.say("leads to CLOSED", "到 CLOSED"))
			x++
			break
		}
	}
	if x == marginX {
		return h
	}
	return h + 30
}

// describeMachine is the picture in words: one sentence for each arrow.
func describeMachine(o MachineOptions, m machine) string {
	var out []string
	for _, a := range m.arrows {
		if len(a.causes) > 0 {
			out = append(out, a.from.String()+" → "+a.to.String()+o.say(" on ", "：")+strings.Join(a.causes, " | "))
		}
	}
	return strings.Join(out, o.say("; ", "；"))
}
