package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// A link is an arrow for programs that place states themselves: each label is
// on one line.
type link struct {
	from, to fsm.State
	labels   []string
	mark     mark
}

// links is the arrows of figure 5, or with All those of the whole table, one
// for each pair of states.
func links(o MachineOptions) (out []link) {
	for from := range fsm.State(fsm.NumStates) {
		for to := range fsm.State(fsm.NumStates) {
			l := link{from: from, to: to}
			every := o.All || onPath(o.Paths, from, to) && !drawn(from, to)
			for _, w := range between(from, to) {
				if !every && !w.Transition().Fig5 && !taken(o.Paths, w) {
					continue
				}
				l.labels = append(l.labels, describe(o.Lang, w))
			}
			for _, p := range o.Paths {
				if l.mark != solid && onPath([]Path{p}, from, to) {
					l.mark = pathMark(p)
				}
			}
			if len(l.labels) > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// drawn reports whether figure 5 has an arrow between the states.
func drawn(from, to fsm.State) bool {
	return slices.ContainsFunc(between(from, to), func(w explain.Way) bool { return w.Transition().Fig5 })
}

// pathMark is how a path's arrows stand out.
func pathMark(p Path) mark {
	if p.Dashed {
		return dashed
	}
	return solid
}

// MachineMermaid writes the state diagram in Mermaid's language
// (stateDiagram-v2). Mermaid has no dashed arrows there, so paths are marked by
// the colours of their states only.
func MachineMermaid(o MachineOptions) string {
	var out strings.Builder
	fmt.Fprintf(&out, "---\ntitle: %q\n---\nstateDiagram-v2\n    direction TB\n    [*] --> CLOSED\n", title(o))
	for _, l := range links(o) {
		fmt.Fprintf(&out, "    %v --> %v: %s\n", l.from, l.to, strings.Join(l.labels, `\n`))
	}
	for _, p := range []struct {
		mark  mark
		class string
		style string
	}{
		{solid, "first", "fill:#dafbe1,stroke:#1a7f37,stroke-width:3px,color:#1f2328"},
		{dashed, "second", "fill:#ddf4ff,stroke:#0969da,stroke-width:3px,stroke-dasharray:6 4,color:#1f2328"},
	} {
		if names := marked(o, p.mark); len(names) > 0 {
			fmt.Fprintf(&out, "    classDef %s %s\n    class %s %s\n", p.class, p.style, strings.Join(names, ","), p.class)
		}
	}
	return out.String()
}

// marked is the states that stand out in that way.
func marked(o MachineOptions, as mark) (names []string) {
	seen := map[string]bool{}
	for _, b := range model(o).boxes {
		if name := b.state.String(); b.mark == as && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// MachineDOT writes the state diagram in Graphviz' language. Program dot places
// the states itself; neato -n keeps the places of figure 5.
func MachineDOT(o MachineOptions) string {
	var out strings.Builder
	fmt.Fprintf(&out, "digraph tcp {\n  label=%q; labelloc=t; fontname=\"Helvetica\";\n", title(o))
	out.WriteString("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	placed := map[fsm.State]bool{}
	for _, b := range model(o).boxes {
		if placed[b.state] {
			continue
		}
		placed[b.state] = true
		fmt.Fprintf(&out, "  %v [pos=\"%d,%d\"%s];\n", b.state, b.at.x*9, (pictureH-b.at.y)*18, dotMark(b.mark, "rounded,"))
	}
	for _, l := range links(o) {
		fmt.Fprintf(&out, "  %v -> %v [label=\"%s\"%s];\n", l.from, l.to, strings.Join(l.labels, `\n`), dotMark(l.mark, ""))
	}
	return out.String() + "}\n"
}

// dotMark is the attributes of something that stands out.
func dotMark(m mark, style string) string {
	switch m {
	case solid:
		return fmt.Sprintf(`, color="#1a7f37", penwidth=3, style="%sbold"`, style)
	case dashed:
		return fmt.Sprintf(`, color="#0969da", penwidth=3, style="%sdashed"`, style)
	case plain:
	}
	return ""
}
