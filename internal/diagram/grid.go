package diagram

import "strings"

// A style is how a cell of text looks in colour.
type style uint8

const (
	normal style = iota
	strong       // bold
	faint        // less important
	first        // the first path, the client
	second       // the second path, the server
	alarm        // what was lost or dropped
)

// ansi is the escape sequences of the styles.
var ansi = [...]string{strong: "\x1b[1m", faint: "\x1b[2m", first: "\x1b[1;32m", second: "\x1b[1;36m", alarm: "\x1b[31m"}

const reset = "\x1b[0m"

// paint wraps s in the style's escape sequences if color is set.
func paint(s string, st style, color bool) string {
	if !color || st == normal || s == "" {
		return s
	}
	return ansi[st] + s + reset
}

// A stroke is the kind of a line; the zero value is none.
type stroke uint8

const (
	light stroke = iota + 1
	heavy
	broken // heavy and dashed
)

// A cell is one character of a grid: a rune, or lines to its neighbours.
type cell struct {
	r                     rune // 0: none; covered: the second half of a wide rune
	style                 style
	up, down, left, right stroke
}

const covered = -1

// A grid is text of a fixed size in which lines and words can be put anywhere.
type grid struct {
	w, h  int
	cells []cell
	clash []string // what was put upon something else
}

func newGrid(w, h int) *grid { return &grid{w: w, h: h, cells: make([]cell, w*h)} }

// at is a cell, or one that is thrown away if the point is outside.
func (g *grid) at(p point) *cell {
	if p.x < 0 || p.y < 0 || p.x >= g.w || p.y >= g.h {
		return &cell{}
	}
	return &g.cells[p.y*g.w+p.x]
}

// text puts s at p. Words may not cover one another; a grid remembers where
// they would, and tests look.
func (g *grid) text(p point, s string, st style) {
	for _, r := range s {
		c := g.at(p)
		if (c.r != 0 && c.r != ' ' || c.up|c.down|c.left|c.right != 0) && r != ' ' || p.x >= g.w {
			g.clash = append(g.clash, s)
		}
		*c = cell{r: r, style: st}
		p.x++
		if wide(r) {
			*g.at(p) = cell{r: covered}
			p.x++
		}
	}
}

// put sets a single rune over whatever is there.
func (g *grid) put(p point, r rune, st style) { *g.at(p) = cell{r: r, style: st} }

// line draws from a to b, which are in one row or column.
func (g *grid) line(a, b point, k stroke, st style) {
	step := toward(a, b)
	for p := a; p != b; p = (point{p.x + step.x, p.y + step.y}) {
		g.join(p, step, k, st)
		g.join(point{p.x + step.x, p.y + step.y}, point{-step.x, -step.y}, k, st)
	}
}

// join gives the cell at p a line in the direction d.
func (g *grid) join(p, d point, k stroke, st style) {
	c := g.at(p)
	c.style = max(c.style, st)
	switch {
	case d.x > 0:
		c.right = max(c.right, k)
	case d.x < 0:
		c.left = max(c.left, k)
	case d.y > 0:
		c.down = max(c.down, k)
	default:
		c.up = max(c.up, k)
	}
}

// toward is the unit step from a to b.
func toward(a, b point) point { return point{sign(b.x - a.x), sign(b.y - a.y)} }

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// frame draws a box around w by h cells.
func (g *grid) frame(p point, w, h int, k stroke, st style) {
	a, b := point{p.x + w - 1, p.y}, point{p.x + w - 1, p.y + h - 1}
	c := point{p.x, p.y + h - 1}
	g.line(p, a, k, st)
	g.line(a, b, k, st)
	g.line(b, c, k, st)
	g.line(c, p, k, st)
}

// render is the grid's lines, without spaces at their ends and empty lines
// below.
func (g *grid) render(color bool) string {
	var out strings.Builder
	for y := range g.h {
		line, run, st := "", "", normal
		for x := range g.w {
			c := g.at(point{x, y})
			if c.r == covered {
				continue
			}
			if c.style != st {
				line, run, st = line+paint(run, st, color), "", c.style
			}
			run += string(c.rune())
		}
		if st == normal {
			run = strings.TrimRight(run, " ")
		}
		out.WriteString(strings.TrimRight(line+paint(run, st, color), " ") + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// rune is the character that the cell shows.
func (c *cell) rune() rune {
	if c.r != 0 {
		return c.r
	}
	across, along := max(c.left, c.right), max(c.up, c.down)
	shape := 0
	for i, k := range [...]stroke{c.up, c.down, c.left, c.right} {
		if k != 0 {
			shape |= 1 << i
		}
	}
	row, ok := lines[shape]
	if !ok {
		return ' '
	}
	straight := across == 0 || along == 0
	switch {
	case straight && max(across, along) == broken:
		return row[4]
	case across <= light && along <= light:
		return row[0]
	case across > light && along > light || straight:
		return row[3]
	case along > light:
		return row[2]
	}
	return row[1]
}

// lines is the box drawing characters by the neighbours they join (up 1, down
// 2, left 4, right 8): light; heavy across; heavy up and down; heavy; dashed.
var lines = map[int][5]rune{
	0b0001: {'│', '│', '┃', '┃', '┇'}, 0b0010: {'│', '│', '┃', '┃', '┇'}, 0b0011: {'│', '│', '┃', '┃', '┇'},
	0b0100: {'─', '━', '─', '━', '┅'}, 0b1000: {'─', '━', '─', '━', '┅'}, 0b1100: {'─', '━', '─', '━', '┅'},
	0b0101: {'╯', '┙', '┚', '┛', '┛'}, 0b1001: {'╰', '┕', '┖', '┗', '┗'},
	0b0110: {'╮', '┑', '┒', '┓', '┓'}, 0b1010: {'╭', '┍', '┎', '┏', '┏'},
	0b0111: {'┤', '┥', '┨', '┫', '┫'}, 0b1011: {'├', '┝', '┠', '┣', '┣'},
	0b1101: {'┴', '┷', '┸', '┻', '┻'}, 0b1110: {'┬', '┯', '┰', '┳', '┳'},
	0b1111: {'┼', '┿', '╂', '╋', '╋'},
}
