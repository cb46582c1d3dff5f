package citations

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Citation is one place of the project that names a section or a
// requirement of RFC 9293.
type Citation struct {
	File   string // slash-separated, from the project's root
	Line   int    // from 1
	Symbol string // the Go declaration that it stands in: "(*Conn).Emit"; empty if none
	What   string // "3.10.7.4" or "MUST-13"
	Step   string // the word after a section, if it counts: "second"
}

// InTest reports whether the citation stands in a test or in a test's script.
func (c Citation) InTest() bool {
	return strings.HasSuffix(c.File, "_test.go") || path.Ext(c.File) == ".pkt"
}

// InCode reports whether the citation stands in Go code that is not a test.
func (c Citation) InCode() bool {
	return path.Ext(c.File) == ".go" && !c.InTest()
}

// Scan reads the Go code, the documents and the packet scripts below root, and
// returns all their citations. This package's own files are left out: they
// cite to show how citing goes.
func Scan(root fs.FS) (all []Citation, err error) {
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == "internal/citations" || strings.HasPrefix(path.Base(name), ".") && name != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".md", ".pkt"}, path.Ext(name)) {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		all = append(all, scanText(name, string(text))...)
		return nil
	})
	return all, err
}

var (
	commentStart = regexp.MustCompile(`(?m)^[ \t]*(//|#)`)
	sectionSign  = regexp.MustCompile(`§§?\s?((?:[0-9]+|[A-Z])(?:\.[0-9]+)*)`)
	stepWord     = regexp.MustCompile(`^\s+(first|second|third|fourth|fifth|sixth|seventh|eighth)\b`)
	rfcBefore    = regexp.MustCompile(`RFC[\s-]*([0-9]+)(?:'s)?,?\s*$`)
	rfcAfter     = regexp.MustCompile(`^\s+of\s+RFC\s+([0-9]+)`)
	listGap      = regexp.MustCompile(`^\s*(?:,|,?\s(?:and|or|to)\s|-)?\s*$`)
	label        = regexp.MustCompile(`\b(?:MUST|SHLD|MAY|REC)-[0-9]+\b`)
)

// scanText finds the citations of one file. Comment marks at the start of a
// line are blanks, so that a citation may be broken between lines.
func scanText(file, text string) (all []Citation) {
	symbol := symbols(file, text)
	text = commentStart.ReplaceAllString(text, "")
	cite := func(at int, what, step string) {
		line := 1 + strings.Count(text[:at], "\n")
		all = append(all, Citation{File: file, Line: line, Symbol: symbol(line), What: what, Step: step})
	}

	rfc, end := "", -1 // of the section before
	for _, m := range sectionSign.FindAllStringSubmatchIndex(text, -1) {
		before, after := text[:m[0]], text[m[1]:]
		if end < 0 || !listGap.MatchString(text[end:m[0]]) {
			rfc = "9293"
		}
		if m := rfcBefore.FindStringSubmatch(before); m != nil {
			rfc = m[1]
		} else if m := rfcAfter.FindStringSubmatch(after); m != nil {
			rfc = m[1]
		}
		step := ""
		if m := stepWord.FindStringSubmatch(after); m != nil {
			step = m[1]
		}
		if rfc == "9293" {
			cite(m[0], text[m[2]:m[3]], step)
		}
		end = m[1]
	}
	for _, m := range label.FindAllStringIndex(text, -1) {
		cite(m[0], text[m[0]:m[1]], "")
	}
	return all
}
