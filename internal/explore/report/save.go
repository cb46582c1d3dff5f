package report

import (
	"os"
	"path/filepath"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explore"
)

// Ladder is the sequence diagram of a run, as text.
func Ladder(r *explore.Run, o diagram.Options) string {
	return diagram.LadderText(Events(r), ladderOptions(r, o))
}

func ladderOptions(r *explore.Run, o diagram.Options) diagram.LadderOptions {
	if o.Title == "" {
		o.Title = "configuration " + r.Config.Name
	}
	return diagram.LadderOptions{Options: o, BothEnds: true}
}

// Save writes a counterexample to a directory: the sequence diagram, the
// capture and the Go test, named for the configuration and the property.
func Save(dir string, r *explore.Report, run *explore.Run) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, r.Config.Name+"-"+r.Violation.Property.Name)
	svg := diagram.LadderSVG(Events(run), ladderOptions(run, diagram.Options{}))
	if err := os.WriteFile(name+".svg", []byte(svg), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(name+".go.txt", []byte(GoTest(r.Config, r.Violation)), 0o644); err != nil {
		return err
	}
	file, err := os.Create(name + ".pcapng")
	if err != nil {
		return err
	}
	if err := WritePcap(file, run); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
