package drill

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/drill/script"
)

// lastack passes every built-in script: nothing fails, and nothing is skipped.
func TestBuiltinScriptsPass(t *testing.T) {
	for _, src := range Builtin() {
		t.Run(src.Name, func(t *testing.T) {
			if r := Run(src, Options{}); r.Status != Passed {
				t.Error(r.Text(diagram.Options{}))
			}
		})
	}
}

// Every script says which sentence of which RFC it comes from.
func TestScriptsCiteTheRFC(t *testing.T) {
	cites := regexp.MustCompile(`(?m)^// .*RFC \d+`)
	for _, src := range files() {
		if !cites.MatchString(src.Text) {
			t.Errorf("%s does not cite an RFC", src.Name)
		}
	}
}

// A script that is written and read again is the same.
func TestScriptsRoundTrip(t *testing.T) {
	for _, src := range Builtin() {
		s, err := script.Parse(src.Name, src.Text, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		again, err := script.Parse(src.Name, s.String(), nil)
		if err != nil {
			t.Errorf("%s, written again: %v\n%s", src.Name, err, s)
			continue
		}
		if again.String() != s.String() {
			t.Errorf("%s changes when it is written again:\n%s", src.Name, again)
		}
	}
}

// The table of deviations names scripts that exist, each once, and says why.
func TestDeviationsAreOfScripts(t *testing.T) {
	names := map[string]bool{}
	for _, src := range Builtin() {
		names[src.Name] = true
	}
	for _, d := range Deviations() {
		if !names[d.Script] {
			t.Errorf("linux.tsv: %s is no script, or is there twice", d.Script)
		}
		delete(names, d.Script)
		if d.Name == "" || !strings.HasSuffix(d.Reason, ".") {
			t.Errorf("linux.tsv: %s needs a name and a sentence", d.Script)
		}
	}
}

// Writing the scripts out and reading them gives the same scripts.
func TestWriteAndCollect(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, Builtin()); err != nil {
		t.Fatal(err)
	}
	all, err := Collect([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(Builtin()) {
		t.Errorf("%d scripts come back, want %d", len(all), len(Builtin()))
	}
	if _, err := Collect([]string{os.DevNull + "/none"}); err == nil {
		t.Error("a path that does not exist is no error")
	}
}

// The verdicts do not depend on how many run at a time.
func TestRunAllKeepsTheOrder(t *testing.T) {
	sources := files()[:20]
	var told []string
	results := RunAll(sources, Options{}, 7, func(r *Result) { told = append(told, r.Name) })
	for i, src := range sources {
		if results[i].Name != src.Name || told[i] != src.Name {
			t.Errorf("result %d is of %s, told as %s; want %s", i, results[i].Name, told[i], src.Name)
		}
	}
	if got := Count(results).String(); got != "20 passed, 0 failed" {
		t.Errorf("the last line is %q", got)
	}
}

func BenchmarkScripts(b *testing.B) {
	sources := Builtin()
	for b.Loop() {
		for _, src := range sources {
			Run(src, Options{})
		}
	}
	b.ReportMetric(float64(b.N*len(sources))/b.Elapsed().Seconds(), "scripts/s")
}
