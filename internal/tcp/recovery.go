package tcp

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// recovery finds losses by duplicate acknowledgments and mends them (RFC 6582).
type recovery struct {
	dups    int     // duplicate acknowledgments in a row
	active  bool    // a fast recovery is on
	recover seq.Num // it ends when this is acknowledged
	armed   bool    // recover is meaningful
	inflate int     // bytes that duplicates say have left the network
}

// duplicate takes in a duplicate acknowledgment. The third makes the oldest
// segment lost (RFC 5681 §3.2): then a recovery begins, which is reported.
func (l *recovery) duplicate(now clock.Time, cc Congestion, snd *SendSpace, mss, flight int) (begins bool) {
	l.dups++
	switch {
	case l.active:
		l.inflate += mss
	case l.dups != 3:
	case l.armed && !snd.Una.After(l.recover):
		// Still within what a recovery or a timeout has sent (RFC 6582 §4.1).
	default:
		l.active, l.armed, l.recover = true, true, snd.Nxt
		cc.Lost(now, flight)
		l.inflate = 3 * mss
		snd.lose(mss)
		return true
	}
	return false
}

// lose marks the oldest segment as lost.
func (s *SendSpace) lose(n int) {
	s.Rtx = s.Una
	s.RtxEnd = seq.Min(s.Una.Add(n), s.Nxt)
}

// acked takes in a new acknowledgment of n bytes, with flight bytes out before
// it.
func (l *recovery) acked(now clock.Time, cc Congestion, snd *SendSpace, mss, n, flight int, limited bool) {
	l.dups = 0
	switch {
	case !l.active:
		cc.Acked(now, n, limited)
	case snd.Una.Before(l.recover): // partial (RFC 6582 §3.2 step 3)
		l.inflate = max(l.inflate-n, 0) + mss
		snd.lose(mss)
	default:
		l.active, l.inflate = false, 0
		cc.Recovered(now, max(flight-n, 0))
	}
	if l.armed && snd.Una.After(l.recover) {
		l.armed = false
	}
}

// timedOut ends a fast recovery: everything sent is held lost.
func (l *recovery) timedOut(snd *SendSpace) {
	*l = recovery{recover: snd.Nxt, armed: true}
	snd.Rtx, snd.RtxEnd = snd.Una, snd.Nxt
}
