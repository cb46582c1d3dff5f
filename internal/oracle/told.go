package oracle

import (
	"fmt"
	"strings"
)

// A Difference is a word on which the machines of lastack and of the kernel
// differ in the last symbol, and what explains it.
type Difference struct {
	Word         string
	Ours, Theirs string
	Why          *Deviation // nil: nothing explains it
}

// TellApart is the shortest words that tell two learnt machines apart, each
// with its explanation. They are played again, on both systems.
func TellApart(p *Pair, ours, theirs *Machine) (out []Difference, err error) {
	for _, text := range Distinguish(ours, theirs) {
		w, err := ParseWord(text)
		if err != nil {
			return nil, err
		}
		d := Difference{Word: text}
		a, err := p.Ours.Run(w)
		if err != nil {
			return nil, err
		}
		b, err := p.Theirs.Run(w)
		if err != nil {
			return nil, err
		}
		d.Ours, d.Theirs = a[len(a)-1].String(), b[len(b)-1].String()
		v, err := p.Compare(w)
		if err != nil {
			return nil, err
		}
		if n := len(v.Explained); n > 0 && v.Different == nil {
			d.Why = v.Explained[n-1]
		}
		out = append(out, d)
	}
	return out, nil
}

// DifferencesText is the differences for people. Those with the same
// explanation are shown once, by the shortest word.
func DifferencesText(all []Difference) string {
	var b strings.Builder
	count := map[string]int{}
	for _, d := range all {
		count[d.name()]++
	}
	shown := map[string]bool{}
	for _, d := range all {
		if d.Why != nil && shown[d.Why.Name] {
			continue
		}
		shown[d.name()] = true
		fmt.Fprintf(&b, "%s\n  lastack: %s\n  linux:   %s\n", d.Word, d.Ours, d.Theirs)
		if d.Why == nil {
			b.WriteString("  UNEXPLAINED\n\n")
			continue
		}
		fmt.Fprintf(&b, "  %s, %d such words\n%s\n", d.Why.Name, count[d.Why.Name], d.Why.Text())
	}
	fmt.Fprintf(&b, "%d words tell them apart, %d unexplained\n", len(all), count[""])
	return b.String()
}

// name is that of the explanation, empty if there is none.
func (d Difference) name() string {
	if d.Why == nil {
		return ""
	}
	return d.Why.Name
}

// DifferencesJSON is the differences for programs.
func DifferencesJSON(all []Difference) string {
	out := []map[string]string{}
	for _, d := range all {
		out = append(out, map[string]string{"word": d.Word, "lastack": d.Ours, "linux": d.Theirs, "deviation": d.name()})
	}
	return toJSON(out)
}
