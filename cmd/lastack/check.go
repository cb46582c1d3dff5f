package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/explore"
)

// checkFlags is what "lastack check" can be told.
type checkFlags struct {
	output
	deep    bool
	list    bool
	budget  time.Duration
	workers int
	save    string
}

// The time that a check may take in all if nothing else is said.
const (
	normalBudget = time.Minute
	deepBudget   = 30 * time.Minute
)

// newCheckCommand makes "lastack check".
func newCheckCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [CONFIGURATION...]",
		Short: "Check the state machine exhaustively",
		Long: `Search everything that two ends of a connection can do to each other over a
network that loses, repeats and reorders, with users who call at any time, and
hold every state against the properties that TCP is to have. What is searched
is the code that the stack runs.

A property that does not hold is shown with a shortest way there. A search that
does not end in its time proves nothing, and fails.`,
		Example: `  lastack check                     every configuration, within a minute
  lastack check --deep              larger ones, within half an hour
  lastack check attack time-wait    these two
  lastack check --list              the configurations and the properties`,
		ValidArgs: configNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.addFlags(cmd, "text", "json")
	flags := cmd.Flags()
	flags.BoolVar(&f.deep, "deep", false, "larger configurations")
	flags.BoolVar(&f.list, "list", false, "list the configurations and the properties, and check nothing")
	flags.DurationVar(&f.budget, "budget", 0, "time for all searches together (default 1m, with --deep 30m)")
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "how many processors to use")
	flags.StringVar(&f.save, "save", "", "write each counterexample to this directory: picture, capture and Go test")
	must(cmd.MarkFlagDirname("save"))
	return cmd
}

// configNames is the configurations' names.
func configNames() (names []string) {
	for _, c := range explore.Configs(explore.Normal) {
		names = append(names, c.Name)
	}
	return names
}

// run checks what the arguments ask for.
func (f *checkFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.workers < 1 {
		return usagef("%d workers: give at least one", f.workers)
	}
	configs, err := f.configs(args)
	if err != nil {
		return err
	}
	if f.list {
		return f.write(cmd.OutOrStdout(), listText(configs))
	}
	out, done, err := f.open(cmd.OutOrStdout())
	if err != nil {
		return err
	}
	return done(f.search(out, configs))
}

// configs is the configurations that the arguments name, or all.
func (f *checkFlags) configs(args []string) ([]explore.Config, error) {
	size := explore.Normal
	if f.deep {
		size = explore.Deep
	}
	all := explore.Configs(size)
	for _, name := range args {
		if !slices.Contains(configNames(), name) {
			return nil, usagef("unknown configuration %q; choose from %s", name, strings.Join(configNames(), ", "))
		}
	}
	if len(args) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(c explore.Config) bool { return !slices.Contains(args, c.Name) }), nil
}

// open is where the output goes, as it comes, and what ends it.
func (f *checkFlags) open(stdout io.Writer) (io.Writer, func(error) error, error) {
	if f.file == "" || f.file == "-" {
		return stdout, func(err error) error { return err }, nil
	}
	file, err := os.Create(f.file)
	if err != nil {
		return nil, nil, err
	}
	return file, func(err error) error {
		if closing := file.Close(); err == nil {
			err = closing
		}
		return err
	}, nil
}

// search runs the searches, and tells of each when it is done.
func (f *checkFlags) search(out io.Writer, configs []explore.Config) error {
	begun := time.Now()
	c := checked{begun: begun, asText: f.format == "text", all: len(configs) == len(configNames())}
	budget := f.budget
	switch {
	case budget > 0:
	case f.deep:
		budget = deepBudget
	default:
		budget = normalBudget
	}
	late := func() bool { return time.Since(begun) > budget }
	c.head(out)
	for i := range configs {
		start := time.Now()
		r := explore.Search(configs[i], f.workers, late)
		r.Elapsed = time.Since(start)
		if err := c.add(out, r, f.save); err != nil {
			return err
		}
		runtime.GC() // a search leaves much behind
	}
	c.took = time.Since(begun)
	if err := c.foot(out); err != nil {
		return err
	}
	return c.verdict(budget)
}

// verdict is the answer: nil if everything was searched and holds.
func (c *checked) verdict(budget time.Duration) error {
	var broken, cut []string
	for _, r := range c.reports {
		switch {
		case r.Violation != nil:
			broken = append(broken, fmt.Sprintf("%s in %s", r.Violation.Property.Name, r.Config.Name))
		case r.Cut:
			cut = append(cut, r.Config.Name)
		}
	}
	switch {
	case len(broken) > 0:
		return fmt.Errorf("properties that do not hold: %s", strings.Join(broken, ", "))
	case len(cut) > 0:
		return fmt.Errorf("not finished within %v: %s; give more time with --budget, or name fewer configurations", budget, strings.Join(cut, ", "))
	}
	return nil
}
