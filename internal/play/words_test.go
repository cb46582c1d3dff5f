package play

import (
	"strings"
	"testing"

	"github.com/lastack/lastack/internal/explain"
)

// all is every scenario, those with cases and the cases.
func all() (list []*Scenario) {
	for _, s := range Scenarios() {
		list = append(append(list, s), s.Cases...)
	}
	return list
}

func TestEveryScenarioIsExplainedInEveryLanguage(t *testing.T) {
	for _, l := range explain.Langs {
		for _, s := range all() {
			w := s.Words(l)
			for _, text := range []string{w.Title, w.Line, w.Text} {
				if text == "" || text != strings.TrimSpace(text) {
					t.Errorf("%s in %v: a text is missing or has spaces around it", s.Name, l)
				}
			}
			if strings.Contains(strings.ReplaceAll(w.Text, "\n\n", ""), "\n") {
				t.Errorf("%s in %v: a paragraph is broken into lines", s.Name, l)
			}
		}
	}
	for l, w := range words {
		if n := len(all()); len(w[0])+len(w[1]) != n {
			t.Errorf("%d scenarios, %d texts in %v", n, len(w[0])+len(w[1]), l)
		}
	}
}

func TestLinesFitAListing(t *testing.T) {
	for _, l := range explain.Langs {
		for _, s := range all() {
			if w := s.Words(l).Line; len([]rune(w)) > 95 {
				t.Errorf("%s in %v: %d letters", s.Name, l, len([]rune(w)))
			}
		}
	}
}

func TestNextLeadsToAScenario(t *testing.T) {
	for _, s := range all() {
		if n := Find(s.Next); n == nil || n == s {
			t.Errorf("%s leads to %q", s.Name, s.Next)
		}
	}
	if Find("nothing") != nil || Find("") != nil {
		t.Error("what is no scenario is found")
	}
}
