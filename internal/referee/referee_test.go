package referee

import "testing"

// lastack plays every match without a foul.
func TestFairPlay(t *testing.T) {
	for _, m := range Matches() {
		t.Run(m.Name, func(t *testing.T) {
			if foul := m.Play(); foul != nil {
				t.Errorf("at %v the %s %s", foul.At, foul.End, foul.What)
			}
		})
	}
}
