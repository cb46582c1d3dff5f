package referee

import (
	"bytes"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// large is more than a segment that is sent only because the window is closed
// holds, in bytes, and less than the segments of any match.
const large = 400

// checkText holds what a segment occupies against what the user has written and
// what the peer takes.
func (s *side) checkText(seg *wire.Segment) {
	from, to := s.rel(seg.Seq), s.rel(seg.End())
	text := from
	if seg.Has(wire.SYN) {
		text++
	}
	end := text + len(seg.Payload)
	written := s.play.written + 1
	switch {
	case from < 0 || from > s.sent:
		s.r.whistle(s, "sends from a number that it has not come to")
	case end > written && len(seg.Payload) > 0:
		s.r.whistle(s, "sends more than its user has written (§3.10.2)")
	case len(seg.Payload) > 0 && !bytes.Equal(seg.Payload, s.play.says[text-1:end-1]):
		s.r.whistle(s, "sends other text than its user has written (§3.10.2)")
	case seg.Has(wire.FIN) && end != written:
		s.r.whistle(s, "sends its FIN before the text (§3.10.4)")
	case to > s.limit && to-from > 1 && !seg.Has(wire.SYN):
		s.r.whistle(s, "sends beyond the peer's window (§3.8.6)")
	case len(seg.Payload) == 1 && s.limit-from > large && written-from > large:
		s.r.whistle(s, "probes a window that is open (§3.8.6.1)")
	case s.user.Nagle && len(seg.Payload) > 0 && len(seg.Payload) < large && from == s.sent && s.una < from && !s.play.done():
		s.r.whistle(s, "sends a small segment while another is not acknowledged (§3.7.4)")
	}
	if len(seg.Payload) > 0 && from < s.sent {
		s.again++
	}
	s.finSent = s.finSent || seg.Has(wire.FIN)
}

// checkACK holds an acknowledgment and its window against what has come.
func (s *side) checkACK(seg *wire.Segment) {
	if !seg.Has(wire.ACK) {
		if !seg.Has(wire.SYN) {
			s.r.whistle(s, "sends a segment without ACK (§3.1)")
		}
		return
	}
	if s.behind {
		return // it speaks of a connection that its peer has forgotten
	}
	now := s.r.Now()
	ack := s.peer.rel(seg.Ack)
	edge := ack + s.window(seg)
	round := 0
	if s.shift > 0 {
		round = 1<<s.shift - 1
	}
	switch {
	case ack > s.next:
		s.r.whistle(s, "acknowledges what has not come (§3.4)")
	case s.acks && ack < s.acked:
		s.r.whistle(s, "takes an acknowledgment back (§3.4)")
	case s.acks && ack > s.edge+round+1: // and the FIN, which needs no room
		s.r.whistle(s, "takes text beyond the window that it offered (§3.10.7.4 seventh)")
	case edge < s.edge-round:
		s.r.whistle(s, "takes a part of the window back (SHLD-14)")
	case s.ackBy.passed(now):
		s.r.whistle(s, "acknowledges text too late (MUST-40, RFC 5681 §4.2)")
	case s.twice && (seg.Opts.NSACK == 0 || !seg.Opts.SACK[0].Left.Before(seg.Ack)):
		s.r.whistle(s, "does not report that text has come twice (RFC 2883 §4.1)")
	case edge-ack > s.buffer()-s.unread(ack)+round:
		s.r.whistle(s, "offers more than it has room for (§3.8.6.2.2)")
	}
	if seg.Len() == 0 {
		s.answers++
	}
	s.acked, s.acks, s.edge = ack, true, max(s.edge, edge)
	s.answerBy.on, s.twice = false, false
	if ack >= s.ackFor {
		s.ackBy.on = false
	}
}

// buffer is the most that the side may keep of what it receives, in bytes.
func (s *side) buffer() int {
	if s.cfg.RecvBuffer > 0 {
		return s.cfg.RecvBuffer
	}
	return s.cfg.MaxRecvBuffer
}

// unread is how much text waits for the side's user when it acknowledges up to
// ack.
func (s *side) unread(ack int) int {
	text := min(ack-1, s.peer.play.written)
	return max(text-len(s.play.got), 0)
}

// sendsReset holds a reset against what came before.
func (s *side) sendsReset() {
	if s.lastRST == s.r.Now() {
		s.r.whistle(s, "answers a reset by a reset (§3.10.7.1)")
	}
	s.resets++
	s.answerBy, s.ackBy = deadline{}, deadline{}
	over := s.play.conn != nil && s.state == fsm.Closed && s.play.conn.Err() == nil // what comes belongs to nobody
	if s.r.match.Orderly() && !over {
		s.r.whistle(s, "resets a connection that nobody has aborted (§3.5.2)")
	}
}

// look holds the side's state, and what it owes, against what has happened.
func (s *side) look() {
	now := s.r.Now()
	if s.play.conn == nil {
		return
	}
	if state := s.play.conn.State(); state != s.state {
		from, since := s.state, s.since
		s.state, s.since = state, now
		s.moved(from, since)
	}
	switch {
	case s.state == fsm.Closed:
		s.answerBy, s.ackBy = deadline{}, deadline{}
	case s.state == fsm.SynReceived && s.openBy.passed(now):
		s.r.whistle(s, "stays in SYN_RCVD though its SYN is acknowledged (§3.10.7.4 fifth)")
	case s.answerBy.passed(now):
		s.r.whistle(s, "does not answer a segment that is not acceptable (§3.10.7.4 first)")
	case s.ackBy.passed(now):
		s.r.whistle(s, "does not acknowledge text in time (MUST-40, RFC 5681 §4.2)")
	}
}

// moved holds a new state against what has come (§3.3.2).
func (s *side) moved(from fsm.State, since clock.Time) {
	if s.play.old {
		return
	}
	finAcked := s.finSent && s.una >= s.play.written+2
	finHeard := s.peer.finSent && s.next >= s.peer.play.written+2
	now := s.r.Now()
	switch s.state {
	case fsm.Established:
		if s.una < 1 || s.next < 1 {
			s.r.whistle(s, "is ESTABLISHED before both SYNs have been acknowledged (§3.5)")
		}
	case fsm.FinWait2:
		s.require(finAcked, "leaves FIN_WAIT_1 though its FIN is not acknowledged (§3.10.7.4 fifth)")
	case fsm.TimeWait:
		s.waited = true
		s.require(finAcked, "enters TIME_WAIT though its FIN is not acknowledged (§3.10.7.4 fifth)")
		s.require(finHeard, "enters TIME_WAIT before the peer's FIN (§3.10.7.4 eighth)")
	case fsm.CloseWait, fsm.Closing, fsm.LastAck:
		s.require(finHeard, "has taken a FIN before the text (§3.10.7.4 eighth)")
	case fsm.Closed:
		ended := s.play.conn.Err() == nil && s.lastRST != now
		s.require(!ended || from != fsm.LastAck || finAcked, "leaves LAST_ACK though its FIN is not acknowledged (§3.10.7.4 fifth)")
		s.require(!ended || from != fsm.FinWait2 || !finHeard, "has no TIME_WAIT (§3.6.1)")
		s.require(!ended || from != fsm.FinWait1 || !finHeard, "has no TIME_WAIT (§3.6.1)")
		s.require(!ended || from != fsm.Closing, "has no TIME_WAIT (§3.6.1)")
		s.require(from != fsm.TimeWait || now.Sub(max(since, s.lastFIN)) >= s.cfg.TimeWait, "leaves TIME_WAIT too soon (MUST-13)")
	case fsm.Same, fsm.Listen, fsm.SynSent, fsm.SynReceived, fsm.FinWait1:
	}
}

// require whistles unless it holds.
func (s *side) require(holds bool, what string) {
	if !holds {
		s.r.whistle(s, "%s", what)
	}
}
