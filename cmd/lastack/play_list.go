package main

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/internal/play"
)

// A listed is a scenario in the list as JSON.
type listed struct {
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	Line     string `json:"line"`
}

// listing is the names of the scenarios with what happens in them.
func (f *playFlags) listing(out io.Writer) string {
	l := f.language()
	if f.format == "json" {
		return listJSON(l)
	}
	var text strings.Builder
	const column = 20
	width := f.width(out)
	for _, s := range play.Scenarios() {
		entry(&text, s.Name, s.Words(l).Line, column, width)
		for _, c := range s.Cases {
			entry(&text, "  "+strings.TrimPrefix(c.Name, s.Name), c.Words(l).Line, column, width)
		}
	}
	return text.String()
}

// entry writes a name and, beside it from a column on, what there is to say.
func entry(text *strings.Builder, name, line string, column, width int) {
	for _, l := range diagram.Wrap(line, width-column) {
		text.WriteString(name + strings.Repeat(" ", max(column-len(name), 1)) + l + "\n")
		name = ""
	}
}

// listJSON is the list for programs.
func listJSON(l explain.Lang) string {
	var all []listed
	for _, name := range scenarioNames() {
		w := play.Find(name).Words(l)
		all = append(all, listed{name, w.Title, w.Line})
	}
	text, err := json.MarshalIndent(all, "", "  ")
	must(err)
	return string(text) + "\n"
}
