package explore

import "github.com/lastack/lastack/fsm"

// Rows is which rows of fsm.Table searches have seen, by their numbers.
type Rows struct {
	Fired      []int
	Superseded []int // never taken: they show what §3.10 alone would do
	Missing    []int // neither
}

// Coverage sums up the rows that searches have seen.
func Coverage(reports []*Report) (r Rows) {
	fired := map[int]bool{}
	for _, report := range reports {
		for _, n := range report.Rows {
			fired[n] = true
		}
	}
	for i := range fsm.Table {
		switch n := i + 1; {
		case fired[n]:
			r.Fired = append(r.Fired, n)
		case superseded(n):
			r.Superseded = append(r.Superseded, n)
		default:
			r.Missing = append(r.Missing, n)
		}
	}
	return r
}

// superseded reports whether others go before row n however the connection came
// to be: one in SYN_RCVD came from LISTEN, from SYN_SENT or from TIME_WAIT.
func superseded(n int) bool {
	row := fsm.Row(n)
	for s := range row.From.All() {
		for _, facts := range []fsm.Guard{fsm.Passive, fsm.Active, fsm.Reopened} {
			if fsm.Lookup(s, row.On, facts) == n || fsm.Lookup(s, row.On, facts|fsm.Queued) == n {
				return false
			}
		}
	}
	return true
}
