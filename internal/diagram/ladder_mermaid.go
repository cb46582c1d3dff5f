package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
				out.WriteString(m.note(side(s), e.start.String()))
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

// A saying is a line or two of a ladder in Mermaid, and when it happens.
type saying struct {
	t    time.Duration
	text string
}

// rungs writes the ladder's messages and notes in the order of time: a message
// stands where the segment leaves.
func (m *mermaid) rungs(out *strings.Builder) {
	var all []saying
	for _, r := range m.l.rungs() {
		all = append(all, m.sayings(&r)...)
	}
	slices.SortStableFunc(all, func(a, b saying) int { return cmp.Compare(a.t, b.t) })
	for i, s := range all {
		if i > 0 && s.t-all[i-1].t >= longGap {
			fmt.Fprintf(out, "    Note over %s,%s: … %s …\n", m.ids[0], m.ids[1], clockText(s.t-all[i-1].t))
		}
		out.WriteString(s.text)
	}
}

// sayings is what a rung has to say.
func (m *mermaid) sayings(r *rung) (all []saying) {
	if f := r.flight; f != nil && (r.part == whole || r.part == leaving) {
		at := f.sent
		if at == nil {
			at = f.came
		}
		all = append(all, saying{at.t, m.message(f)})
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
			all = append(all, saying{at.t, m.note(side(i), clockText(at.t)+"<br/>"+strings.Join(lines, "<br/>"))})
		}
	}
	return all
}

// message is an arrow; one that ends in a cross was lost.
func (m *mermaid) message(f *flight) string {
	arrow, label := "->>", quoted(f.labels()[0])
	if f.lost {
		arrow, label = "-x", label+m.o.say(" (lost)", "（丢失）")
	}
	return fmt.Sprintf("    %s%s%s: %s\n", m.ids[f.from], arrow, m.ids[f.from.far()], label)
}

// note is a note at the outer side of a lifeline.
func (m *mermaid) note(s side, text string) string {
	return fmt.Sprintf("    Note %s of %s: %s\n", [2]string{"left", "right"}[s], m.ids[s], text)
}

// quoted replaces what Mermaid takes for its own by its entity codes.
func quoted(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;").Replace(s)
}
