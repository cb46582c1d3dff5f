package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explore"
	"github.com/lastack/lastack/internal/explore/report"
)

// A checked is what a check has found so far.
type checked struct {
	reports []*explore.Report
	begun   time.Time
	took    time.Duration
	asText  bool
	all     bool // every configuration was asked for
}

// columns is how the table of searches looks.
const columns = "%-14s %12s %13s %6s %8s %9s  %s\n"

// head begins the table.
func (c *checked) head(out io.Writer) {
	if c.asText {
		fmt.Fprintf(out, columns, "configuration", "states", "transitions", "depth", "ends", "time", "")
	}
}

// add notes a search, and tells of it.
func (c *checked) add(out io.Writer, r *explore.Report, save string) error {
	c.reports = append(c.reports, r)
	if c.asText {
		fmt.Fprintf(out, columns, r.Config.Name, thousands(r.States), thousands(r.Moves), strconv.Itoa(r.Depth), thousands(r.Ends),
			r.Elapsed.Round(10*time.Millisecond), outcome(r))
	}
	if r.Violation == nil {
		return nil
	}
	run, err := explore.Replay(r.Config, strings.Join(r.Violation.Script, "\n"))
	if err != nil {
		return fmt.Errorf("BUG: the counterexample cannot be played again: %w", err)
	}
	if c.asText {
		io.WriteString(out, violationText(r, run))
	}
	if save != "" {
		return report.Save(save, r, run)
	}
	return nil
}

// outcome is the last word on a search.
func outcome(r *explore.Report) string {
	switch {
	case r.Violation != nil:
		return r.Violation.Property.Name + " does not hold"
	case r.Cut:
		return "not finished"
	}
	return "ok"
}

// violationText shows a counterexample: the moves, the ladder diagram, and the
// Go test.
func violationText(r *explore.Report, run *explore.Run) string {
	v := r.Violation
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s does not hold in configuration %s: %s.\n\n", v.Property.Name, r.Config.Name, v.Property.Means)
	for i, line := range v.Script {
		if v.Cycle > 0 && i == len(v.Script)-v.Cycle {
			b.WriteString("     and then again and again:\n")
		}
		fmt.Fprintf(&b, "%4d %s\n", i+1, line)
	}
	if n := len(run.Steps); n > 0 && run.Steps[n-1].Panic != "" {
		fmt.Fprintf(&b, "\nthe code panics: %s\n", run.Steps[n-1].Panic)
	}
	b.WriteString("\n" + report.Ladder(run, diagram.Options{}) + "\n" + report.GoTest(r.Config, v) + "\n")
	return b.String()
}

// foot ends the report: sums, and the rows of the table.
func (c *checked) foot(out io.Writer) error {
	if !c.asText {
		return c.writeJSON(out)
	}
	states, moves := c.sums()
	rows := explore.Coverage(c.reports)
	fmt.Fprintf(out, columns, "in all", thousands(states), thousands(moves), "", "", c.took.Round(10*time.Millisecond), "")
	fmt.Fprintf(out, "\nrows of the table taken: %d of %d; %d are superseded", len(rows.Fired), len(fsm.Table), len(rows.Superseded))
	if c.all && len(rows.Missing) > 0 {
		fmt.Fprintf(out, "; not taken:")
		for _, n := range rows.Missing {
			row := fsm.Row(n)
			fmt.Fprintf(out, "\n%4d %v in %v (%s)", n, row.On, row.From, row.Ref)
		}
	}
	fmt.Fprintln(out)
	return nil
}

// sums is the states and transitions of all searches.
func (c *checked) sums() (states, moves int) {
	for _, r := range c.reports {
		states += r.States
		moves += r.Moves
	}
	return states, moves
}

// listText lists the configurations and the properties.
func listText(configs []explore.Config) string {
	var b strings.Builder
	b.WriteString("configurations\n")
	for _, c := range configs {
		fmt.Fprintf(&b, "  %-14s %s\n", c.Name, c.Doc)
	}
	b.WriteString("\nproperties\n")
	for _, p := range explore.Properties {
		fmt.Fprintf(&b, "  %-14s %s\n", p.Name, p.Means)
	}
	return b.String()
}

// thousands is n with a comma between groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
