package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/report"
	"github.com/lastack/lastack/bench/internal/sample"
	"github.com/lastack/lastack/bench/internal/work"
)

// emulation is the flags of "bench emulate".
type emulation struct {
	settings
	congestion, rtts, losses, lates string
	rate, queue                     int
	seed                            uint64
	capture                         string
}

// minRTTs is how many round trips a transfer lasts at least, so that the first
// slow start is a small part of it.
const minRTTs = 50

// runEmulate measures one connection on every path with every congestion
// control.
func runEmulate(args []string) error {
	var e emulation
	fs := e.flags("emulate", "linux,gvisor,lastack", 32<<20)
	fs.StringVar(&e.congestion, "congestion", "cubic,reno,bbr", "the congestion controls")
	fs.StringVar(&e.rtts, "rtt", "0,20,100", "the round trip times, in ms")
	fs.StringVar(&e.losses, "loss", "0,0.1,1", "the packets lost, in percent")
	fs.StringVar(&e.lates, "late", "1", "the packets that are late, in percent, in rows of their own; empty: no such rows")
	fs.IntVar(&e.rate, "rate", 0, "the path's rate, in Mbit/s; 0: as fast as the machine")
	fs.IntVar(&e.queue, "queue", 0, "the packets that wait for the rate; 0: 1000")
	fs.Uint64Var(&e.seed, "seed", 1, "the seed of loss and reordering")
	fs.StringVar(&e.capture, "capture", "", "write captures of each stack's latest transfer to this `directory`")
	if err := fs.Parse(args); err != nil {
		return err
	}
	tasks, err := e.tasks()
	if err != nil {
		return err
	}
	return e.run(tasks)
}

// tasks is a row for each congestion control and path.
func (e *emulation) tasks() (tasks []*task, err error) {
	paths, err := e.paths()
	if err != nil {
		return nil, err
	}
	for control := range strings.SplitSeq(e.congestion, ",") {
		for _, p := range paths {
			tasks = append(tasks, e.task(control, p))
		}
	}
	return tasks, nil
}

// task is one row. All stacks meet the same losses in a turn, and others in
// the next.
func (e *emulation) task(control string, p emulate.Path) *task {
	return &task{
		rows: []report.Row{{
			Work: fmt.Sprintf("%s, RTT %v, %s", control, p.RTT, p.Impairment()),
			Unit: "MB/s", CPUUnit: "s/GB",
		}},
		can: func(s *hosts.Stack) bool { return s.Emulated != nil && s.Has(control) },
		measure: func(s *hosts.Stack, turn int) ([]sample.Sample, error) {
			q := p
			q.Seed = e.seed + uint64(turn)
			pair, err := s.Emulated(q, hosts.Options{Congestion: control, Buffer: e.buffer, Capture: e.capture})
			if err != nil {
				return nil, err
			}
			defer pair.Close()
			return work.Bulk(pair, 1, max(e.length(), minRTTs*p.RTT))
		},
	}
}

// paths is every round trip time with every loss, and with late packets.
func (e *emulation) paths() (all []emulate.Path, err error) {
	rtts, err1 := numbers(e.rtts)
	losses, err2 := numbers(e.losses)
	lates, err3 := numbers(e.lates)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, err
		}
	}
	for _, ms := range rtts {
		p := emulate.Path{
			RTT:  time.Duration(ms * float64(time.Millisecond)),
			Rate: int64(e.rate) * 1e6 / 8, Queue: e.queue,
		}
		for _, percent := range losses {
			p.Loss, p.Reorder = percent/100, 0
			all = append(all, p)
		}
		for _, percent := range lates {
			p.Loss, p.Reorder = 0, percent/100
			all = append(all, p)
		}
	}
	return all, nil
}

// numbers reads numbers separated by commas.
func numbers(list string) (all []float64, err error) {
	if list == "" {
		return nil, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || x < 0 {
			return nil, fmt.Errorf("%q is not a list of numbers, such as 0,0.1,1", list)
		}
		all = append(all, x)
	}
	return all, nil
}
