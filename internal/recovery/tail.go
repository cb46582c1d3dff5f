package recovery

import (
	"time"

	"github.com/lastack/lastack/internal/seq"
)

// maxAckDelay is TLP.max_ack_delay: how long the peer may hold back the
// acknowledgment of a single segment (RFC 8985 §7.2).
const maxAckDelay = 200 * time.Millisecond

// A tail is the tail loss probe: the last segment of a flight is lost without
// anything after it that would tell, so something is sent that is acknowledged
// (RFC 8985 §7).
type tail struct {
	end     seq.Num // TLP.end_seq, if out
	out     bool    // a probe is out
	resends bool    // TLP.is_retrans: it is something that was sent before
	due     bool    // one is to be sent
}

// ProbeTimeout is how long to wait for an acknowledgment before a probe is sent:
// PTO (RFC 8985 §7.2). It is not ok while no probe is to be sent.
func (s *Sender) ProbeTimeout(srtt time.Duration) (pto time.Duration, ok bool) {
	if !s.byTime() || s.noTLP || s.phase != Open || s.tail.out || s.tail.due || s.board.size == 0 || len(s.board.sacks) > 0 {
		return 0, false
	}
	if srtt == 0 {
		return time.Second, true
	}
	pto = 2 * srtt
	if s.board.ring.n == 1 {
		pto += maxAckDelay
	}
	return pto, true
}

// OweProbe says that the time for a probe has come.
func (s *Sender) OweProbe() { s.tail.due = s.phase == Open && s.board.size > 0 && !s.tail.out }

// ProbeDue reports whether a probe is to be sent.
func (s *Sender) ProbeDue() bool { return s.tail.due }

// LastSegment is what a probe sends again if there is nothing new to send: the
// last segment before SND.NXT.
func (s *Sender) LastSegment() (start, end seq.Num) {
	r := s.board.last()
	return seq.Max(r.start, r.end.Add(-s.mss)), r.end
}

// ProbeSent notes that the probe has gone out: as new data, or again.
func (s *Sender) ProbeSent(nxt seq.Num, again bool) {
	s.tail = tail{end: nxt, out: true, resends: again}
}

// judge finds out from an acknowledgment whether a probe that was sent again
// has repaired a loss, which nobody else would notice (RFC 8985 §7.4.2).
func (t *tail) judge(a *Ack, d *Delivery) (repaired bool) {
	switch {
	case !t.out || a.Una.Before(t.end):
		return false
	case !t.resends:
		t.out = false
	case d.dsack.Len() > 0 && d.dsack.Right == t.end: // both have arrived
		t.out = false
	case a.Una.After(t.end): // later data are acknowledged, and no D-SACK was seen
		t.out = false
		return true
	case a.Dup && a.N == 0: // the acknowledgments of both
		t.out = false
	}
	return false
}
