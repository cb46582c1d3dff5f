package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// build makes the trial program, with an overlay unless it is empty.
func (h *hunt) build(overlay, name string) (bin string, err error) {
	bin = filepath.Join(h.dir, name+".trial")
	args := []string{"build", "-ldflags=-s -w", "-o", bin}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, "./internal/mutant/trial")...)
	cmd.Dir = h.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return bin, nil
}

// broke is the exit status of a trial that could not do its work.
const broke = 3

// attempt runs a way and returns its evidence: what it prints, or that it
// panicked or went on for ever.
func attempt(bin, way string, limit time.Duration) (evidence string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, way)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	evidence, _, _ = strings.Cut(out.String(), "\n")
	var exit *exec.ExitError
	switch {
	case err == nil || evidence != "":
		return evidence, nil
	case ctx.Err() != nil:
		return "goes on for ever", nil
	case errors.As(err, &exit) && exit.ExitCode() != broke:
		return panicked(complaint.String()), nil
	default:
		return "", fmt.Errorf("%w: %s", err, complaint.String())
	}
}

// address is what differs from run to run in the text of a panic.
var address = regexp.MustCompile(`0x[0-9a-f]+`)

// panicked is the first line of a program's last words.
func panicked(complaint string) string {
	first, _, _ := strings.Cut(complaint, "\n")
	return address.ReplaceAllString(first, "0x...")
}
