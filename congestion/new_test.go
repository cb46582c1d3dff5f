package congestion

import (
	"strings"
	"testing"
)

func TestNewSaysWhatThereIs(t *testing.T) {
	for _, name := range append(Names(), "") {
		if make, err := New(name); err != nil || make() == make() {
			t.Errorf("New(%q): %v", name, err)
		}
	}
	_, err := New("vegas")
	if err == nil || !strings.Contains(err.Error(), strings.Join(Names(), ", ")) {
		t.Errorf("New(vegas): %v, want an error that lists the names", err)
	}
}
