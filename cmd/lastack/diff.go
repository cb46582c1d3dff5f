package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/internal/oracle"
)

// diffFlags is what "lastack diff" can be told.
type diffFlags struct {
	output
	plan oracle.Plan
	time time.Duration
	list bool
	word string
}

// newDiffCommand makes "lastack diff".
func newDiffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Compare lastack with the kernel's TCP, word by word",
		Long: `Compare lastack with the TCP of the Linux kernel. Both are given the same words:
user calls, and segments named by their flags and by where they fall. What both
answer, and the states that they are in, must be the same, or a known deviation
must explain it. Anything else is shrunk to a shortest word and written as a
packetdrill script; the exit status is then 1.

First come all short words after every way into every state, then random ones
that grow from words that made lastack take a row of its table in a new way.

The kernel is asked over TUN devices in network namespaces that the command
makes for itself: it needs root, and does not touch the machine's network.

A segment is written as flags, +10 for ten bytes of text, a place of its
sequence number (@in, @old, @beyond; exact without), and what it acknowledges
(^una, ^old, ^unsent, ^ancient; everything without): "F.@old", ".+10^una", "R@in".`,
		Example: `  lastack diff                              a hundred thousand words
  lastack diff --words 1000000 --seed 7     more of them, and others
  lastack diff --word "connect S. F. close R@old"
  lastack diff --word "listen S R@in" --format pkt | lastack drill -
  lastack diff --deviations                 what is known to differ, and why`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f.addFlags(cmd, "text", "json", "pkt")
	flags := cmd.Flags()
	flags.IntVar(&f.plan.Words, "words", 100_000, "how many words")
	flags.IntVar(&f.plan.Depth, "depth", 2, "symbols of the words that are tried exhaustively, after the way into a state")
	flags.Uint64Var(&f.plan.Seed, "seed", 1, "of the random words")
	flags.DurationVar(&f.time, "time", 30*time.Minute, "the longest time to take; a plan cut short counts as failed")
	flags.BoolVar(&f.list, "deviations", false, "list the known deviations")
	flags.StringVar(&f.word, "word", "", "show one word, step by step, on both")
	cmd.MarkFlagsMutuallyExclusive("deviations", "word")
	return cmd
}

// run does what the flags ask for.
func (f *diffFlags) run(ctx context.Context, out io.Writer) error {
	switch err := f.check(); {
	case err != nil:
		return err
	case f.list && f.format == "json":
		return f.write(out, oracle.DeviationsJSON())
	case f.list && f.format == "text":
		return f.write(out, oracle.DeviationsText())
	case f.word != "" && f.format == "pkt":
		return f.script(out)
	case f.word != "" && f.format == "json":
		return usagef("a word comes as text or pkt, not as json")
	case f.word != "":
		return f.show(out)
	case f.format == "pkt":
		return usagef("only a word comes as a script: give it with --word")
	case f.plan.Words <= 0 || f.plan.Depth < 0:
		return usagef("give --words of at least 1 and --depth of at least 0")
	}
	ctx, cancel := context.WithTimeout(ctx, f.time)
	defer cancel()
	r, err := oracle.Campaign(ctx, f.plan, func() oracle.System { return &oracle.Lastack{} })
	if err != nil {
		return err
	}
	text := r.Text()
	if f.format == "json" {
		text = r.JSON()
	}
	if err := f.write(out, text); err != nil {
		return err
	}
	switch {
	case len(r.Findings) > 0:
		return fmt.Errorf("%d differences are not explained", len(r.Findings))
	case r.Cut:
		return fmt.Errorf("the time was over after %d of %d words: give more with --time", r.Words, f.plan.Words)
	}
	return nil
}

// script writes a word as a packetdrill script that expects what lastack does.
func (f *diffFlags) script(out io.Writer) error {
	w, err := oracle.ParseWord(f.word)
	if err != nil {
		return usageError{err}
	}
	text, err := oracle.Script(&oracle.Lastack{}, w)
	if err != nil {
		return err
	}
	return f.write(out, text)
}

// show plays one word on both systems.
func (f *diffFlags) show(out io.Writer) error {
	w, err := oracle.ParseWord(f.word)
	if err != nil {
		return usageError{err}
	}
	return oracle.WithKernel(func(k *oracle.Kernel) error {
		p := oracle.NewPair(&oracle.Lastack{}, k)
		v, err := p.Compare(w)
		if err != nil {
			return err
		}
		text, err := steps(p, w)
		if err != nil {
			return err
		}
		for _, d := range v.Explained {
			text += fmt.Sprintf("\n%s: %s\n%s", d.Name, d.Where, d.Text())
		}
		if err := f.write(out, text); err != nil {
			return err
		}
		if v.Different != nil {
			return fmt.Errorf("not explained: %v", oracle.Finding{Moment: v.Different})
		}
		return nil
	})
}

// steps is what each symbol of a word does on both systems, side by side. A
// line on which they differ is marked.
func steps(p *oracle.Pair, w oracle.Word) (string, error) {
	ours, err := p.Ours.Run(w)
	if err != nil {
		return "", err
	}
	theirs, err := p.Theirs.Run(w)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  %-14s %-45s %s\n", "", "lastack", "linux")
	for i, s := range w {
		mark := " "
		if !ours[i].Equal(theirs[i]) {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %-14v %-45v %v\n", mark, s, ours[i], theirs[i])
	}
	return b.String(), nil
}
