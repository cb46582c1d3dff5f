package oracle

import (
	"strings"
	"testing"
)

// Every entry says what it is about, and has a name of its own.
func TestDeviationsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Deviations {
		if seen[d.Name] {
			t.Errorf("two entries are called %s", d.Name)
		}
		seen[d.Name] = true
		switch {
		case d.Where == "" || d.Linux == "" || d.Why == "" || d.At == nil || len(d.Example) == 0:
			t.Errorf("%s is not complete", d.Name)
		case !strings.Contains(d.RFC, "§"):
			t.Errorf("%s does not say where the RFC says it", d.Name)
		case d.Later == (d.Ours != nil), d.Later == (d.Theirs != nil):
			t.Errorf("%s shows at once or later, not both", d.Name)
		}
	}
}
