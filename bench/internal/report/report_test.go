package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lastack/lastack/bench/internal/sample"
)

func TestCellsShowMedians(t *testing.T) {
	var r Row
	for _, v := range []float64{9, 1, 3} {
		r.Add("linux", sample.Sample{Value: v, CPU: 10 * v})
	}
	if c := r.Cells["linux"]; c.Median != 3 || c.CPU != 30 {
		t.Errorf("median %v, CPU %v; want 3 and 30", c.Median, c.CPU)
	}
	r.Add("linux", sample.Sample{Value: 5})
	if c := r.Cells["linux"]; c.Median != 4 {
		t.Errorf("median of 1, 3, 5, 9 is %v, want 4", c.Median)
	}
}

func TestRatioSaysHowMuchBetterOursIs(t *testing.T) {
	for _, c := range []struct {
		name         string
		less         bool
		ours, theirs float64
		want         float64
		ok           bool
	}{
		{"more is better", false, 30, 10, 3, true},
		{"less is better", true, 10, 30, 3, true},
		{"nothing measured", false, 30, 0, 0, false},
	} {
		r := Row{Less: c.less}
		r.Add(Ours, sample.Sample{Value: c.ours})
		r.Add("gvisor", sample.Sample{Value: c.theirs})
		if x, ok := r.Ratio("gvisor"); x != c.want || ok != c.ok {
			t.Errorf("%s: ratio %v, %v; want %v, %v", c.name, x, ok, c.want, c.ok)
		}
	}
	if _, ok := (&Row{}).Ratio("gvisor"); ok {
		t.Error("an empty row has a ratio")
	}
}

// example is a table with a stack that cannot do one of the rows.
func example() *Table {
	fast, slow := &Row{Work: "fast", Unit: "MB/s", CPUUnit: "s/GB"}, &Row{Work: "slow", Unit: "MB/s"}
	fast.Add(Ours, sample.Sample{Value: 1234, CPU: 0.5})
	fast.Add("linux", sample.Sample{Value: 617, CPU: 12.345})
	slow.Add(Ours, sample.Sample{Value: 0.25, CPU: 3})
	return &Table{Date: "2026-01-01", Machine: "abacus", Stacks: []string{"linux", Ours}, Rows: []*Row{fast, slow}}
}

func TestTextShowsRatiosAndGaps(t *testing.T) {
	var out strings.Builder
	if err := example().Text(&out); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"2026-01-01, abacus",
		"linux CPU lastack CPU / linux",
		"fast MB/s; CPU s/GB 617 12.3 1234 0.500 2.00",
		"slow MB/s - - 0.250 3.00 -",
	}
	if got := strings.Join(rows, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestJSONHasEverySample(t *testing.T) {
	var out strings.Builder
	if err := example().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back Table
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if got := back.Rows[0].Cells["linux"]; got.Median != 617 || len(got.Values) != 1 || got.CPUs[0] != 12.345 {
		t.Errorf("linux reads back as %+v", *got)
	}
}
