package diagram

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A labelBox is where a label of a slanted arrow stands: along its line, above
// or below it.
type labelBox struct {
	lines []string
	size  float64 // of the letters, in pixels
	mid   spot    // of the part of the line at which it stands
	half  float64 // half the label's width
	tilt  float64 // how much the line falls per pixel to the right
	below bool
}

// Letters of labels are of the usual size, or a little smaller.
const (
	labelSize = 14.0
	smallSize = 11.5
	labelStep = 15.0 // between two lines of a label
)

// A wording is a label in one of its looks.
type wording struct {
	lines []string
	size  float64
}

// wordings is the looks of a flight's label in the order of preference: the
// full text in one line, in two, in small letters, and only then less text.
func wordings(f *flight) (out []wording) {
	for _, text := range f.labels() {
		out = append(out, wording{[]string{text}, labelSize})
		head, options, two := strings.Cut(text, " <")
		if two {
			out = append(out, wording{[]string{head, "<" + options}, labelSize})
		}
		out = append(out, wording{[]string{text}, smallSize})
		if two {
			out = append(out, wording{[]string{head, "<" + options}, smallSize})
		}
	}
	return out
}

// labels finds a place for each flight's label at which it touches no other
// line and no other label: the fullest text that has one, in the middle if that
// is free, else rather near the start of the arrow.
func (p *plot) labels() {
	for _, f := range p.l.flights {
		box := p.bestBox(f)
		p.boxes = append(p.boxes, box)
		y, style := -5-labelStep*float64(len(box.lines)-1), ""
		if box.below {
			y = 15
		}
		if box.size != labelSize {
			style = fmt.Sprintf(` style="font-size:%spx"`, px(box.size))
		}
		for _, line := range box.lines {
			p.c.add(`<text class="ink halo" text-anchor="middle" transform="translate(%s) rotate(%.2f)" y="%s"%s>%s</text>`,
				box.mid, math.Atan(box.tilt)*180/math.Pi, px(y), style, escape(line))
			y += labelStep
		}
	}
}

// The places along an arrow at which a label may stand, as parts of its way:
// from the middle toward the start, and toward the end.
var (
	nearStart = []float64{.5, .42, .34, .28, .22}
	nearEnd   = []float64{.58, .66, .72, .78}
)

// bestBox tries texts and places in the order of preference, and takes the one
// with the fewest conflicts.
func (p *plot) bestBox(f *flight) (best labelBox) {
	fewest := math.MaxInt
	lines := p.neighbours(f)
	for _, words := range wordings(f) {
		for _, below := range []bool{false, true} {
			for _, at := range slices.Concat(nearStart, nearEnd) {
				box, fits := p.box(f, words, at, below)
				if !fits {
					continue
				}
				if n := p.conflicts(box, lines); n < fewest {
					best, fewest = box, n
				}
				if fewest == 0 {
					return best
				}
			}
		}
	}
	return best
}

// box is a label at a place along the flight's line, and whether it stays
// between the lifelines there.
func (p *plot) box(f *flight, words wording, at float64, below bool) (labelBox, bool) {
	a, b := p.ends(f)
	if a.x > b.x {
		a, b, at = b, a, 1-at
	}
	letters := 0
	for _, line := range words.lines {
		letters = max(letters, width(line))
	}
	half := float64(letters)*charW*words.size/labelSize/2 + 4
	box := labelBox{lines: words.lines, size: words.size, half: half, below: below, tilt: (b.y - a.y) / (b.x - a.x)}
	box.mid = spot{a.x + (b.x-a.x)*at, a.y + (b.y-a.y)*at}
	return box, box.mid.x-box.half >= a.x+12 && box.mid.x+box.half <= b.x-12
}

// middle is how high the middle of the text is at a column.
func (b labelBox) middle(x float64) float64 {
	y := b.mid.y + (x-b.mid.x)*b.tilt
	off := 10 + float64(len(b.lines)-1)*labelStep/2
	if b.below {
		return y + off
	}
	return y - off
}

// high is how high the label is.
func (b labelBox) high() float64 { return 16 + float64(len(b.lines)-1)*labelStep }

// A slant is another flight's line, from left to right.
type slant struct{ a, b spot }

// neighbours is the lines of the other flights that are about as far down.
func (p *plot) neighbours(f *flight) (out []slant) {
	const margin = 30
	a, b := p.ends(f)
	top, bottom := min(a.y, b.y)-margin, max(a.y, b.y)+margin
	for _, other := range p.l.flights {
		c, d := p.ends(other)
		if c.x > d.x {
			c, d = d, c
		}
		if other != f && max(c.y, d.y) > top && min(c.y, d.y) < bottom {
			out = append(out, slant{c, d})
		}
	}
	return out
}

// conflicts counts the places at which the label touches another flight's line
// or label.
func (p *plot) conflicts(box labelBox, lines []slant) (n int) {
	const step = 12
	high := box.high()
	for x := box.mid.x - box.half; x <= box.mid.x+box.half; x += step {
		y := box.middle(x)
		for _, l := range lines {
			if x >= l.a.x && x <= l.b.x && math.Abs(l.a.y+(x-l.a.x)*(l.b.y-l.a.y)/(l.b.x-l.a.x)-y) < high/2+1 {
				n++
			}
		}
		for i := max(0, len(p.boxes)-40); i < len(p.boxes); i++ {
			other := p.boxes[i]
			if math.Abs(x-other.mid.x) <= other.half && math.Abs(other.middle(x)-y) < (high+other.high())/2 {
				n++
			}
		}
	}
	return n
}
