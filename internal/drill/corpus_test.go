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

// A script that is only late passes when its tolerance is widened, and the
// result says so; what is wrong stays wrong.
func TestOnlyLatenessIsForgivenAlone(t *testing.T) {
	late := Source{"late.pkt", established + "+0 write(4, ..., 10) = 10\n+.006 > P. 1:11(10) ack 1"}
	if r := Run(late, Options{}); r.Status != Failed {
		t.Fatalf("6 ms too early is %v with a tolerance of 4", r.Status)
	}
	r := alone(late, Options{})
	if r.Status != Passed || r.Alone != 2 {
		t.Errorf("alone it is %v, with %d times the tolerance; want passed, with twice", r.Status, r.Alone)
	}
	if got := Count([]Result{r}).String(); !strings.HasPrefix(got, "1 of those that passed") || !strings.HasSuffix(got, "\n1 passed, 0 failed") {
		t.Errorf("the report ends with %q", got)
	}
	wrong := Source{"wrong.pkt", established + "+0 write(4, ..., 10) = 9"}
	if r := alone(wrong, Options{}); r.Status != Failed || r.Alone != 4 {
		t.Errorf("a wrong result is %v with %d times the tolerance; want failed, with four times", r.Status, r.Alone)
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
