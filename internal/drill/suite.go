package drill

import (
	"sync"
)

// kernelTries is how often a script is run against the kernel until it passes:
// in real time a busy machine can make any script late.
const kernelTries = 5

// RunAll runs scripts, some at a time, and returns how they ended, in their
// order. each, if not nil, is told of each in that order, as soon as those
// before it have ended too.
func RunAll(sources []Source, o Options, jobs int, each func(*Result)) []Result {
	known := Deviations()
	results := make([]Result, len(sources))
	ended := make([]chan struct{}, len(sources))
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for i := range next {
				results[i] = judge(sources[i], o, known)
				close(ended[i])
			}
		})
	}
	go func() {
		for i := range sources {
			next <- i
		}
		close(next)
	}()
	for i := range sources {
		<-ended[i]
		if each != nil {
			each(&results[i])
		}
	}
	workers.Wait()
	return results
}

// judge runs one script. Against the kernel a failure may be a known deviation,
// and is tried again otherwise.
func judge(src Source, o Options, known []Deviation) Result {
	res := Run(src, o)
	if !o.Kernel {
		return res
	}
	name := deviationOf(known, src.Name)
	for try := 1; try < kernelTries && res.Status == Failed && name == ""; try++ {
		res = Run(src, o)
	}
	if res.Status == Failed && name != "" {
		res.Status, res.Deviation = Deviates, name
	}
	return res
}

// A Tally counts how scripts ended.
type Tally struct{ Passed, Failed, Skipped, Deviating int }

// Count is the tally of results. Broken scripts count as failed, unsupported
// ones as skipped.
func Count(results []Result) (t Tally) {
	for i := range results {
		switch results[i].Status {
		case Passed:
			t.Passed++
		case Failed, Broken:
			t.Failed++
		case Unsupported:
			t.Skipped++
		case Deviates:
			t.Deviating++
		}
	}
	return t
}
