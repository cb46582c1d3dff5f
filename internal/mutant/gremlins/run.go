package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tool is gremlins, at the version that the baselines were made with.
const tool = "github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0"

// A report is what gremlins writes.
type report struct {
	Files []struct {
		Name      string     `json:"file_name"`
		Mutations []mutation `json:"mutations"`
	} `json:"files"`
}

// A mutation is one mutant of a report.
type mutation struct {
	Type   string `json:"type"`
	Status string `json:"status"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// examine runs gremlins on a package, or reads its report, and compares. With
// update it rewrites the baseline.
func examine(pkg, file string, update bool) (complaints []string, err error) {
	if file == "" {
		dir, err := os.MkdirTemp("", "gremlins")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		file = filepath.Join(dir, "report.json")
		if err := unleash(pkg, file); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	now, err := r.survivors(func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(pkg, name)) })
	if err != nil {
		return nil, err
	}
	kept := baselineFile(pkg)
	baseline, err := read(kept)
	if err != nil {
		return nil, err
	}
	if update {
		baseline = renew(now, baseline)
		if err := os.WriteFile(kept, []byte(format(baseline)), 0o644); err != nil {
			return nil, err
		}
	}
	return compare(now, baseline), nil
}

// unleash runs gremlins. One mutant at a time, and with time to spare: the time
// that it allows comes from a run whose results may be cached.
func unleash(pkg, file string) error {
	cmd := exec.Command("go", "run", tool, "unleash", "./"+pkg, "--workers", "1", "--timeout-coefficient", "20", "--output", file)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// baselineFile is where a package's baseline is.
func baselineFile(pkg string) string {
	return filepath.Join("internal", "mutant", "testdata", "gremlins", filepath.Base(pkg)+".tsv")
}

// read is a baseline; one that is not there is empty.
func read(file string) ([]survivor, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parse(string(text))
}

// survivors is the mutants of a report that live, and those that timed out: nobody
// knows whether these were noticed, or the machine was slow. source gives a file's
// text.
func (r *report) survivors(source func(name string) ([]byte, error)) (all []survivor, err error) {
	for _, f := range r.Files {
		text, err := source(f.Name)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(text), "\n")
		slices.SortFunc(f.Mutations, func(a, b mutation) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		seen := map[string]int{}
		for _, m := range f.Mutations {
			if m.Line < 1 || m.Line > len(lines) {
				return nil, fmt.Errorf("%s has no line %d: the report is of another version", f.Name, m.Line)
			}
			s := survivor{File: f.Name, Type: m.Type, Status: m.Status, N: 1, Line: strings.Join(strings.Fields(lines[m.Line-1]), " ")}
			seen[s.key()]++
			s.N = seen[s.key()]
			switch m.Status {
			case "LIVED", "NOT COVERED", "TIMED OUT":
				all = append(all, s)
			}
		}
	}
	return all, nil
}
