package main

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the pictures of the docs")

// The pictures in the docs are what the command draws today.
func TestPicturesOfTheDocs(t *testing.T) {
	for file, args := range map[string][]string{
		"lifecycle.svg":       {"play", "--format", "svg", "--lang", "en"},
		"lifecycle.zh-CN.svg": {"play", "--format", "svg", "--lang", "zh"},
		"states.svg":          {"fsm", "--format", "svg", "--lang", "en"},
	} {
		var drawn, complaints bytes.Buffer
		if status := run(args, nil, &drawn, &complaints); status != exitOK {
			t.Fatalf("lastack %v exits with %d: %s", args, status, &complaints)
		}
		path := "../../docs/" + file
		if *update {
			if err := os.WriteFile(path, drawn.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, drawn.Bytes()) {
			t.Errorf("docs/%s is not what lastack %v draws (%v); rewrite it with -update and look at it", file, args, err)
		}
	}
}
