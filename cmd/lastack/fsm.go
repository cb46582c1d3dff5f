package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/diagram"
)

// fsmFlags is what "lastack fsm" can be told.
type fsmFlags struct {
	output
	all   bool
	paths bool
	table bool
}

// newFSMCommand makes "lastack fsm".
func newFSMCommand() *cobra.Command {
	var f fsmFlags
	cmd := &cobra.Command{
		Use:   "fsm [STATE]",
		Short: "Show TCP's state machine: the diagram, the table, or one state explained",
		Long: `Show the connection state machine of RFC 9293, as the stack runs it.

Without an argument: the state diagram, with the arrows of the RFC's figure 5.
With a state: what it means, the ways in and out, what runs and what one sees
meanwhile, and what to do when many connections sit there.`,
		Example: `  lastack fsm                       the diagram
  lastack fsm --paths               with the client's and the server's usual way
  lastack fsm --table               every row of section 3.10
  lastack fsm time-wait             one state
  lastack fsm --format svg -o tcp.svg`,
		Args:      atMostOne("state"),
		ValidArgs: stateNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, args)
		},
	}
	f.addFlags(cmd, "text", "svg", "mermaid", "dot", "markdown", "json", "html")
	cmd.Flags().BoolVar(&f.all, "all", false, "every arrow of the table, not only those of figure 5")
	cmd.Flags().BoolVar(&f.paths, "paths", false, "mark the usual ways of client (solid) and server (dashed)")
	cmd.Flags().BoolVar(&f.table, "table", false, "the table of all transitions, with text, markdown, json or html")
	return cmd
}

// stateNames is the states, for shell completion.
func stateNames() (names []string) {
	for s := range fsm.State(fsm.NumStates) {
		names = append(names, s.String())
	}
	return names
}

// run shows what the arguments ask for.
func (f *fsmFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	switch {
	case f.table && (f.all || f.paths):
		return usagef("--table shows the table, --all and --paths the diagram: use one or the other")
	case len(args) > 0 && (f.table || f.paths):
		return usagef("--table and --paths are about all states: leave them out, or the state %q", args[0])
	case f.table && !strings.Contains("text markdown json html", f.format):
		return usagef("there is no table in format %q; choose text, markdown, json or html", f.format)
	}
	o := diagram.Options{Lang: f.language(), Color: f.color(cmd.OutOrStdout())}
	var text string
	if len(args) > 0 {
		s, err := fsm.ParseState(args[0])
		if err != nil {
			return usageError{err}
		}
		text = f.state(o, s)
	} else {
		text = f.machine(o)
	}
	return f.write(cmd.OutOrStdout(), text)
}

// machine is the diagram, or the table.
func (f *fsmFlags) machine(o diagram.Options) string {
	m := diagram.MachineOptions{Options: o, All: f.all}
	if f.paths {
		m.Paths = diagram.NormalPaths(o)
	}
	switch f.format {
	case "svg":
		return diagram.MachineSVG(m)
	case "mermaid":
		return diagram.MachineMermaid(m)
	case "dot":
		return diagram.MachineDOT(m)
	case "markdown":
		return diagram.RowsMarkdown(o)
	case "json":
		return diagram.RowsJSON(o)
	case "html":
		return diagram.MachineHTML(m)
	}
	if f.table {
		return diagram.RowsText(o)
	}
	return diagram.MachineText(m)
}

// state is one state's page; in the forms of pictures, the diagram with the
// state marked.
func (f *fsmFlags) state(o diagram.Options, s fsm.State) string {
	m := diagram.MachineOptions{Options: o, All: f.all, Paths: []diagram.Path{{Name: s.String(), States: []fsm.State{s}}}}
	switch f.format {
	case "svg":
		return diagram.MachineSVG(m)
	case "mermaid":
		return diagram.MachineMermaid(m)
	case "dot":
		return diagram.MachineDOT(m)
	case "markdown":
		return diagram.StateMarkdown(o, s)
	case "json":
		return diagram.StateJSON(o, s)
	case "html":
		return diagram.StateHTML(o, s)
	}
	return diagram.StateText(o, s)
}
