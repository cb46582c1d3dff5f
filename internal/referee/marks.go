package referee

import (
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// What RFC 3168 says about marks, for ends that have agreed to it.

// classic reports whether both ends ask for classic feedback.
func (s *side) classic() bool {
	return s.cfg.ECN == tcp.ECNClassic && s.peer.cfg.ECN == tcp.ECNClassic
}

// hearsMark notes a mark, and the answer to an earlier one.
func (s *side) hearsMark(seg *wire.Segment, marked bool) {
	if !s.classic() || seg.Has(wire.SYN|wire.RST) {
		return
	}
	if seg.Has(wire.CWR) {
		s.marked = false
	}
	s.marked = s.marked || marked && len(seg.Payload) > 0
}

// checkECN holds the echo of a mark against what has come (RFC 3168 §6.1.3).
func (s *side) checkECN(seg *wire.Segment) {
	if !s.classic() || seg.Has(wire.SYN) {
		return
	}
	switch {
	case s.marked && !seg.Has(wire.ECE):
		s.r.whistle(s, "does not tell of a mark (RFC 3168 §6.1.3)")
	case !s.marked && seg.Has(wire.ECE):
		s.r.whistle(s, "goes on telling of a mark that was answered (RFC 3168 §6.1.3)")
	}
	if seg.Has(wire.CWR) {
		s.answered++
	}
}
