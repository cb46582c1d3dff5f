package tcp

// ackPolicy decides when text is acknowledged (§3.8.6.3, SHLD-18).
type ackPolicy struct {
	now     bool // an ACK is owed at once
	delayed bool // an ACK is owed, but may wait for company
	repeats int  // further ACKs of the same number, for text that came out of order
	pending int  // bytes of text not yet acknowledged
	full    int  // the largest segment seen: what a full-sized one is
}

// minFull is the least that is taken for a full-sized segment.
const minFull = 536

// textArrived takes in a segment with size bytes of text (or a FIN), of which
// fresh went in order. mss is the largest that the peer may send; more in one piece is
// several segments that the link has put together. Text out of order, and text that fills a gap, is
// acknowledged at once, each segment by an ACK of its own (MAY-13), so that the
// peer can count them (RFC 5681 §4.2); otherwise every second full-sized segment is
// (SHLD-19).
func (a *ackPolicy) textArrived(fresh, size, mss int, gap bool) {
	a.full = max(a.full, min(size, mss), minFull)
	a.pending += fresh
	switch {
	case fresh == 0 && gap && a.now:
		a.repeats++
	case fresh == 0, gap, a.pending >= 2*a.full:
		a.now = true
	default:
		a.delayed = true
	}
}

// sent notes that a segment carried an ACK.
func (a *ackPolicy) sent() {
	a.now, a.delayed, a.pending = a.repeats > 0, false, 0
	a.repeats = max(a.repeats-1, 0)
}
