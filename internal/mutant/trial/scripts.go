package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/lastack/lastack/internal/drill"
)

// scripts is the conformance scripts: the files first, which tell more than a
// case of the matrix.
func scripts() (string, error) {
	var files, cases []drill.Source
	for _, s := range drill.Builtin() {
		if strings.HasSuffix(s.Name, ".pkt") {
			files = append(files, s)
		} else {
			cases = append(cases, s)
		}
	}
	for _, sources := range [][]drill.Source{files, cases} {
		for _, r := range drill.RunAll(sources, drill.Options{}, runtime.GOMAXPROCS(0), nil) {
			switch r.Status {
			case drill.Failed:
				return fmt.Sprintf("%s:%d", r.Name, r.Failure.Line), nil
			case drill.Broken:
				return "", fmt.Errorf("%s: %w", r.Name, r.Err)
			case drill.Passed, drill.Unsupported, drill.Deviates:
			}
		}
	}
	return "", nil
}
