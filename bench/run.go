package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/report"
	"github.com/lastack/lastack/bench/internal/sample"
)

// settings is what all commands can be told.
type settings struct {
	stacks, format string
	seconds        float64
	repeat, buffer int
}

// flags makes the flags that all commands have.
func (s *settings) flags(command, stacks string, buffer int) *flag.FlagSet {
	fs := flag.NewFlagSet("bench "+command, flag.ContinueOnError)
	fs.StringVar(&s.stacks, "stacks", stacks, "the stacks to compare")
	fs.StringVar(&s.format, "format", "text", "text or json")
	fs.Float64Var(&s.seconds, "seconds", 2, "the length of a measurement")
	fs.IntVar(&s.repeat, "repeat", 3, "how often everything is measured; the table shows medians")
	fs.IntVar(&s.buffer, "buffer", buffer, "the bytes that a connection may hold, each way, at each end")
	return fs
}

// length is the length of a measurement.
func (s *settings) length() time.Duration { return time.Duration(s.seconds * float64(time.Second)) }

// A task is rows of the table and how to measure them: one sample for each row.
type task struct {
	rows    []report.Row
	can     func(*hosts.Stack) bool
	measure func(s *hosts.Stack, turn int) ([]sample.Sample, error)
}

// run measures all tasks and prints the table. The stacks take turns, and
// another one begins each time, so that what disturbs the machine disturbs all
// of them alike.
func (s *settings) run(tasks []*task) error {
	stacks, err := hosts.Named(s.stacks)
	if err != nil {
		return err
	}
	table := &report.Table{Date: time.Now().Format(time.DateOnly), Machine: report.Machine()}
	for _, stack := range stacks {
		table.Stacks = append(table.Stacks, stack.Name)
	}
	for turn := range s.repeat {
		for i, t := range tasks {
			fmt.Fprintf(os.Stderr, "\rturn %d of %d, task %d of %d ", turn+1, s.repeat, i+1, len(tasks))
			if err := t.turn(stacks, turn); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(os.Stderr)
	for _, t := range tasks {
		for i := range t.rows {
			table.Rows = append(table.Rows, &t.rows[i])
		}
	}
	if s.format == "json" {
		return table.JSON(os.Stdout)
	}
	return table.Text(os.Stdout)
}

// turn measures each stack once, with a heap that is clean.
func (t *task) turn(stacks []*hosts.Stack, turn int) error {
	for i := range stacks {
		s := stacks[(i+turn)%len(stacks)]
		if !t.can(s) {
			continue
		}
		runtime.GC()
		got, err := t.measure(s, turn)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", s.Name, t.rows[0].Work, err)
		}
		for i := range t.rows {
			t.rows[i].Add(s.Name, got[i])
		}
	}
	return nil
}
