package lastack

import "github.com/lastack/lastack/internal/stack"

// Stats counts what a stack has done since it was made. The counters of now,
// Conns, HalfOpen and QueueBytes, go down as well.
type Stats struct {
	PacketsIn, BytesIn   uint64 // IP packets from the link
	PacketsOut, BytesOut uint64 // IP packets to the link

	SegmentsIn, SegmentsOut uint64 // TCP segments, those between addresses of the stack's own too
	ResetsOut               uint64 // of SegmentsOut, those with RST

	Opened   uint64 // connections begun by dialling
	Accepted uint64 // handshakes completed at a listener
	Reopened uint64 // connections made in the place of one in TIME_WAIT (RFC 6191)

	CookiesOut uint64 // SYNs answered by a cookie, because the SYN queue was full (RFC 4987)
	CookiesIn  uint64 // connections that a cookie has made

	FastAccepted uint64 // SYNs whose data were taken before the handshake's end (RFC 7413)

	Conns      uint64 // connections that are not CLOSED, now
	HalfOpen   uint64 // of these, handshakes at a listener that are not complete
	QueueBytes uint64 // memory that connections hold for data, now

	// Dropped is how many packets and segments were not used, in part or whole,
	// by reason: the words that traces have. A reason that has not occurred is
	// not there.
	Dropped map[string]uint64
}

// Stats is a copy of the stack's counters.
func (s *Stack) Stats() Stats {
	s.shard.mu.Lock()
	n := s.shard.core.Stats()
	s.shard.mu.Unlock()
	return publicStats(&n)
}

func publicStats(n *stack.Stats) Stats {
	out := Stats{
		PacketsIn: n.PacketsIn, BytesIn: n.BytesIn, PacketsOut: n.PacketsOut, BytesOut: n.BytesOut,
		SegmentsIn: n.SegmentsIn, SegmentsOut: n.SegmentsOut, ResetsOut: n.Resets,
		Opened: n.Opened, Accepted: n.Accepted, Reopened: n.Reopened,
		CookiesOut: n.CookiesSent, CookiesIn: n.CookiesTaken, FastAccepted: n.FastAccepted,
		Conns: n.Conns, HalfOpen: n.HalfOpen, QueueBytes: n.QueueBytes,
		Dropped: map[string]uint64{},
	}
	for why, count := range n.Dropped() {
		out.Dropped[why] += count
	}
	return out
}
