// Package report gathers samples in a table, and prints it for people and for
// programs.
package report

import (
	"slices"

	"github.com/lastack/lastack/bench/internal/sample"
)

// Ours is the stack whose ratios to the others are shown.
const Ours = "lastack"

// A Table is what was measured: rows of work, columns of stacks.
type Table struct {
	Date    string   `json:"date"`
	Machine string   `json:"machine"`
	Stacks  []string `json:"stacks"`
	Rows    []*Row   `json:"rows"`
}

// A Row is one kind of work.
type Row struct {
	Work    string           `json:"work"`
	Unit    string           `json:"unit"`           // of values
	CPUUnit string           `json:"cpu_unit"`       // of processor time
	Less    bool             `json:"less,omitempty"` // less is better
	Cells   map[string]*Cell `json:"cells"`          // by stack; those that cannot do it are missing
}

// A Cell is the samples of one stack in one row.
type Cell struct {
	Median float64   `json:"median"`
	CPU    float64   `json:"cpu"` // the median of processor time
	Values []float64 `json:"values"`
	CPUs   []float64 `json:"cpus"`
}

// Add adds a sample to a row.
func (r *Row) Add(stack string, s sample.Sample) {
	if r.Cells == nil {
		r.Cells = map[string]*Cell{}
	}
	c := r.Cells[stack]
	if c == nil {
		c = &Cell{}
		r.Cells[stack] = c
	}
	c.Values, c.CPUs = append(c.Values, s.Value), append(c.CPUs, s.CPU)
	c.Median, c.CPU = median(c.Values), median(c.CPUs)
}

// Ratio is how many times as good as another stack ours is, by the medians. It
// is false if one of the two has no value.
func (r *Row) Ratio(to string) (x float64, ok bool) {
	ours, theirs := r.Cells[Ours], r.Cells[to]
	if ours == nil || theirs == nil || ours.Median == 0 || theirs.Median == 0 {
		return 0, false
	}
	if r.Less {
		return theirs.Median / ours.Median, true
	}
	return ours.Median / theirs.Median, true
}

// median is the median of at least one number: the mean of the middle two if
// there is an even number of them.
func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	mid := len(xs) / 2
	if len(xs)%2 == 0 {
		return (xs[mid-1] + xs[mid]) / 2
	}
	return xs[mid]
}
