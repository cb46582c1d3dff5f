package recovery

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// An undo watches whether what was sent again since the last reduction was sent
// for nothing. It is so if the first acknowledgment echoes a timestamp from before
// (Eifel, RFC 3522), or if all of it arrived twice (D-SACK, RFC 3708).
type undo struct {
	on     bool
	since  seq.Num    // SND.UNA when it began
	until  seq.Num    // SND.NXT likewise: D-SACKs of what is acknowledged much later tell nothing
	resent int        // bytes sent again, less those that arrived twice
	any    bool       // something was sent again
	first  clock.Time // when that was, for the first time, in whole milliseconds
	judged bool       // an acknowledgment has come since: Eifel has had its say
}

// sent notes that n bytes went out again.
func (u *undo) sent(now clock.Time, n int) {
	if !u.on {
		return
	}
	if !u.any {
		u.any, u.first = true, now-now%clock.Time(time.Millisecond)
	}
	u.resent += n
}

// spurious reports whether the acknowledgment shows that the reduction was for
// nothing.
func (u *undo) spurious(a *Ack, d *Delivery) bool {
	if !u.on || !u.any {
		return false
	}
	if d.dsack.Len() > 0 && !d.dsack.Left.Before(u.since) && !d.dsack.Right.After(u.until) {
		u.resent -= d.dsack.Len()
		if u.resent <= 0 {
			return true
		}
	}
	if u.judged || a.Una == a.PriorUna {
		return false
	}
	u.judged = true
	return a.Echo.Before(u.first)
}

// An frto finds a spurious timeout without timestamps (F-RTO, RFC 5682): instead
// of sending everything again, new data are sent when the first acknowledgment
// comes, and the second tells.
type frto uint8

// The stages of F-RTO.
const (
	frtoOff    frto = iota
	frtoFirst       // step 2: what was lost first has gone out again
	frtoSecond      // step 3: new data go out, nothing else
)

// frtoNew is how many segments of new data go out before the second
// acknowledgment (RFC 5682 §2.1 step 2b).
const frtoNew = 2

// WantsNew reports whether new data are to go out and nothing else, and none have
// yet.
func (s *Sender) WantsNew() bool { return s.frto == frtoSecond && s.newData == frtoNew }

// NothingNew says that there are no new data: F-RTO cannot tell (RFC 5682 §2.1
// step 2b).
func (s *Sender) NothingNew() { s.frto, s.newData = frtoOff, 0 }

// judgeFRTO takes in an acknowledgment after a timeout, and reports whether it
// shows that the timeout was spurious.
func (s *Sender) judgeFRTO(a *Ack, d *Delivery) (spurious bool) {
	advances := a.Una != a.PriorUna
	switch s.frto {
	case frtoOff:
	case frtoFirst:
		s.frto = frtoOff
		if advances && a.Una.Before(s.recover) {
			s.frto, s.newData = frtoSecond, frtoNew
		} else if !advances && d.Delivered == 0 && !a.Dup {
			s.frto = frtoFirst // no answer: a window update
		}
	case frtoSecond:
		if !advances && d.Delivered == 0 && !a.Dup {
			return false
		}
		s.frto, s.newData = frtoOff, 0
		return d.original || !s.sack && advances
	}
	return false
}
