package tcp

import "testing"

// What is full-sized is bounded by the MSS that we have told: a link may bring several
// segments in one piece, and then their acknowledgment does not wait for another such
// piece (SHLD-19).
func TestSeveralSegmentsInOnePieceAreAcknowledgedAtOnce(t *testing.T) {
	const mss = 1460
	for _, c := range []struct {
		name   string
		pieces []int
		now    bool
	}{
		{"one segment", []int{mss}, false},
		{"two segments", []int{mss, mss}, true},
		{"two in one piece", []int{2 * mss}, true},
		{"ten in one piece", []int{10 * mss}, true},
		{"less than two in one piece", []int{2*mss - 1}, false},
		{"two small ones", []int{1000, 1000}, true},
	} {
		var a ackPolicy
		for _, n := range c.pieces {
			a.textArrived(n, n, mss, false)
		}
		if a.now != c.now {
			t.Errorf("after %s an ACK is owed at once: %v, want %v", c.name, a.now, c.now)
		}
	}
}
