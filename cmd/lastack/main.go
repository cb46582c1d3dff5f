// Command lastack runs a user-space TCP and shows what it does.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	exitOK    = 0
	exitNo    = 1 // the command could not do it, or the answer is no
	exitUsage = 2 // the command line is wrong
)

// commands makes the subcommands, in the order in which help lists them.
var commands = []func() *cobra.Command{
	newPlayCommand,
	newFSMCommand,
	newDrillCommand,
	newCheckCommand,
	newDiffCommand,
	newLearnCommand,
	newServeCommand,
	newNCCommand,
	newVersionCommand,
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole program: it returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "lastack: %s\n", strings.TrimPrefix(err.Error(), "lastack: "))
	if !isUsage(err) {
		return exitNo
	}
	fmt.Fprintf(stderr, "see \"%s --help\"\n", cmd.CommandPath())
	return exitUsage
}

// newRootCommand makes the command with all its subcommands.
func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "lastack",
		Short:         "A TCP in user space that you can see inside",
		Long:          "lastack is a TCP (RFC 9293) that runs in user space and that you can see inside.",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q; the commands are %s", args[0], commandNames())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, command := range commands {
		root.AddCommand(asUsage(command()))
	}
	return root
}

// commandNames lists the subcommands.
func commandNames() string {
	var names []string
	for _, command := range commands {
		names = append(names, command().Name())
	}
	return strings.Join(names, ", ")
}

// asUsage makes complaints about a command's arguments usage errors.
func asUsage(cmd *cobra.Command) *cobra.Command {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return cmd
}

// A usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef makes an error for a mistake in the command line.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func isUsage(err error) bool {
	var usage usageError
	return errors.As(err, &usage)
}
