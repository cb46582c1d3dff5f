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
	Part     string `json:"part"` // tutorial or practice
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
	const column = 28
	width := f.width(out)
	var part string
	for _, s := range play.Scenarios() {
		if now := partTitle(s, l); now != part {
			if part != "" {
				text.WriteString("\n")
			}
			part = now
			text.WriteString(part + "\n\n")
		}
		entry(&text, s.Name, s.Words(l).Line, column, width)
		for _, c := range s.Cases {
			entry(&text, "  "+strings.TrimPrefix(c.Name, s.Name), c.Words(l).Line, column, width)
		}
	}
	return text.String()
}

// partTitle is the heading under which a scenario is listed.
func partTitle(s *play.Scenario, l explain.Lang) string {
	switch {
	case s.Practice() && l == explain.ZH:
		return "实践中还有这些"
	case s.Practice():
		return "What practice adds"
	case l == explain.ZH:
		return "教程里的路"
	default:
		return "The tutorial's paths"
	}
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
		s := play.Find(name)
		w, part := s.Words(l), "tutorial"
		if s.Practice() {
			part = "practice"
		}
		all = append(all, listed{name, part, w.Title, w.Line})
	}
	text, err := json.MarshalIndent(all, "", "  ")
	must(err)
	return string(text) + "\n"
}
