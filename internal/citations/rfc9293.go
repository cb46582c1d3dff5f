// Package citations finds what the project cites of RFC 9293, so that tests
// can compare it with what is there: sections (§3.10.7.4) and requirements
// (MUST-13).
package citations

import (
	_ "embed"
	"strings"
)

// A Section is a section of RFC 9293.
type Section struct {
	Number string   // "3.10.7.4", "A.1"
	Title  string   // "Other States"
	Steps  []string // "first", "second" ..., where the section counts its steps in words
}

// A Requirement is a row of the requirement summary, appendix B of RFC 9293.
type Requirement struct {
	Label   string // "MUST-13"
	Level   string // "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"
	Section string // "3.6.1": where it is stated
	Feature string // the table's heading and line: "Closing Connections: In TIME-WAIT state for 2MSL seconds"
}

//go:embed rfc9293-sections.txt
var sectionsFile string

//go:embed rfc9293-requirements.txt
var requirementsFile string

// Sections is all sections of RFC 9293 by number.
func Sections() map[string]Section {
	all := map[string]Section{}
	for _, f := range records(sectionsFile) {
		s := Section{Number: f[0], Title: f[1]}
		if len(f) > 2 {
			s.Steps = strings.Fields(f[2])
		}
		all[s.Number] = s
	}
	return all
}

// Requirements is all requirements of RFC 9293: MUST, SHLD, MAY and REC, each
// in the order of their numbers.
func Requirements() []Requirement {
	var all []Requirement
	for _, f := range records(requirementsFile) {
		all = append(all, Requirement{Label: f[0], Level: f[1], Section: f[2], Feature: f[3]})
	}
	return all
}

// records is the lines of a file as fields between tabs, without comments.
func records(file string) (all [][]string) {
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, strings.Split(line, "\t"))
		}
	}
	return all
}
