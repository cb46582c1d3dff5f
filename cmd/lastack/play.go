package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/play"
)

// playFlags is what "lastack play" can be told.
type playFlags struct {
	output
	list, all bool
	diagram   bool
	network   playNetwork
}

// newPlayCommand makes "lastack play".
func newPlayCommand() *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play [SCENARIO]",
		Short: "Play a scenario on the real stack in virtual time, and draw it",
		Long: `Play a scenario: two real stacks on a simulated network, in virtual time, so
that a minute of TIME_WAIT takes no time at all. What happened is drawn as a
sequence diagram with the state of each end beside its lifeline.

The default scenario is lifecycle. The flags of the network act on any scenario;
the same seed gives the same run, always.

In format json a scenario is one object: scenario, title, rtt_ns, loss, seed,
drop (and jitter_ns, rate, queue, reorder, dup if they are set), duration_ns,
packets, as_expected, paths (the states of each end), connections (each with its
path) and events (in the form of a trace). One that is played in parts has them
under cases. With --all it is an array of these.

A capture (pcap) is what the client sends and receives, as a pcapng file.
Several pictures or captures go to a directory: give it with -o.`,
		Example: `  lastack play                          the whole life of a connection
  lastack play --list                   what else there is
  lastack play half-close --diagram     with the way through the state diagram
  lastack play lifecycle --drop 3       what if the third packet is lost?
  lastack play --loss 20% --seed 7      a bad network
  lastack play half-close --rate 1M --reorder 10% --dup 10%
  lastack play --format pcap | tshark -r -
  lastack play --all --format svg -o pictures`,
		Args:              atMostOne("scenario"),
		ValidArgsFunction: cobra.FixedCompletions(scenarioNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, args)
		},
	}
	f.addFlags(cmd, "text", "svg", "html", "mermaid", "json", "pcap")
	flags := cmd.Flags()
	flags.BoolVar(&f.list, "list", false, "list the scenarios")
	flags.BoolVar(&f.all, "all", false, "play all of them")
	flags.BoolVar(&f.diagram, "diagram", false, "the way through the state diagram: in text as well, in svg and mermaid instead")
	f.network.addFlags(flags)
	return cmd
}

// scenarioNames is the names of all scenarios and cases.
func scenarioNames() (names []string) {
	for _, s := range play.Scenarios() {
		names = append(names, s.Name)
		for _, c := range s.Cases {
			names = append(names, c.Name)
		}
	}
	return names
}

// run plays what the arguments ask for and shows it.
func (f *playFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.checkPlay(args); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if f.list {
		return f.write(out, f.listing(out))
	}
	chosen := play.Scenarios()
	if !f.all {
		name := "lifecycle"
		if len(args) > 0 {
			name = args[0]
		}
		s := play.Find(name)
		if s == nil {
			return unknownScenario(name)
		}
		chosen = []*play.Scenario{s}
	}
	shows, err := f.play(chosen)
	if err != nil {
		return err
	}
	return f.show(out, shows)
}

// checkPlay tells which flags do not go together.
func (f *playFlags) checkPlay(args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	switch {
	case len(args) > 0 && (f.all || f.list):
		return usagef("name a scenario, or use --all or --list, not both")
	case f.all && f.list:
		return usagef("use --all or --list, not both")
	case f.list && f.format != "text" && f.format != "json":
		return usagef("the list comes as text or json, not as %s", f.format)
	case f.diagram && !strings.Contains("text svg mermaid", f.format):
		return usagef("--diagram goes with text, svg and mermaid, not with %s", f.format)
	}
	return f.network.check()
}

// unknownScenario is the error for a name that no scenario has.
func unknownScenario(name string) error {
	hint := ";"
	if near := closestScenario(name); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return usagef("unknown scenario %q%s the scenarios are %s", name, hint, strings.Join(scenarioNames(), ", "))
}

// closestScenario is the scenario or case that a name is probably meant for. A
// case is named in the list without its scenario: "/bind".
func closestScenario(name string) string {
	name = strings.ToLower(name)
	for _, n := range scenarioNames() {
		if _, part, found := strings.Cut(n, "/"); found && part == strings.Trim(name, "/") {
			return n
		}
	}
	return closest(strings.Trim(name, "/"), scenarioNames())
}

// A show is a scenario that has been played: one result, or one for each case.
type show struct {
	*play.Scenario
	results []*play.Result
}

// play plays the scenarios.
func (f *playFlags) play(chosen []*play.Scenario) (shows []show, err error) {
	o := f.network.options()
	for _, s := range chosen {
		results, err := s.PlayAll(o)
		if err != nil {
			return nil, usageError{err}
		}
		shows = append(shows, show{s, results})
	}
	return shows, nil
}
