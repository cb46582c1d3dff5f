package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/mutant"
)

// tableFile is where the table is, from the project's root.
const tableFile = "internal/mutant/testdata/mutants.txt"

// A hunt is a run through the mutants.
type hunt struct {
	root  string // the project's
	dir   string // for what is built
	ways  []string
	limit map[string]time.Duration // when a way is held to hang
	table mutant.Table
}

// run hunts the mutants that are asked for, and keeps the table after each.
func (h *hunt) run(only, ways []string, fresh bool) (err error) {
	if h.root, err = filepath.Abs(h.root); err != nil {
		return err
	}
	if h.dir, err = os.MkdirTemp("", "mutants"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(h.dir)) }()
	if h.table, err = h.read(); err != nil {
		return err
	}
	quarry, err := h.choose(only, fresh)
	if err != nil {
		return err
	}
	if h.ways = ways; ways == nil {
		h.ways = mutant.Ways
	}
	if len(quarry) > 0 {
		if err := h.calibrate(); err != nil {
			return err
		}
	}
	for i := range quarry {
		if err := h.examine(&quarry[i]); err != nil {
			return err
		}
		if err := h.write(); err != nil {
			return err
		}
	}
	if err := h.write(); err != nil { // the words about mutants may have changed
		return err
	}
	return h.verdict()
}

// choose is the mutants that are asked for.
func (h *hunt) choose(only []string, fresh bool) (quarry []mutant.Mutant, err error) {
	names := map[string]bool{}
	for _, m := range mutant.All {
		names[m.Name] = true
		_, known := h.table[m.Name]
		if (only == nil || slices.Contains(only, m.Name)) && (!fresh || !known) {
			quarry = append(quarry, m)
		}
	}
	for _, name := range only {
		if !names[name] {
			return nil, fmt.Errorf("there is no mutant %q", name)
		}
	}
	for name := range h.table {
		if !names[name] {
			delete(h.table, name)
		}
	}
	return quarry, nil
}

// How much longer than without a fault a way may take, and how long in any case:
// a machine that has other things to do must not pass for a hang.
const (
	slack    = 20
	leastRun = 5 * time.Minute
)

// calibrate runs the ways on lastack as it is.
func (h *hunt) calibrate() error {
	h.limit = map[string]time.Duration{}
	bin, err := h.build("", "lastack")
	if err != nil {
		return err
	}
	for _, way := range h.ways {
		begun := time.Now()
		evidence, err := attempt(bin, way, 20*time.Minute)
		switch {
		case err != nil:
			return fmt.Errorf("%s, without a mutant: %w", way, err)
		case evidence != "":
			return fmt.Errorf("%s finds something without a mutant: %s", way, evidence)
		}
		took := time.Since(begun)
		h.limit[way] = max(leastRun, slack*took)
		fmt.Printf("%-28s %-11s nothing, in %v\n", "lastack as it is", way, took.Round(time.Millisecond))
	}
	return nil
}

// examine builds a mutant and lets the ways loose on it.
func (h *hunt) examine(m *mutant.Mutant) error {
	dir := filepath.Join(h.dir, m.Name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	overlay, err := m.Overlay(h.root, dir)
	if err != nil {
		return err
	}
	bin, err := h.build(overlay, m.Name)
	if err != nil {
		return fmt.Errorf("mutant %s does not compile: %w", m.Name, err)
	}
	v := mutant.Verdict{}
	for way, evidence := range h.table[m.Name] {
		v[way] = evidence
	}
	for _, way := range h.ways {
		delete(v, way)
		evidence, err := attempt(bin, way, h.limit[way])
		if err != nil {
			return fmt.Errorf("%s on %s: %w", way, m.Name, err)
		}
		if evidence != "" {
			v[way] = evidence
		}
		fmt.Printf("%-28s %-11s %s\n", m.Name, way, evidence)
	}
	h.table[m.Name] = v
	return errors.Join(os.Remove(bin), os.RemoveAll(dir))
}

// read is the table as it was kept.
func (h *hunt) read() (mutant.Table, error) {
	text, err := os.ReadFile(filepath.Join(h.root, tableFile))
	if errors.Is(err, fs.ErrNotExist) {
		return mutant.Table{}, nil
	}
	if err != nil {
		return nil, err
	}
	return mutant.ParseTable(string(text))
}

// write keeps the table.
func (h *hunt) write() error {
	file := filepath.Join(h.root, tableFile)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(h.table.Text(mutant.All)), 0o644)
}

// verdict is an error if a mutant of the table lives.
func (h *hunt) verdict() error {
	var live []string
	for i := range mutant.All {
		name := mutant.All[i].Name
		if v, ok := h.table[name]; ok && len(v) < mutant.Enough {
			live = append(live, name)
		}
	}
	if len(live) > 0 {
		return fmt.Errorf("noticed by fewer than %d ways: %s", mutant.Enough, strings.Join(live, ", "))
	}
	return nil
}
