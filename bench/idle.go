package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/report"
	"github.com/lastack/lastack/bench/internal/sample"
	"github.com/lastack/lastack/bench/internal/work"
)

// idling is the flags of "bench idle".
type idling struct {
	settings
	conns string
	child bool
}

// runIdle measures the memory of connections that wait, each stack and number
// in a process of its own.
func runIdle(args []string) error {
	var i idling
	fs := i.flags("idle", "linux,gvisor/pipe,lastack", 1<<20)
	fs.StringVar(&i.conns, "conns", "1000,10000,100000", "how many connections")
	fs.BoolVar(&i.child, "child", false, "be the process that measures; for the program's own use")
	if err := fs.Parse(args); err != nil {
		return err
	}
	numbers, err := numbers(i.conns)
	if err != nil {
		return err
	}
	if i.child {
		return i.beChild(int(numbers[0]))
	}
	var tasks []*task
	for _, n := range numbers {
		tasks = append(tasks, i.task(int(n)))
	}
	return i.run(tasks)
}

// task is the rows for a number of connections.
func (i *idling) task(n int) *task {
	row := func(state string) report.Row {
		return report.Row{Work: fmt.Sprintf("%s, connections: %d", state, n), Unit: "B", Less: true}
	}
	return &task{
		rows: []report.Row{row("idle"), row("idle after use")},
		can:  func(s *hosts.Stack) bool { return s.Memory != nil && (s.Name != "linux" || work.MayOpen(n)) },
		measure: func(s *hosts.Stack, _ int) (got []sample.Sample, err error) {
			child := exec.Command("/proc/self/exe", "idle", "--child",
				"--stacks", s.Name, "--conns", fmt.Sprint(n), "--buffer", fmt.Sprint(i.buffer))
			child.Stderr = os.Stderr
			out, err := child.Output()
			if err != nil {
				return nil, err
			}
			return got, json.Unmarshal(out, &got)
		},
	}
}

// beChild measures once, and prints the samples as JSON.
func (i *idling) beChild(n int) error {
	stacks, err := hosts.Named(i.stacks)
	if err != nil {
		return err
	}
	pair, err := stacks[0].Memory(ethernet, hosts.Options{Congestion: lossless, Buffer: i.buffer})
	if err != nil {
		return err
	}
	defer pair.Close()
	got, err := work.Idle(pair, n, stacks[0].Name == "linux")
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(got)
}
