package drill

import (
	"testing"
	"time"
)

// Whatever a script says, running it against lastack neither panics nor hangs.
func FuzzRun(f *testing.F) {
	for _, src := range Builtin() {
		f.Add(src.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		begun := time.Now()
		Run(Source{"fuzz.pkt", text}, Options{})
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("it runs for %v", d)
		}
	})
}
