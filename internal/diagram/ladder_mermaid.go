package diagram

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/trace"
)

// LadderMermaid writes the sequence diagram of the events in Mermaid's language
// (sequenceDiagram). Mermaid's messages take no time, so crossing segments
// stand one below the other.
func LadderMermaid(events []trace.Event, o LadderOptions) string {
	var out strings.Builder
	if o.Title != "" {
		fmt.Fprintf(&out, "---\ntitle: %q\n---\n", o.Title)
	}
	out.WriteString("sequenceDiagram\n")
	for i, l := range ladders(o, events) {
		m := mermaid{o: o.Options, l: l}
		for s, e := range l.ends {
			m.ids[s] = fmt.Sprintf("%c%d", "AB"[s], i+1)
			name := o.endName(e, side(s))
			if e.addr.IsValid() {
				name += "<br/>" + e.addr.String()
			}
			fmt.Fprintf(&out, "    participant %s as %s\n", m.ids[s], name)
		}
		for s, e := range l.ends {
			if e.name != "" {
				m.note(&out, side(s), e.start.String())
			}
		}
		m.rungs(&out)
	}
	return out.String()
}

// A mermaid writes one ladder.
type mermaid struct {
	o   Options
	l   *ladder
	ids [2]string
}

// rungs writes the ladder's rungs in order.
func (m *mermaid) rungs(out *strings.Builder) {
	s := sheet{}
	for _, r := range m.l.rungs() {
		earliest, latest := span(&r)
		if wait := earliest - s.latest; s.gone && wait >= longGap {
			fmt.Fprintf(out, "    Note over %s,%s: … %s …\n", m.ids[0], m.ids[1], clockText(wait))
		}
		s.latest, s.gone = max(s.latest, latest), true
		if f := r.flight; f != nil && (r.part == whole || r.part == leaving) {
			m.message(out, f)
		}
		for i, at := range r.at {
			if at == nil {
				continue
			}
			var lines []string
			for _, state := range at.states {
				lines = append(lines, state.String())
			}
			for _, n := range at.notes {
				lines = append(lines, quoted(n.text))
			}
			if len(lines) > 0 {
				m.note(out, side(i), clockText(at.t)+"<br/>"+strings.Join(lines, "<br/>"))
			}
		}
	}
}

// message writes an arrow; one that ends in a cross was lost.
func (m *mermaid) message(out *strings.Builder, f *flight) {
	arrow, label := "->>", quoted(f.labels()[0])
	if f.lost {
		arrow, label = "-x", label+m.o.say(" (lost)", "（丢失）")
	}
	fmt.Fprintf(out, "    %s%s%s: %s\n", m.ids[f.from], arrow, m.ids[f.from.far()], label)
}

// note writes a note at the outer side of a lifeline.
func (m *mermaid) note(out *strings.Builder, s side, text string) {
	fmt.Fprintf(out, "    Note %s of %s: %s\n", [2]string{"left", "right"}[s], m.ids[s], text)
}

// quoted replaces what Mermaid takes for its own by its entity codes.
func quoted(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;").Replace(s)
}
