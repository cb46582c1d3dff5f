package main

import (
	"fmt"
	"iter"
	"slices"

	"github.com/lastack/lastack/internal/oracle"
)

// words is those that begin every campaign of the differential test: each segment
// and call in every state, then two in a row.
func words(yield func(oracle.Word) bool) {
	for _, part := range []iter.Seq[oracle.Word]{
		oracle.Exhaustive(oracle.Openings, oracle.Everything, 1),
		oracle.Exhaustive(oracle.Openings, oracle.Core, 2),
	} {
		for w := range part {
			if !yield(w) {
				return
			}
		}
	}
}

// linux is the differential test: what lastack does, and what the kernel does.
func linux() (evidence string, err error) {
	err = oracle.WithKernel(func(k *oracle.Kernel) error {
		p := oracle.NewPair(&oracle.Lastack{}, k)
		for w := range words {
			found, err := difference(p, w)
			if err != nil {
				return fmt.Errorf("word %q: %w", w, err)
			}
			if found != nil {
				evidence = fmt.Sprintf("%q", found.String())
				return nil
			}
		}
		return nil
	})
	return evidence, err
}

// difference is the shortest word like w on which lastack and the kernel differ
// without a reason, nil if there is none.
func difference(p *oracle.Pair, w oracle.Word) (oracle.Word, error) {
	found, err := differs(p, w)
	if err != nil || found == nil {
		return nil, err
	}
	if found, err = p.Shrink(found); err != nil {
		return nil, err
	}
	short := slices.Clone(found.Word)
	if found, err = differs(p, short); err != nil || found == nil {
		return nil, err
	}
	return short, nil
}

// votes is how often a difference must show: what is but the time that the kernel
// takes does not come again so often.
const votes = 5

// differs is the step of a word on which lastack and the kernel differ each time,
// nil if there is none.
func differs(p *oracle.Pair, w oracle.Word) (found *oracle.Moment, err error) {
	for range votes {
		v, err := p.Compare(w)
		if err != nil || v.Different == nil {
			return nil, err
		}
		found = v.Different
		found.Word = slices.Clone(found.Word)
	}
	return found, nil
}
