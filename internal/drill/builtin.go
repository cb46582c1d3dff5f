package drill

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lastack/lastack/internal/drill/matrix"
	corpus "github.com/lastack/lastack/testdata/drill"
)

// generators make the built-in scripts, part by part. Whoever makes scripts at
// run time adds a function here.
var generators = []func() []Source{files, cases}

// Builtin is all built-in scripts.
func Builtin() (all []Source) {
	for _, generate := range generators {
		all = append(all, generate()...)
	}
	return all
}

// cases is the scripts of the matrix.
func cases() (all []Source) {
	for _, s := range matrix.Scripts() {
		all = append(all, Source{Name: s.Name, Text: s.Text})
	}
	return all
}

// files is the scripts that people have written.
func files() (all []Source) {
	err := fs.WalkDir(corpus.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".pkt") {
			return err
		}
		text, err := corpus.Files.ReadFile(path)
		all = append(all, Source{Name: path, Text: string(text)})
		return err
	})
	if err != nil {
		panic("BUG: the embedded scripts cannot be read: " + err.Error())
	}
	return all
}

// Collect reads the scripts that arguments name: files, and directories with
// all *.pkt files below them.
func Collect(args []string) (all []Source, err error) {
	for _, arg := range args {
		err := filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path != arg && filepath.Ext(path) != ".pkt" {
				return err
			}
			text, err := os.ReadFile(path)
			all = append(all, Source{Name: path, Text: string(text)})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no scripts (*.pkt) in %s", strings.Join(args, ", "))
	}
	return all, nil
}

// Write writes scripts below a directory, under their names.
func Write(dir string, sources []Source) error {
	for _, src := range sources {
		path := filepath.Join(dir, filepath.FromSlash(src.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(src.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A Deviation is a difference of Linux from the RFCs that makes a built-in
// script fail there.
type Deviation struct{ Script, Name, Reason string }

// Deviations is the known deviations: those of linux.tsv, a line for each
// script with its name, the deviation's, and the reason; and those of the matrix.
func Deviations() []Deviation {
	text, err := corpus.Files.ReadFile("linux.tsv")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	var all []Deviation
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.SplitN(line, "\t", 3)
		if len(words) != 3 {
			panic(fmt.Sprintf("BUG: linux.tsv: %q is not script, name and reason", line))
		}
		all = append(all, Deviation{words[0], words[1], words[2]})
	}
	return append(all, caseDeviations()...)
}

// caseDeviations is those of the matrix, script by script.
func caseDeviations() (all []Deviation) {
	known := matrix.Linux()
	for _, c := range matrix.Cases() {
		if d := matrix.Deviates(known, &c); d != nil {
			all = append(all, Deviation{c.String(), d.Name, d.Reason})
		}
	}
	return all
}

// deviationOf is the known deviation of a script; empty if there is none.
func deviationOf(known []Deviation, name string) string {
	i := slices.IndexFunc(known, func(d Deviation) bool { return d.Script == name })
	if i < 0 {
		return ""
	}
	return known[i].Name
}
