package report

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// Text prints the table for people: for each stack the median and the
// processor time, and the ratios of ours to the others.
func (t *Table) Text(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s\n", t.Date, t.Machine)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	t.head(out)
	for _, r := range t.Rows {
		t.row(out, r)
	}
	return out.Flush()
}

// head prints the names of the columns.
func (t *Table) head(w io.Writer) {
	fmt.Fprint(w, "\t\t")
	for _, s := range t.Stacks {
		fmt.Fprintf(w, "%s\tCPU\t", s)
	}
	for _, s := range t.peers() {
		fmt.Fprintf(w, "/ %s\t", s)
	}
	fmt.Fprintln(w)
}

// row prints one row.
func (t *Table) row(w io.Writer, r *Row) {
	fmt.Fprintf(w, "%s\t%s\t", r.Work, r.units())
	for _, s := range t.Stacks {
		if c := r.Cells[s]; c != nil {
			fmt.Fprintf(w, "%s\t%s\t", short(c.Median), short(c.CPU))
		} else {
			fmt.Fprint(w, "-\t-\t")
		}
	}
	for _, s := range t.peers() {
		if x, ok := r.Ratio(s); ok {
			fmt.Fprintf(w, "%.2f\t", x)
		} else {
			fmt.Fprint(w, "-\t")
		}
	}
	fmt.Fprintln(w)
}

// units is the unit of the values and that of processor time.
func (r *Row) units() string {
	if r.CPUUnit == "" {
		return r.Unit
	}
	return r.Unit + "; CPU " + r.CPUUnit
}

// peers is the stacks but ours, none if ours is not in the table.
func (t *Table) peers() (peers []string) {
	for _, s := range t.Stacks {
		if s != Ours {
			peers = append(peers, s)
		}
	}
	if len(peers) == len(t.Stacks) {
		return nil
	}
	return peers
}

// JSON prints the table for programs.
func (t *Table) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(t)
}

// short writes a number with three digits.
func short(x float64) string {
	switch {
	case x == 0:
		return "-"
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	case x >= 1:
		return fmt.Sprintf("%.2f", x)
	}
	return fmt.Sprintf("%.3f", x)
}
