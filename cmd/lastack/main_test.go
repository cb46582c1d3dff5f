package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the command as "lastack".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lastack": main})
}

// TestScripts runs testdata/script/*.txtar. They run in English, without
// colours, whatever the environment says.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("LC_ALL", "C")
			env.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}
