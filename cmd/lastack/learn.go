package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/oracle"
)

// learnFlags is what "lastack learn" can be told.
type learnFlags struct {
	output
	target   string
	alphabet string
	compare  bool
	states   int
}

// newLearnCommand makes "lastack learn".
func newLearnCommand() *cobra.Command {
	var f learnFlags
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "Learn the state machine of lastack, or of the kernel's TCP, by asking it",
		Long: `Learn the state machine of a TCP from outside (Angluin's L*): give it words of
user calls and segments, see what it answers, until a machine is found that
answers the same. What the kernel says only once is not believed.

With --compare both are learnt, and the shortest words that tell them apart are
shown with what explains them.

The kernel is asked over a TUN device in a network namespace that the command
makes for itself: it needs root, and takes half a minute.

Symbols are those of "lastack diff".`,
		Example: `  lastack learn                              lastack's machine as a table
  lastack learn --format dot | dot -Tsvg     drawn
  lastack learn --target kernel
  lastack learn --compare
  lastack learn --alphabet "connect close S. . F. R R@in"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.OutOrStdout()) },
	}
	f.addFlags(cmd, "text", "dot", "mermaid", "json")
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "lastack", "whose machine: lastack, kernel")
	flags.StringVar(&f.alphabet, "alphabet", oracle.Learnable.String(), "the symbols, separated by spaces")
	flags.BoolVar(&f.compare, "compare", false, "learn both, and show the shortest words that tell them apart")
	flags.IntVar(&f.states, "max-states", 300, "give up when there are more states")
	must(cmd.RegisterFlagCompletionFunc("target", cobra.FixedCompletions([]string{"lastack", "kernel"}, cobra.ShellCompDirectiveNoFileComp)))
	cmd.MarkFlagsMutuallyExclusive("compare", "target")
	return cmd
}

// run learns what the flags ask for, and shows it.
func (f *learnFlags) run(out io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	alphabet, err := oracle.ParseWord(f.alphabet)
	switch {
	case err != nil:
		return usageError{err}
	case len(alphabet) == 0:
		return usagef("--alphabet is empty: give at least one symbol")
	case f.compare && f.format != "text" && f.format != "json":
		return usagef("--compare goes with text and json, not with %s", f.format)
	case f.compare:
		return f.apart(out, alphabet)
	case f.target == "lastack":
		m, err := f.learn(&oracle.Lastack{}, alphabet)
		return f.draw(out, m, err)
	case f.target == "kernel":
		return oracle.WithKernel(func(k *oracle.Kernel) error {
			m, err := f.learn(k, alphabet)
			return f.draw(out, m, err)
		})
	}
	return usagef("there is no target %q; choose lastack or kernel", f.target)
}

// learn learns one system. Only lastack always does the same.
func (f *learnFlags) learn(s oracle.System, alphabet oracle.Word) (*oracle.Machine, error) {
	_, steady := s.(*oracle.Lastack)
	teacher := &oracle.Teacher{Tester: &oracle.Tester{System: s}, Alphabet: alphabet, Noisy: !steady}
	return oracle.Learn(teacher, f.states)
}

// draw shows a machine.
func (f *learnFlags) draw(out io.Writer, m *oracle.Machine, err error) error {
	if err != nil {
		return err
	}
	switch f.format {
	case "dot":
		return f.write(out, m.DOT())
	case "mermaid":
		return f.write(out, m.Mermaid())
	case "json":
		return f.write(out, m.JSON())
	}
	return f.write(out, m.Text()+fmt.Sprintf("\n%d queries, %d runs\n", m.Queries, m.Runs))
}

// apart learns both systems and shows what tells them apart.
func (f *learnFlags) apart(out io.Writer, alphabet oracle.Word) error {
	ours, err := f.learn(&oracle.Lastack{}, alphabet)
	if err != nil {
		return err
	}
	return oracle.WithKernel(func(k *oracle.Kernel) error {
		theirs, err := f.learn(k, alphabet)
		if err != nil {
			return err
		}
		all, err := oracle.TellApart(oracle.NewPair(&oracle.Lastack{}, k), ours, theirs)
		if err != nil {
			return err
		}
		if f.format == "json" {
			return f.write(out, oracle.DifferencesJSON(all))
		}
		head := fmt.Sprintf("lastack: %d states, %d queries\nlinux:   %d states, %d queries, %d runs\n\n",
			len(ours.States), ours.Queries, len(theirs.States), theirs.Queries, theirs.Runs)
		return f.write(out, head+oracle.DifferencesText(all))
	})
}
