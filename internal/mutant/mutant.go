package mutant

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Mutant is a fault of an implementation.
type Mutant struct {
	Name  string // "no-time-wait", for people and programs
	Fault string // what the careless implementer does, in a sentence
	Rule  string // what that breaks: "§3.10.7.4 eighth", "RFC 5961 §3.2"
	Edits []Edit // what makes lastack do it
}

// An Edit replaces a piece of a source file.
type Edit struct {
	File string // slash-separated, from the project's root
	Old  string // it occurs exactly once: short, so that it seldom has to change
	New  string
}

// All is every mutant, in the order of the table.
var All = slices.Concat(opening, closing, resets, acknowledgments, windows, text, timers, timestamps, losses)

// Overlay writes the mutant's edited files into dir, and there the file that
// tells the compiler to take them: what go build -overlay is given. root is the
// project's.
func (m *Mutant) Overlay(root, dir string) (file string, err error) {
	edited, err := m.Apply(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, text := range edited {
		real := filepath.Join(root, filepath.FromSlash(name))
		fake := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(fake, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[real] = fake
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, list, 0o600)
}

// Apply is the text of the files that the mutant changes, by name.
func (m *Mutant) Apply(root string) (map[string]string, error) {
	edited := map[string]string{}
	for _, e := range m.Edits {
		before, ok := edited[e.File]
		if !ok {
			real, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.File)))
			if err != nil {
				return nil, fmt.Errorf("mutant %s: %w; has the code moved? then name its new file", m.Name, err)
			}
			before = string(real)
		}
		if n := strings.Count(before, e.Old); n != 1 {
			return nil, fmt.Errorf("mutant %s: %q occurs %d times in %s, not once; if the code was rewritten, find the line that keeps the rule (%s: %s) and edit that",
				m.Name, e.Old, n, e.File, m.Rule, m.Fault)
		}
		edited[e.File] = strings.Replace(before, e.Old, e.New, 1)
	}
	return edited, nil
}
