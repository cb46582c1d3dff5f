package oracle

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// A Finding is a difference that nothing explains.
type Finding struct {
	Moment *Moment // the last step of the shrunk word
	Script string  // the word, with what lastack does
}

// A Report is what a campaign has found.
type Report struct {
	Words     int // compared
	Steps     int // of these words, in which both did the same or what a deviation says
	Explained map[string]int
	Noise     int // differences that did not come again
	Cells     int // of (state, row, symbol) in lastack
	Rows      []int
	Findings  []Finding
	Cut       bool // the time was over before the plan
}

// enough is how many findings end a campaign.
const enough = 10

// A campaign is a differential test under way.
type campaign struct {
	ours   func() System
	mu     sync.Mutex
	report Report
	stop   context.CancelFunc
	shrunk map[string]bool // words of findings
}

// Campaign compares the kernel with lastack, as ours makes it, by the words of
// a plan. Several namespaces work at the same time. The words do not depend on
// that, and neither does what is found in them; the time that ctx gives cuts
// the plan short.
func Campaign(ctx context.Context, plan Plan, ours func() System) (*Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := &campaign{ours: ours, stop: stop, shrunk: map[string]bool{}}
	c.report.Explained = map[string]int{}
	words := make(chan Word, 256)
	planned := make(chan error, 1)
	go func() { planned <- c.plan(ctx, plan, words) }()

	lanes := runtime.GOMAXPROCS(0)
	ended := make(chan error, lanes)
	for range lanes {
		go func() {
			ended <- WithKernel(func(k *Kernel) error { return c.lane(k, words) })
		}()
	}
	var err error
	for range lanes {
		if e := <-ended; e != nil {
			stop()
			err = errors.Join(err, e)
		}
	}
	stop()
	return &c.report, errors.Join(err, <-planned)
}

// plan sends the words to the lanes.
func (c *campaign) plan(ctx context.Context, plan Plan, words chan<- Word) error {
	defer close(words)
	s := newScout()
	defer c.covered(s)
	for w, err := range plan.words(s) {
		if err != nil {
			return fmt.Errorf("word %q: %w", w, err)
		}
		select {
		case words <- w:
		case <-ctx.Done():
			c.mu.Lock()
			c.report.Cut = true
			c.mu.Unlock()
			return nil
		}
	}
	return nil
}

// covered takes over what the plan has covered.
func (c *campaign) covered(s *scout) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Cells = len(s.cells)
	for row, taken := range s.taken {
		if taken && row > 0 {
			c.report.Rows = append(c.report.Rows, row)
		}
	}
}

// lane compares words in one namespace.
func (c *campaign) lane(k System, words <-chan Word) error {
	p := NewPair(c.ours(), k)
	for w := range words {
		v, err := p.Compare(w)
		if err != nil {
			return fmt.Errorf("word %q: %w", w, err)
		}
		c.count(v)
		if v.Different == nil {
			continue
		}
		if err := c.examine(p, w); err != nil {
			return fmt.Errorf("word %q: %w", w, err)
		}
	}
	return nil
}

func (c *campaign) count(v Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Words++
	c.report.Steps += v.Steps
	for _, d := range v.Explained {
		c.report.Explained[d.Name]++
	}
}

// examine finds out what is in a difference: noise, or a finding.
func (c *campaign) examine(p *Pair, w Word) error {
	m, err := p.confirm(w)
	if err != nil {
		return err
	}
	if m == nil {
		c.mu.Lock()
		c.report.Noise++
		c.mu.Unlock()
		return nil
	}
	if m, err = p.Shrink(m); err != nil {
		return err
	}
	script, err := Script(p.Ours.System, m.Word)
	if err != nil {
		return err
	}
	c.found(Finding{m, script})
	return nil
}

// found notes a finding that is not known yet, and ends the campaign when there
// are enough.
func (c *campaign) found(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if key := f.Moment.Word.String(); !c.shrunk[key] {
		c.shrunk[key] = true
		c.report.Findings = append(c.report.Findings, f)
	}
	if len(c.report.Findings) >= enough {
		c.stop()
	}
}

// String is the shrunk word and what each system does in its last step.
func (f Finding) String() string {
	m := f.Moment
	return fmt.Sprintf("%v in %v after %q:\n  lastack: %v\n  linux:   %v", m.Symbol(), m.Before(), m.Word[:len(m.Word)-1], m.Ours, m.Theirs)
}
