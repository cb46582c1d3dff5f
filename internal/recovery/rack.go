package recovery

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

const (
	// dupThresh is DupThresh: so many segments beyond a hole make it a loss (RFC
	// 5681 §3.2).
	dupThresh = 3
	// reoPersist is for how many recoveries a reordering window that D-SACKs have
	// widened is kept (RFC 8985 §6.2 step 4).
	reoPersist = 16
)

// rack finds losses by time: what went out well before something that has been
// delivered, and has not, is lost (RFC 8985 §6). The names are those of RFC 8985 §5.3.
type rack struct {
	rtt    time.Duration // RACK.rtt: of the newest delivered record
	sent   clock.Time    // RACK.xmit_ts: when that went out
	end    seq.Num       // RACK.end_seq: where it ends
	fack   seq.Num       // RACK.fack: the highest sequence number delivered
	minRTT time.Duration // RACK.min_RTT; 0 if not measured

	active     bool // there is a newest delivered record
	reordering bool // RACK.reordering_seen

	mult    int     // RACK.reo_wnd_mult, less one
	persist int     // RACK.reo_wnd_persist
	round   seq.Num // RACK.dsack_round: D-SACKs count again when this is acknowledged
	inRound bool
}

// deliver takes in a delivered record (steps 1 to 3). What has been sent again
// may have been delivered by an earlier transmission: echo, the moment that the
// acknowledgment's timestamp echoes, tells if there is one; otherwise a round
// trip that is too short does.
func (k *rack) deliver(now clock.Time, r *record, echo clock.Time) {
	rtt := now.Sub(r.sent)
	switch {
	case !r.resent:
		if k.minRTT == 0 || rtt < k.minRTT {
			k.minRTT = rtt
		}
		if k.active && r.end.Before(k.fack) {
			k.reordering = true
		}
	case echo.Before(r.sent - r.sent%clock.Time(time.Millisecond)):
		return
	case echo == NoEcho && rtt < k.minRTT:
		return
	}
	if !k.active || r.end.After(k.fack) {
		k.fack = r.end
	}
	if !k.active || sentAfter(r.sent, r.end, k.sent, k.end) {
		k.rtt, k.sent, k.end, k.active = rtt, r.sent, r.end, true
	}
}

// duplicated widens the reordering window, once a round trip: a D-SACK tells
// that something was sent again for nothing (step 4).
func (k *rack) duplicated(una, nxt seq.Num) {
	if k.inRound && una.Before(k.round) {
		return
	}
	k.round, k.inRound = nxt, true
	k.mult, k.persist = min(k.mult+1, 1<<10), reoPersist
}

// recovered narrows it again after enough recoveries without.
func (k *rack) recovered() {
	if k.persist > 0 {
		k.persist--
	}
	if k.persist == 0 {
		k.mult = 0
	}
}

// window is RACK.reo_wnd: how much later than in order something may come (step
// 4). As long as no reordering was seen, it is nothing once there is reason to
// think of a loss.
func (k *rack) window(srtt time.Duration, suspicious bool) time.Duration {
	if !k.reordering && suspicious {
		return 0
	}
	return min(time.Duration(k.mult+1)*(k.minRTT/4), srtt)
}

// timerSlack is how long a loss may go unnoticed for the sake of finding others
// with the same timer: a quarter of the reordering window, at most 1 ms.
func timerSlack(wnd time.Duration) time.Duration { return min(wnd/4, time.Millisecond) }

// detectByTime makes lost what RACK finds lost (step 5). The records in flight
// are in the order in which they went out, so that the first that has time left
// ends the search, and sets the timer.
func (s *Sender) detectByTime(now clock.Time, srtt time.Duration) {
	k := &s.rack
	s.reorderAt = clock.Never
	if !k.active {
		return
	}
	wnd := k.window(srtt, s.phase != Open || s.board.sackedRecords >= dupThresh)
	for r := s.board.flying.head; r != nil && sentAfter(k.sent, k.end, r.sent, r.end); r = s.board.flying.head {
		if due := r.sent.Add(k.rtt + wnd); due.After(now) {
			s.reorderAt = due.Add(timerSlack(wnd))
			return
		}
		s.lose(r)
	}
}

// detectByTimeout is what a retransmission timeout makes of the records (RFC 8985
// §6.3): the first is lost, and those that RACK would find lost by now. What went
// out since may well arrive.
func (s *Sender) detectByTimeout(now clock.Time, srtt time.Duration) {
	k := &s.rack
	if front := s.board.front(); front != nil && front.fate == inFlight {
		s.lose(front)
	}
	wnd := k.window(srtt, true)
	for r := s.board.flying.head; r != nil; r = s.board.flying.head {
		if k.active && r.sent.Add(k.rtt+wnd).After(now) {
			break
		}
		s.lose(r)
	}
}
