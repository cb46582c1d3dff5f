package diagram

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// MachineText draws the state diagram for a terminal, 98 columns wide.
func MachineText(o MachineOptions) string {
	m := model(o)
	g, _ := m.grid()
	return heading(o) + g.render(o.Color) + legend(o, m) + otherWays(o, m)
}

// heading is the title, underlined by an empty line.
func heading(o MachineOptions) string {
	return paint(title(o), strong, o.Color) + "\n\n"
}

// title is the title wanted, or a fitting one.
func title(o MachineOptions) string {
	if o.Title != "" {
		return o.Title
	}
	return o.say("TCP connection states (RFC 9293)", "TCP 连接状态（RFC 9293）")
}

// grid draws the boxes, arrows and labels.
func (m machine) grid() (*grid, []string) {
	g := newGrid(pictureW, m.height())
	for _, b := range m.boxes {
		k, st := look(b.mark)
		g.frame(b.at, boxW, boxH, k, st)
		if b.mark == plain {
			st = strong
		}
		name := b.state.String()
		g.text(point{b.at.x + (boxW-len(name))/2, b.at.y + 1}, name, st)
	}
	for _, a := range m.arrows {
		a.draw(g)
	}
	for _, a := range m.arrows {
		a.write(g)
	}
	return g, g.clash
}

// look is the stroke and style of a mark.
func look(m mark) (stroke, style) {
	switch m {
	case solid:
		return heavy, first
	case dashed:
		return broken, second
	case plain:
	}
	return light, normal
}

// draw puts the arrow's line into the grid.
func (a arrow) draw(g *grid) {
	k, st := look(a.mark)
	line := a.line
	start, end := line[0], line[len(line)-1]
	if !a.back {
		d := toward(start, line[1])
		g.join(point{start.x - d.x, start.y - d.y}, d, k, normal)
		g.join(start, point{-d.x, -d.y}, k, st)
	}
	for i := 1; i < len(line); i++ {
		g.line(line[i-1], line[i], k, st)
	}
	if a.there {
		g.put(end, a.tip(line[len(line)-2], end), st)
	} else {
		d := toward(line[len(line)-2], end)
		g.join(end, d, k, st)
		g.join(point{end.x + d.x, end.y + d.y}, point{-d.x, -d.y}, k, normal)
	}
	if a.back {
		g.put(start, a.tip(line[1], start), st)
	}
}

// tip is the character at the end of an arrow that comes from a to b.
func (a arrow) tip(from, to point) rune {
	d := toward(from, to)
	switch {
	case a.final:
		return '◉'
	case d.x > 0:
		return '▶'
	case d.x < 0:
		return '◀'
	case d.y > 0:
		return '▼'
	}
	return '▲'
}

// write puts the arrow's label into the grid.
func (a arrow) write(g *grid) {
	_, st := look(a.mark)
	for i, note := range a.notes {
		text := note.text
		if n := numbers(a.those(note.back)); n != "" {
			text = n + " " + text
		}
		g.text(point{a.label.at.x, a.label.at.y + i}, text, st)
	}
	if a.both {
		return
	}
	if len(a.causes) == 0 {
		p := a.line[len(a.line)-1]
		g.text(point{p.x + 1, p.y}, a.numbers(), st)
		return
	}
	p := a.label.at
	put := func(s string, st style) {
		at := p
		if a.label.ends {
			at.x -= width(s) - 1
		}
		g.text(at, s, st)
		p.y++
	}
	cause, action := a.words()
	put(cause, st)
	if a.label.split {
		p.y++
	}
	for _, line := range action {
		put(line, faint)
	}
}

// words is the label's cause, with the step's number before it, and its action
// in lines that fit.
func (a arrow) words() (cause string, action []string) {
	cause = strings.Join(a.causes, " | ")
	if len(a.steps) > 0 {
		cause = a.numbers() + " " + cause
	}
	return cause, wrapList(a.action, a.label.width)
}

// explained is the paths that need a legend; one of a single state does not.
func (o MachineOptions) explained() []Path {
	if len(o.Paths) == 1 && len(o.Paths[0].States) < 2 {
		return nil
	}
	return o.Paths
}

// legend explains the marks of a picture.
func legend(o MachineOptions, m machine) string {
	var parts []string
	for i, p := range o.explained() {
		line, st := "━━━", first
		if p.Dashed {
			line, st = "┅┅┅", second
		}
		parts = append(parts, paint(line+" "+step{n: 1, path: i}.String()+" "+p.Name, st, o.Color))
	}
	for _, a := range m.arrows {
		if a.final {
			parts = append(parts, o.say("◉ leads to CLOSED", "◉ 到 CLOSED"))
			break
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n" + strings.Join(parts, "     ") + "\n"
}

// otherWays lists, with All, the rows that the picture has no label for: one
// line for all the states that a row leads from.
func otherWays(o MachineOptions, m machine) string {
	if !o.All {
		return ""
	}
	var out strings.Builder
	out.WriteString("\n" + paint(o.say("Arrows that figure 5 leaves out", "图 5 没有画出的转换"), strong, o.Color) + "\n\n")
	for i := range fsm.Table {
		from := fsm.States(0)
		for _, w := range m.others {
			if w.Row == i+1 {
				from |= fsm.In(w.From)
			}
		}
		if from != 0 {
			out.WriteString(otherWay(o, i+1, from))
		}
	}
	return out.String()
}

// otherWay is one row in words.
func otherWay(o MachineOptions, n int, from fsm.States) string {
	row := fsm.Row(n)
	head := fmt.Sprintf("%4d  %s  ", n, pad(describe(o.Lang, explain.Way{Row: n}), 58))
	lines := wrap(from.String()+" ─▶ "+row.To.String(), o.width()-width(head))
	return head + strings.Join(lines, "\n"+spaces(width(head))) + "\n"
}
