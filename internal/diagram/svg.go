package diagram

import (
	"fmt"
	"math"
	"strings"
)

// fonts is what labels are set in: the system's own, with Chinese ones after
// them.
const fonts = `system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif`

// svgStyle is the colours of all pictures, for light and for dark surroundings
// and for paper. Custom properties would be shorter, but not every program that
// shows SVG knows them.
const svgStyle = `text{font-family:` + fonts + `;font-size:14px}
.paper{fill:#fff}.ink{fill:#1f2328}.soft{fill:#59636e}.small{font-size:12px}
.name{font-weight:600;font-size:14px}.title{font-weight:600;font-size:19px}
.halo{paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}
.box{fill:#f6f8fa;stroke:#6e7781;stroke-width:1.5}.line{fill:none;stroke:#6e7781;stroke-width:1.5}.tip{fill:#6e7781}
.box1{fill:#dafbe1;stroke:#1a7f37;stroke-width:2.5}.line1{fill:none;stroke:#1a7f37;stroke-width:3}.tip1{fill:#1a7f37}
.box2{fill:#ddf4ff;stroke:#0969da;stroke-width:2.5}.line2{fill:none;stroke:#0969da;stroke-width:3;stroke-dasharray:8 5}.tip2{fill:#0969da}
.lost{fill:none;stroke:#cf222e;stroke-width:1.5}.bad{fill:#cf222e}.digit{fill:#fff;font-size:11px;font-weight:700}
@media (prefers-color-scheme:dark){
.paper{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9198a1}.halo{stroke:#0d1117}
.box{fill:#161b22;stroke:#8b949e}.line{stroke:#8b949e}.tip{fill:#8b949e}
.box1{fill:#12261e;stroke:#3fb950}.line1{stroke:#3fb950}.tip1{fill:#3fb950}
.box2{fill:#0d2240;stroke:#58a6ff}.line2{stroke:#58a6ff}.tip2{fill:#58a6ff}
.lost{stroke:#f85149}.bad{fill:#f85149}.digit{fill:#0d1117}}
@media print{.paper{fill:#fff}}
`

// A canvas collects the elements of an SVG picture.
type canvas struct{ strings.Builder }

// A spot is a place on a canvas, in pixels.
type spot struct{ x, y float64 }

// add writes one element.
func (c *canvas) add(format string, args ...any) {
	fmt.Fprintf(c, format, args...)
	c.WriteByte('\n')
}

// Where a text stands relative to its spot.
const (
	atStart  = "start"
	atMiddle = "middle"
	atEnd    = "end"
)

// text sets a line of text.
func (c *canvas) text(p spot, class, anchor, s string) {
	c.add(`<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, px(p.x), px(p.y), anchor, escape(s))
}

// path draws a line over the spots, with round corners.
func (c *canvas) path(class string, spots []spot) {
	const radius = 8
	d := "M" + spots[0].String()
	for i := 1; i < len(spots)-1; i++ {
		before, after := near(spots[i], spots[i-1], radius), near(spots[i], spots[i+1], radius)
		d += " L" + before.String() + " Q" + spots[i].String() + " " + after.String()
	}
	c.add(`<path class="%s" d="%s L%s"/>`, class, d, spots[len(spots)-1])
}

// tip draws an arrowhead at b for a line that comes from a.
func (c *canvas) tip(class string, a, b spot) {
	const length, half = 10, 4.5
	base := near(b, a, length)
	ux, uy := (b.x-base.x)/length, (b.y-base.y)/length
	c.add(`<path class="%s" d="M%s L%s L%s Z"/>`, class, b,
		spot{base.x - uy*half, base.y + ux*half}, spot{base.x + uy*half, base.y - ux*half})
}

// wrap makes a whole document of the elements. The title and description
// are for those who cannot see the picture.
func (c *canvas) wrap(o Options, w, h float64, title, desc string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" lang="%s">
<title>%s</title>
<desc>%s</desc>
<style>
%s</style>
<rect class="paper" width="100%%" height="100%%"/>
%s</svg>
`, px(w), px(h), px(w), px(h), o.Lang, escape(title), escape(desc), svgStyle, c.String())
}

// String is the spot as path data has it.
func (p spot) String() string { return px(p.x) + " " + px(p.y) }

// near is the spot at the distance d from a on the way to b.
func near(a, b spot, d float64) spot {
	dx, dy := b.x-a.x, b.y-a.y
	n := math.Hypot(dx, dy)
	if n == 0 {
		return a
	}
	d = min(d, n)
	return spot{a.x + dx*d/n, a.y + dy*d/n}
}

// px is a length with at most one decimal.
func px(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// escape makes text of s in SVG and HTML.
func escape(s string) string { return markup.Replace(s) }
