package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/drill"
)

// drillFlags is what "lastack drill" can be told.
type drillFlags struct {
	output
	target      string
	defines     []string
	jobs        int
	tolerance   int
	strict      bool
	ipv6        bool
	verbose     bool
	unsupported bool
	writeDir    string
}

// kernelJobs is how many scripts run against the kernel at a time: they mostly
// wait, but must not make each other late.
const kernelJobs = 4

// newDrillCommand makes "lastack drill".
func newDrillCommand() *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use:   "drill [FILE|DIR...]",
		Short: "Run packetdrill scripts against lastack, or against the Linux kernel",
		Long: `Run packetdrill scripts: inject their packets, make their system calls, and
compare what the TCP under test sends and answers, and when. Without arguments
the built-in scripts are run.

The TCP under test is lastack, in process and in virtual time, or with --target
kernel that of Linux, behind a TUN device in a network namespace of its own and
in real time, which needs root. Shell commands that change system settings
change lastack's configuration; only the kernel target runs them.

A script that needs something that the target does not have is skipped: it is
neither passed nor failed. --unsupported lists what is missing.

In real time a busy machine makes scripts late. Those that fail against the
kernel run again when all are done, one at a time, at first as they are and then
with two and four times the tolerance; the report names them. A built-in script
that fails where Linux is known to differ from the RFCs counts as deviating.

The exit status is 0 if nothing failed, 1 if something did, 2 if the command
line is wrong.`,
		Example: `  lastack drill                           the built-in scripts
  lastack drill my.pkt tests/             scripts of your own
  lastack drill --target kernel my.pkt    the same against Linux (as root)
  lastack drill --unsupported tests/      what they need that is not there
  lastack drill --format junit -o drill.xml
  lastack drill --write scripts/          write the built-in scripts out`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.addFlags(cmd, "text", "json", "junit")
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "lastack", "TCP under test: lastack, kernel")
	flags.StringArrayVarP(&f.defines, "define", "D", nil, "define a symbol for #ifdef, or the text of a word: NAME or NAME=VALUE")
	flags.IntVarP(&f.jobs, "jobs", "j", 0, "scripts to run at a time (default: one for each processor; 4 with the kernel)")
	flags.IntVar(&f.tolerance, "tolerance-usecs", 0, "deviation of times, in microseconds, where a script does not say (default 4000; 25000 with the kernel)")
	flags.BoolVar(&f.strict, "strict-segments", false, "one segment for each that is expected, not several together")
	flags.BoolVar(&f.ipv6, "ipv6", false, "over IPv6, where a script does not say")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name the scripts that pass, too")
	flags.BoolVar(&f.unsupported, "unsupported", false, "list what scripts need that is not there")
	flags.StringVar(&f.writeDir, "write", "", "write the built-in scripts to this directory, and run nothing")
	must(cmd.RegisterFlagCompletionFunc("target", cobra.FixedCompletions([]string{"lastack", "kernel"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

// run runs the scripts and reports.
func (f *drillFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.checkDrill(args); err != nil {
		return err
	}
	sources := drill.Builtin()
	if f.writeDir != "" {
		return drill.Write(f.writeDir, sources)
	}
	if len(args) > 0 {
		var err error
		if sources, err = drill.Collect(args); err != nil {
			return err
		}
	}
	out := cmd.OutOrStdout()
	var each func(*drill.Result)
	if f.format == "text" && f.file == "" {
		each = func(r *drill.Result) { _, _ = io.WriteString(out, f.text(out, r)) }
	}
	results := drill.RunAll(sources, f.options(), f.workers(), each)
	if err := f.report(out, results); err != nil {
		return err
	}
	if n := drill.Count(results).Failed; n > 0 {
		return fmt.Errorf("%d of %d scripts failed", n, len(results))
	}
	return nil
}

// checkDrill tells which flag is wrong.
func (f *drillFlags) checkDrill(args []string) error {
	switch {
	case f.target != "lastack" && f.target != "kernel":
		return usagef("unknown target %q; choose lastack or kernel", f.target)
	case f.jobs < 0 || f.tolerance < 0:
		return usagef("--jobs and --tolerance-usecs are not negative")
	case f.writeDir != "" && len(args) > 0:
		return usagef("--write writes the built-in scripts; leave %q out", args[0])
	}
	return f.check()
}

// options is how the scripts are run.
func (f *drillFlags) options() drill.Options {
	o := drill.Options{
		Kernel: f.target == "kernel", Defines: drill.Defines(f.defines), StrictSegments: f.strict, IPv6: f.ipv6,
		Tolerance: time.Duration(f.tolerance) * time.Microsecond,
	}
	return o
}

// workers is how many scripts run at a time.
func (f *drillFlags) workers() int {
	switch {
	case f.jobs > 0:
		return f.jobs
	case f.target == "kernel":
		return kernelJobs
	}
	return runtime.GOMAXPROCS(0)
}

// text is what a report in words tells of one script.
func (f *drillFlags) text(out io.Writer, r *drill.Result) string {
	switch {
	case r.Status == drill.Passed && r.Alone == 0 && f.verbose:
		return "ok " + r.Name + "\n"
	case r.Status == drill.Unsupported && !f.unsupported && !f.verbose:
		return ""
	}
	return r.Text(diagram.Options{Lang: f.language(), Color: f.color(out)})
}

// report writes what was not written while the scripts ran.
func (f *drillFlags) report(out io.Writer, results []drill.Result) error {
	text := ""
	switch {
	case f.format == "json":
		text = drill.JSON(results)
	case f.format == "junit":
		text = drill.JUnit(results)
	case f.file != "":
		for i := range results {
			text += f.text(out, &results[i])
		}
		fallthrough
	default:
		text += drill.Count(results).String() + "\n"
	}
	return f.write(out, text)
}
