package drill

import (
	"sync"
)

// aloneWidenings is how a script is run again that has failed against the
// kernel: with nothing beside it, and tolerances that many times as wide. In
// real time a busy machine can make any script late, so late at times that the
// kernel sends again, which no tolerance forgives.
var aloneWidenings = []int{1, 2, 4, 4, 4}

// RunAll runs scripts, some at a time, and returns how they ended, in their
// order. each, if not nil, is told of each in that order, as soon as those
// before it have ended too. Those that have failed against the kernel are run
// again when all have ended, one at a time.
func RunAll(sources []Source, o Options, jobs int, each func(*Result)) []Result {
	known := Deviations()
	results := make([]Result, len(sources))
	again := make([]bool, len(sources))
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
				if again[i] = o.Kernel && results[i].Status == Failed; !again[i] {
					close(ended[i])
				}
			}
		})
	}
	go func() {
		for i := range sources {
			next <- i
		}
		close(next)
		workers.Wait()
		for i := range sources {
			if again[i] {
				results[i] = alone(sources[i], o)
				close(ended[i])
			}
		}
	}()
	for i := range sources {
		<-ended[i]
		if each != nil {
			each(&results[i])
		}
	}
	return results
}

// judge runs one script. Against the kernel a failure may be a known deviation.
func judge(src Source, o Options, known []Deviation) Result {
	res := Run(src, o)
	if !o.Kernel || res.Status != Failed {
		return res
	}
	if name := deviationOf(known, src.Name); name != "" {
		res.Status, res.Deviation = Deviates, name
	}
	return res
}

// alone runs a script again, until it passes.
func alone(src Source, o Options) (res Result) {
	for _, o.Widen = range aloneWidenings {
		res = Run(src, o)
		res.Alone = o.Widen
		if res.Status != Failed {
			break
		}
	}
	return res
}

// A Tally counts how scripts ended.
type Tally struct {
	Passed, Failed, Skipped, Deviating int

	Named int // the names of known deviations among those that deviate
	Alone int // those that passed only when they were run again, alone
}

// Count is the tally of results. Broken scripts count as failed, unsupported
// ones as skipped.
func Count(results []Result) (t Tally) {
	names := map[string]bool{}
	for i := range results {
		switch results[i].Status {
		case Passed:
			t.Passed++
			if results[i].Alone > 0 {
				t.Alone++
			}
		case Failed, Broken:
			t.Failed++
		case Unsupported:
			t.Skipped++
		case Deviates:
			t.Deviating++
			names[results[i].Deviation] = true
		}
	}
	t.Named = len(names)
	return t
}
