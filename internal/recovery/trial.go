package recovery

import "github.com/lastack/lastack/internal/seq"

// A trial is a segment that was made larger than others, to see whether the path
// carries it (RFC 4821 §7). That it is lost says something about its size, and
// nothing about congestion (RFC 4821 §7.5). What it carried goes out again in
// segments of the usual size, which may be lost like others.
type trial struct {
	start, end seq.Num
	out        bool
}

// MayTry reports whether a trial may go out, if no other is out: nothing is being
// repaired, and RACK will find out soon if it is lost.
func (s *Sender) MayTry() bool {
	return s.byTime() && s.phase == Open && s.board.losses.head == nil
}

// Try says that start =< n < end, which was sent just now, is a trial.
func (s *Sender) Try(start, end seq.Num) { s.trial = trial{start, end, true} }

// Tried is what has become of the trial, told once.
func (s *Sender) Tried() (arrived, failed bool) {
	if !s.trial.out {
		return false, false
	}
	i := s.board.ring.find(s.trial.start)
	switch {
	case i == s.board.ring.n, s.board.ring.at(i).start != s.trial.start, s.board.ring.at(i).fate == sacked:
		arrived = true
	case s.board.ring.at(i).fate == lost, s.board.ring.at(i).resent:
		failed = true
	}
	s.trial.out = !arrived && !failed
	return arrived, failed
}

// isTrial reports whether r is of the trial, as it went out first.
func (s *Sender) isTrial(r *record) bool {
	return !r.resent && r.start.In(s.trial.start, uint32(s.trial.end-s.trial.start))
}

// harmed reports whether something is lost besides the trial.
func (s *Sender) harmed() bool {
	for r := s.board.losses.head; r != nil; r = r.next {
		if !s.isTrial(r) {
			return true
		}
	}
	return false
}
