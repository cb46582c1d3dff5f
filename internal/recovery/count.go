package recovery

import "github.com/lastack/lastack/internal/seq"

// lostBelow is where IsLost of RFC 6675 §4 ends to be true: enough was sacked
// above all that is before it.
func (s *Sender) lostBelow() (n seq.Num, ok bool) {
	sacks := s.board.sacks
	size := 0
	for i := len(sacks) - 1; i >= 0; i-- {
		if size += sacks[i].Len(); len(sacks)-i >= dupThresh || size > (dupThresh-1)*s.mss {
			return sacks[i].Left, true
		}
	}
	return 0, false
}

// detectByCount finds losses by counting what was sacked beyond them (RFC 6675
// §5). What was sent again is not looked at: if it is lost too, the timer tells.
func (s *Sender) detectByCount() {
	if below, ok := s.lostBelow(); ok {
		for r := s.board.flying.head; r != nil; {
			next := r.next
			switch {
			case r.resent:
			case r.end.After(below):
				next = nil // later ones are further on
			default:
				s.lose(r)
			}
			r = next
		}
	}
	if s.phase == Open && s.dups >= dupThresh && s.board.losses.head == nil {
		s.loseFront()
	}
}

// detectByDuplicates finds losses without SACK (RFC 6582): the third duplicate
// makes the first segment lost, unless it may be an answer to what the last
// recovery has sent (RFC 6582 §4.1); and in a recovery a new acknowledgment that does not
// end it shows the next hole (RFC 6582 §3.2 step 3).
func (s *Sender) detectByDuplicates(a *Ack, d *Delivery) {
	switch {
	case s.phase == Open && a.Dup && s.dups == dupThresh:
		if !s.armed || a.Una.After(s.recover) {
			s.loseFront()
		}
	case s.phase == Recovery && d.Acked > 0:
		s.loseFront()
	}
	if s.armed && a.Una.After(s.recover) {
		s.armed = false
	}
}

// Rescue is what a recovery without RACK sends when nothing is held lost and
// there is nothing new: what is below the highest that was sacked, and at last,
// once, the end of what is out (RFC 6675 §4, NextSeg rules 3 and 4).
func (s *Sender) Rescue() (start, end seq.Num, ok bool) {
	if s.phase != Recovery || !s.sack || s.byTime() || len(s.board.sacks) == 0 || s.board.losses.head != nil {
		return 0, 0, false
	}
	highest := s.board.sacks[len(s.board.sacks)-1].Right
	r := s.board.flying.head
	if r == nil || r.resent || r.start.After(highest) {
		r = s.board.last()
		if s.rescued || r.fate != inFlight || r.resent {
			return 0, 0, false
		}
		s.rescued = true
	}
	return r.start, seq.Min(r.end, r.start.Add(s.mss)), true
}
