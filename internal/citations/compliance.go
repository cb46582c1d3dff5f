package citations

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Verdict says how the project stands to a requirement. As an exception's
// first words it gives the reason.
type Verdict string

// The verdicts.
const (
	Met       Verdict = "Met"       // the code does it, and a test shows it
	InPart    Verdict = "In part"   // the same, but for what the reason says
	Deviation Verdict = "Deviation" // the code does something else, on purpose
	NotDone   Verdict = "Not done"
	NotOurs   Verdict = "Not ours" // it asks nothing of this TCP
)

// verdicts is all verdicts that an exception may have.
var verdicts = []Verdict{InPart, Deviation, NotDone, NotOurs}

// An Exception is a requirement that is not just met.
type Exception struct {
	Verdict Verdict
	Reason  string
}

// An Answer is what the project has to say to a requirement.
type Answer struct {
	Requirement
	Exception            // with the verdict Met and no reason, if there is none
	Code, Tests []string // the places that cite it: "internal/tcp/emit.go: (*Conn).build"
}

// library is where the code is that can meet a requirement, the most telling
// places first: root is ".".
var library = []string{"internal/tcp", "internal/stack", "internal/wire", "internal/recovery", "congestion", ".", "fsm"}

// Answers pairs the requirements with what cites them.
func Answers(all []Citation, exceptions map[string]Exception) (answers []Answer) {
	code, tests := map[string][]Citation{}, map[string][]Citation{}
	for _, c := range all {
		switch {
		case c.InTest():
			tests[c.What] = append(tests[c.What], c)
		case c.InCode() && slices.Contains(library, path.Dir(c.File)):
			code[c.What] = append(code[c.What], c)
		}
	}
	for _, r := range Requirements() {
		e, ok := exceptions[r.Label]
		if !ok {
			e.Verdict = Met
		}
		answers = append(answers, Answer{r, e, places(code[r.Label]), places(tests[r.Label])})
	}
	return answers
}

// maxPlaces is how many places an answer names. The rest is found with grep.
const maxPlaces = 3

// places is where the citations stand, each place once, without line numbers:
// those change with every edit.
func places(all []Citation) (names []string) {
	rank := func(c Citation) int {
		if i := slices.Index(library, path.Dir(c.File)); i >= 0 {
			return i
		}
		return len(library)
	}
	slices.SortStableFunc(all, func(a, b Citation) int {
		return cmp.Or(rank(a)-rank(b), cmp.Compare(a.File, b.File), a.Line-b.Line)
	})
	for _, c := range all {
		name := c.File
		if c.Symbol != "" {
			name += ": " + c.Symbol
		}
		if !slices.Contains(names, name) && len(names) < maxPlaces {
			names = append(names, name)
		}
	}
	return names
}

const complianceIntro = `# Compliance with RFC 9293

<!-- Generated from the citations in code and tests, and from internal/citations/exceptions.txt, by make golden. -->

RFC 9293 labels %d requirements. For each of them: where the code does what it asks, which tests show it, or the reason why not.
The columns name at most %d places; ` + "`grep -rw MUST-13`" + ` finds all.

| | MUST | SHOULD | MAY |
|---|--:|--:|--:|
`

// Compliance is the document that shows the answers, in Markdown: a count and a
// table for each heading of appendix B.
func Compliance(answers []Answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, complianceIntro, len(answers), maxPlaces)
	for _, v := range append([]Verdict{Met}, verdicts...) {
		n := map[string]int{}
		for _, a := range answers {
			if a.Verdict == v {
				word, _, _ := strings.Cut(a.Level, " ") // MUST NOT counts as MUST
				n[word]++
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", v, n["MUST"], n["SHOULD"], n["MAY"])
	}
	for _, heading := range headings(answers) {
		fmt.Fprintf(&b, "\n## %s\n\n| requirement | asks | code | tests | |\n|---|---|---|---|---|\n", heading)
		for _, a := range answers {
			if of, asks, _ := strings.Cut(a.Feature, ": "); of == heading {
				a.row(&b, asks)
			}
		}
	}
	return b.String()
}

// headings is those of appendix B, in the order of the answers.
func headings(answers []Answer) (all []string) {
	for _, a := range answers {
		if of, _, _ := strings.Cut(a.Feature, ": "); !slices.Contains(all, of) {
			all = append(all, of)
		}
	}
	return all
}

// row writes a line of a table.
func (a *Answer) row(b *strings.Builder, asks string) {
	remark := ""
	if a.Verdict != Met {
		remark = fmt.Sprintf("**%s**: %s", a.Verdict, a.Reason)
	}
	fmt.Fprintf(b, "| %s %s §%s | %s | %s | %s | %s |\n",
		a.Label, a.Level, a.Section, asks, cell(a.Code), cell(a.Tests), remark)
}

// cell is the places in one cell of a table.
func cell(places []string) string {
	if len(places) == 0 {
		return ""
	}
	return "`" + strings.Join(places, "`<br>`") + "`"
}
