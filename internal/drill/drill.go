package drill

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/trace"
)

// Options is how scripts are run.
type Options struct {
	// Kernel runs them against the Linux kernel instead of lastack. It needs
	// Linux and root.
	Kernel bool
	// Defines is the symbols of -D, by name; a symbol without a value is empty.
	Defines map[string]string
	// Tolerance is the deviation of times that is allowed where a script does
	// not say; 0: 4 ms, as packetdrill, and 25 ms against the kernel.
	Tolerance time.Duration
	// Widen multiplies every tolerance, those of scripts too; 0 is 1.
	Widen int
	// StrictSegments wants one segment for each that is expected.
	StrictSegments bool
	// IPv6 runs scripts over IPv6 that do not say over what.
	IPv6 bool
}

// A Status says how a script ended.
type Status uint8

// The ways to end.
const (
	Passed      Status = iota
	Failed             // an expectation was not met
	Unsupported        // it needs what the target does not have, and was not judged
	Broken             // it is no script, or cannot be run
	Deviates           // the kernel fails it, as is known: see Deviations
)

// String is the status in a word.
func (s Status) String() string {
	return [...]string{"passed", "failed", "unsupported", "broken", "deviates"}[s]
}

// A Failure is an expectation that was not met.
type Failure struct {
	Line  int    // of the script
	Event string // the event as it is written
	What  string // what differs: "window", "time", "errno" ...
	Want  string
	Got   string
}

// String is the failure on a few lines.
func (f *Failure) String() string {
	return fmt.Sprintf("line %d: %s\n  %s: expected %s, got %s", f.Line, f.Event, f.What, f.Want, f.Got)
}

// A Result is how one script ended.
type Result struct {
	Name      string
	Status    Status
	Failure   *Failure // if Failed
	Err       error    // if Broken
	Needs     []string // if Unsupported
	Deviation string   // the named deviation of Linux that explains the failure
	Alone     int      // it was run again, alone, with so many times the tolerance; 0: it was not
	Elapsed   time.Duration
	Events    []trace.Event // what happened, if Failed
}

// Diagram is what happened as a sequence diagram.
func (r *Result) Diagram(o diagram.Options) string {
	if len(r.Events) == 0 {
		return ""
	}
	return diagram.LadderText(r.Events, diagram.LadderOptions{Options: o})
}

// Source is a script to be run.
type Source struct {
	Name string // a path, or what a generator calls it
	Text string
}

// Run runs one script.
func Run(src Source, o Options) Result {
	res := Result{Name: src.Name}
	begun := time.Now()
	err := runScript(src, o, &res)
	res.Elapsed = time.Since(begun)
	var failed *failedError
	switch {
	case err == nil:
		res.Status = Passed
	case errors.As(err, &failed):
		res.Status, res.Failure = Failed, &failed.f
	case needsOf(err) != nil:
		res.Status, res.Needs = Unsupported, needsOf(err)
	default:
		res.Status, res.Err = Broken, err
	}
	return res
}

// runScript parses and runs a script. On failure the events go to res.
func runScript(src Source, o Options, res *Result) error {
	s, err := script.Parse(src.Name, src.Text, o.Defines)
	if err != nil {
		return err
	}
	cfg := newConfig(o)
	if dir := filepath.Dir(src.Name); isDir(dir) {
		cfg.dir = dir
	}
	if err := cfg.apply(s); err != nil {
		return err
	}
	cfg.tolerance *= time.Duration(max(o.Widen, 1))
	if cfg.dryRun {
		return nil
	}
	if missing := Needs(s, cfg.needs, o.Kernel); len(missing) > 0 {
		return &needError{missing}
	}
	var t target
	if o.Kernel {
		if t, err = newKernel(cfg); err != nil {
			return err
		}
	} else {
		t = newLastack(cfg)
	}
	defer t.close()
	r := &run{s: s, cfg: cfg, t: t, fds: map[int]int{}}
	if err = r.all(); err != nil {
		res.Events = t.events()
	}
	return err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Defines is the symbols that -D arguments give: NAME or NAME=VALUE.
func Defines(args []string) map[string]string {
	defines := map[string]string{}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		defines[name] = value
	}
	return defines
}
