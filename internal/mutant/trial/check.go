package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"github.com/lastack/lastack/internal/explore"
)

// maxStates ends a search that a fault has made endless, which is a finding: a
// connection then counts something without a bound. The largest search without a
// fault has 850,000.
const maxStates = 2_000_000

// quick is the configurations in which most faults show soon.
var quick = []string{"open", "loss", "time-wait", "attack", "icmp", "patience", "incarnations"}

// check is the exhaustive search, in its small configurations.
func check() (string, error) {
	configs := explore.Configs(explore.Small)
	place := func(c explore.Config) int {
		if i := slices.Index(quick, c.Name); i >= 0 {
			return i
		}
		return len(quick)
	}
	slices.SortStableFunc(configs, func(a, b explore.Config) int { return cmp.Compare(place(a), place(b)) })
	for _, c := range configs {
		c.MaxStates = maxStates
		r := explore.Search(c, runtime.GOMAXPROCS(0), nil)
		if v := r.Violation; v != nil {
			return fmt.Sprintf("%s in %s after %d moves", v.Property.Name, c.Name, len(v.Script)), nil
		}
		if r.Cut {
			return fmt.Sprintf("no end in %s after %d states", c.Name, maxStates), nil
		}
		runtime.GC() // a search leaves much behind
	}
	return "", nil
}
