package referee

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A side is one end of the connection, as the referee sees it. Sequence numbers
// are counted from the SYN of whose they are: the SYN is 0, text begins at 1.
type side struct {
	r    *referee
	name string
	addr netip.AddrPort
	node *sim.Node
	peer *side
	cfg  tcp.Config
	user User
	play *player // the user's part in the connection that there is now

	// What it has sent.
	opened   bool    // its SYN was sent
	iss      seq.Num // of its SYN
	sent     int     // the number after the last that it has sent
	finSent  bool
	acked    int  // of the peer's numbers: its last acknowledgment
	acks     bool // there was one
	edge     int  // the right edge of the window that it has offered, the farthest
	shift    int  // of its windows; -1: it does not scale
	resets   int  // sent
	answers  int  // segments without text sent
	again    int  // segments with text that it has sent before
	answered int  // marks that it has answered by CWR
	marked   bool // a mark has come since the peer's last CWR: it is to be echoed
	sacks    bool // its SYN offered SACK
	behind   bool // the peer has begun a new connection, and this end not yet
	forgets  bool // it has been restarted: what it used before it does not know

	// What has reached it.
	heard    []bool // the peer's numbers
	next     int    // the first of them that has not come
	una      int    // of its own numbers: those before are acknowledged
	limit    int    // of its own numbers: the peer's window ends here
	peerTS   uint32 // the timestamp that came last
	lastRST  clock.Time
	lastFIN  clock.Time
	twice    bool     // text has come again: the next acknowledgment reports it, if SACK is agreed on
	answerBy deadline // an acknowledgment of anything is due
	ackBy    deadline // one of ackFor is due
	ackFor   int
	openBy   deadline // it is to be ESTABLISHED, if it was in SYN_RCVD

	// Its states.
	state  fsm.State
	since  clock.Time
	waited bool // it has been in TIME_WAIT
}

// A deadline is when something is due, if it is.
type deadline struct {
	at clock.Time
	on bool
}

func (d deadline) passed(now clock.Time) bool { return d.on && now > d.at }

// never is a time before all others.
const never = clock.Time(-1)

// begin forgets all that is counted in the side's sequence numbers, at both ends:
// a connection begins.
func (s *side) begin() {
	s.opened, s.iss, s.sent, s.finSent, s.shift = false, 0, 0, false, -1
	s.una, s.limit, s.waited, s.openBy = 0, 0, false, deadline{}
	p := s.peer
	p.heard, p.next, p.lastFIN = nil, 0, never
	p.acked, p.acks, p.edge, p.ackFor = 0, false, 0, 0
	p.answerBy, p.ackBy, p.twice = deadline{}, deadline{}, false
}

// sends is shown a segment that the side sends.
func (s *side) sends(seg *wire.Segment) {
	if seg.Has(wire.RST) {
		s.sendsReset()
		return
	}
	if seg.Has(wire.SYN) {
		s.sendsSYN(seg)
	}
	s.checkText(seg)
	s.checkACK(seg)
	s.checkECN(seg)
	s.sent = max(s.sent, s.rel(seg.End()))
}

// sendsSYN notes where a connection begins.
func (s *side) sendsSYN(seg *wire.Segment) {
	if s.opened && seg.Seq != s.iss {
		if !s.forgets && !seg.Seq.After(s.iss.Add(s.sent)) {
			s.r.whistle(s, "opens a new connection with numbers that the old one has used (MAY-2)")
		}
		s.begin()
		s.peer.behind = !s.behind
		s.peer.play.old, s.behind = true, false
	}
	s.opened, s.iss, s.sacks = true, seg.Seq, seg.Opts.SACKOK
	if s.shift = -1; seg.Opts.HasWScale {
		s.shift = int(seg.Opts.WScale)
	}
}

// rel is one of the side's sequence numbers, counted from its SYN.
func (s *side) rel(n seq.Num) int { return n.Sub(s.iss) }

// window is what a segment of the side offers, in bytes.
func (s *side) window(seg *wire.Segment) int {
	if seg.Has(wire.SYN) || s.shift < 0 || s.peer.shift < 0 {
		return int(seg.Wnd)
	}
	return int(seg.Wnd) << s.shift
}

// hears is shown a segment that reaches the side.
func (s *side) hears(seg *wire.Segment) {
	now := s.r.Now()
	if seg.Has(wire.RST) {
		s.lastRST = now
		s.answerBy, s.ackBy = deadline{}, deadline{}
		return
	}
	if !s.peer.opened || s.stale(seg) {
		return
	}
	newer := !seg.Opts.HasTS || seg.Has(wire.SYN) || int32(seg.Opts.TSVal-s.peerTS) >= 0
	if newer && seg.Opts.HasTS {
		s.peerTS = seg.Opts.TSVal
	}
	if newer && seg.Has(wire.FIN) {
		s.lastFIN = now // an older one is refused, and answered (RFC 7323 §5.3)
	}
	if seg.Has(wire.ACK) {
		ack := s.rel(seg.Ack)
		if s.una < 1 && ack >= 1 {
			s.openBy = deadline{now, true}
		}
		s.una = max(s.una, ack)
		s.limit = max(s.limit, ack+s.peer.window(seg))
	} else if seg.Has(wire.SYN) {
		s.limit = max(s.limit, 1+s.peer.window(seg))
	}
	again := newer && s.acks && len(seg.Payload) > 0 && s.peer.rel(seg.End()) <= s.acked
	receives := fsm.In(fsm.Established, fsm.FinWait1, fsm.FinWait2).Has(s.state)
	s.twice = s.twice || again && receives && s.sacks && s.peer.sacks
	s.mark(seg)
}

// stale reports whether a segment is of a connection before this one.
func (s *side) stale(seg *wire.Segment) bool {
	from := s.peer.rel(seg.Seq)
	return from < 0 || from > s.peer.sent
}

// ackTime is the longest that an acknowledgment may wait (MUST-40).
const ackTime = 500 * time.Millisecond

// mark notes what a segment brings, and what answer is due.
func (s *side) mark(seg *wire.Segment) {
	now := s.r.Now()
	from, to := s.peer.rel(seg.Seq), s.peer.rel(seg.End())
	for len(s.heard) < to {
		s.heard = append(s.heard, false)
	}
	for i := from; i < to; i++ {
		s.heard[i] = true
	}
	before := s.next
	for s.next < len(s.heard) && s.heard[s.next] {
		s.next++
	}
	end := min(to, s.edge)
	switch listens := s.acks && s.state.Synchronized(); {
	case !listens || from == to:
	case to <= s.acked && len(seg.Payload) > 0: // again: its acknowledgment was lost
		s.answerBy = deadline{now, true}
	case from <= s.acked && end > s.acked && s.next > to && before < s.next:
		s.ackBy, s.ackFor = deadline{now, true}, end // it fills a gap
	case from <= s.acked && end > s.acked && !s.ackBy.on:
		s.ackBy, s.ackFor = deadline{now.Add(ackTime), true}, end
	}
}
