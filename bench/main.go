// Command bench measures lastack beside its peers: gVisor's netstack and the
// Linux kernel, doing the same work in one run.
//
// It is a module of its own, so that users of lastack never download the
// peers. It needs Linux; what involves the kernel needs root, or a namespace
// made with "unshare -rn", and touches nothing outside namespaces of its own.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"

	"github.com/lastack/lastack/bench/internal/hosts"
)

// A command is one kind of measurement.
type command struct {
	name, about string
	run         func(args []string) error
}

var commands = []command{
	{"memory", "throughput, round trips and lifecycles over links in memory", runMemory},
	{"idle", "memory of connections that wait", runIdle},
	{"emulate", "one connection over paths with delay, loss and reordering", runEmulate},
}

func main() {
	var exit *exec.ExitError
	done, err := hosts.Isolate()
	if !done {
		err = run(os.Args[1:])
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode()) // it has said why
	default:
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(args[1:])
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: bench COMMAND [--help] [flags]")
	for _, c := range commands {
		fmt.Fprintf(os.Stderr, "  %-8s %s\n", c.name, c.about)
	}
	if len(args) == 0 {
		return errors.New("which command?")
	}
	return fmt.Errorf("there is no command %q", args[0])
}
