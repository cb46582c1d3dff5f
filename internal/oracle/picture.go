package oracle

import (
	"fmt"
	"strings"
)

// Text is the machine as a table: each state with a word that leads to it, and
// below what each input does there. Inputs that do the same share a line;
// those that do nothing at all are left out.
func (m *Machine) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d states, %d inputs\n", m.System, len(m.States), len(m.States[0].Edges))
	for i, s := range m.States {
		fmt.Fprintf(&b, "\n%s", s.Name)
		if s.Access != "" {
			fmt.Fprintf(&b, "   after: %s", s.Access)
		}
		b.WriteByte('\n')
		for _, a := range m.arrows(i, false) {
			fmt.Fprintf(&b, "  %-24s %-40s -> %s\n", strings.Join(a.inputs, " "), a.output, m.States[a.to].Name)
		}
	}
	return b.String()
}

// DOT is the machine in Graphviz's language. What leads from a state to itself
// is left out.
func (m *Machine) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %q {\n  node [shape=box, style=rounded];\n", m.System)
	for i, s := range m.States {
		fmt.Fprintf(&b, "  s%d [label=%q];\n", i, s.Name)
	}
	for i := range m.States {
		for _, a := range m.arrows(i, true) {
			fmt.Fprintf(&b, "  s%d -> s%d [label=%q];\n", i, a.to, a.label())
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// Mermaid is the machine in Mermaid's language. What leads from a state to
// itself is left out.
func (m *Machine) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for i, s := range m.States {
		fmt.Fprintf(&b, "  s%d: %s\n", i, s.Name)
	}
	b.WriteString("  [*] --> s0\n")
	for i := range m.States {
		for _, a := range m.arrows(i, true) {
			fmt.Fprintf(&b, "  s%d --> s%d: %s\n", i, a.to, strings.NewReplacer(";", ",", ":", " ").Replace(a.label()))
		}
	}
	return b.String()
}

// JSON is the machine in full.
func (m *Machine) JSON() string { return toJSON(m) }

// An arrow is the inputs that do the same in a state.
type arrow struct {
	inputs []string
	output string // without the state that is reached
	to     int
}

func (a arrow) label() string { return strings.Join(a.inputs, " ") + " / " + a.output }

// arrows is what leads out of a state, in the order of inputs. What does nothing
// is left out, and with moves all that stays in the state.
func (m *Machine) arrows(state int, moves bool) (out []arrow) {
	at := map[string]int{}
	for _, e := range m.States[state].Edges {
		output, _, _ := strings.Cut(e.Output, " | ")
		if e.To == state && (moves || output == "nothing") {
			continue
		}
		key := fmt.Sprintf("%s > %d", output, e.To)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, arrow{output: output, to: e.To})
		}
		out[i].inputs = append(out[i].inputs, e.Input)
	}
	return out
}
