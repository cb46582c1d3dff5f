package main

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/report"
	"github.com/lastack/lastack/bench/internal/sample"
	"github.com/lastack/lastack/bench/internal/work"
)

const (
	// ethernet is the MTU of what is not about large segments.
	ethernet = 1500
	// offload is an MTU that asks for the largest segments there are.
	offload = 65535
	// lossless is the congestion control: one that all stacks have.
	lossless = "reno"
)

// runMemory measures what stacks cost when nothing but the machine is in their
// way.
func runMemory(args []string) error {
	var s settings
	fs := s.flags("memory", "linux,gvisor/pipe,gvisor,lastack", 1<<20)
	if err := fs.Parse(args); err != nil {
		return err
	}
	var tasks []*task
	for _, mtu := range []int{ethernet, 9000, offload} {
		tasks = append(tasks, s.bulk(mtu, 1))
	}
	tasks = append(tasks, s.bulk(ethernet, 100), s.bulk(offload, 100))
	for _, n := range []int{1, 128} {
		tasks = append(tasks, s.pingPong(n))
	}
	for _, n := range []int{1, 64} {
		tasks = append(tasks, s.lifecycle(n))
	}
	return s.run(tasks)
}

// bulk is one way as fast as it goes, over some connections.
func (s *settings) bulk(mtu, conns int) *task {
	return s.inMemory(mtu, func(pair hosts.Pair, d time.Duration) ([]sample.Sample, error) {
		return work.Bulk(pair, conns, d)
	}, report.Row{
		Work: fmt.Sprintf("bulk, MTU %d, connections: %d", mtu, conns), Unit: "MB/s", CPUUnit: "s/GB",
	})
}

// pingPong is a question and an answer of n bytes.
func (s *settings) pingPong(n int) *task {
	name := fmt.Sprintf("ping-pong, %d B", n)
	return s.inMemory(ethernet, func(pair hosts.Pair, d time.Duration) ([]sample.Sample, error) {
		got, err := work.PingPong(pair, n, d)
		return inMicroseconds(got), err
	},
		report.Row{Work: name, Unit: "1/s", CPUUnit: "us"},
		report.Row{Work: name + ", median", Unit: "us", Less: true},
		report.Row{Work: name + ", 99 %", Unit: "us", Less: true},
	)
}

// inMicroseconds makes microseconds of the seconds of PingPong.
func inMicroseconds(got []sample.Sample) []sample.Sample {
	for i := range got {
		got[i].CPU *= 1e6
		if i > 0 {
			got[i].Value *= 1e6
		}
	}
	return got
}

// lifecycle is connections from open to close, some at a time.
func (s *settings) lifecycle(atATime int) *task {
	name := fmt.Sprintf("lifecycle, at a time: %d", atATime)
	return s.inMemory(ethernet, func(pair hosts.Pair, d time.Duration) ([]sample.Sample, error) {
		got, err := work.Lifecycle(pair, atATime, d)
		if err != nil {
			return nil, err
		}
		got[0].CPU *= 1e6
		return got, nil
	},
		report.Row{Work: name, Unit: "1/s", CPUUnit: "us"},
		report.Row{Work: name + ", allocations", Unit: "each", Less: true},
	)
}

// inMemory is a task over a link in memory.
func (s *settings) inMemory(mtu int, measure func(hosts.Pair, time.Duration) ([]sample.Sample, error), rows ...report.Row) *task {
	return &task{
		rows: rows,
		can:  func(stack *hosts.Stack) bool { return stack.Memory != nil },
		measure: func(stack *hosts.Stack, _ int) ([]sample.Sample, error) {
			pair, err := stack.Memory(mtu, hosts.Options{Congestion: lossless, Buffer: s.buffer})
			if err != nil {
				return nil, err
			}
			defer pair.Close()
			return measure(pair, s.length())
		},
	}
}
