package recovery

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A Phase is what a sender is doing about losses.
type Phase uint8

// The phases.
const (
	Open     Phase = iota // nothing is known to be lost
	Recovery              // a loss was found by acknowledgments: fast recovery
	Loss                  // the retransmission timer fired, or everything goes out again
)

// A Sender is the loss detection and recovery of one end of a connection. The
// zero value is of no use: call Init.
type Sender struct {
	cc    congestion.Controller
	board board
	rate  sampler
	rack  rack
	tail  tail
	prr   prr
	undo  undo
	trial trial

	mss    int  // bytes of text in a full segment
	sack   bool // both ends permit SACK
	noRACK bool // losses are counted, not timed
	noTLP  bool // there are no tail loss probes

	phase   Phase
	recover seq.Num // the phase ends when this is acknowledged
	armed   bool    // recover is meaningful, also in Open (RFC 6582 §3.2)
	forced  bool    // the next that is lost goes out whatever the window is
	frto    frto
	newData int // segments of new data that may go out whatever the window is, and nothing else

	dups     int  // duplicate acknowledgments in a row
	dupBytes int  // what they say has left the network, without SACK
	rescued  bool // the last segment was sent again in this recovery (RFC 6675 §4 NextSeg 4)

	reorderAt clock.Time // when RACK wants to look again; Never if not
	newlyLost int        // bytes held lost by the input in hand
	resent    int        // records sent again, in all
	dsacks    int        // D-SACKs that came, in all
}

// Init makes the Sender one of a connection that has not sent anything.
func (s *Sender) Init(p *Pool, cc congestion.Controller) {
	s.board.release()
	*s = Sender{cc: cc, board: board{pool: p}, reorderAt: clock.Never, mss: 1}
}

// Free gives the scoreboard's memory back: nothing that was sent matters any
// more.
func (s *Sender) Free() {
	s.board.release()
	s.reorderAt, s.phase, s.tail, s.undo = clock.Never, Open, tail{}, undo{}
}

// SetMSS says how much text a full segment has, in bytes.
func (s *Sender) SetMSS(mss int) { s.mss = mss }

// Use says how losses are found: with SACK, if both ends permit it, and by time
// (RFC 8985) unless noRACK, with tail loss probes unless noTLP. Without SACK they
// are counted (RFC 6582).
func (s *Sender) Use(sack, noRACK, noTLP bool) { s.sack, s.noRACK, s.noTLP = sack, noRACK, noTLP }

// SetCongestion makes cc the congestion control from now on. A recovery that is
// on comes down to its window.
func (s *Sender) SetCongestion(cc congestion.Controller) {
	s.cc = cc
	if s.phase == Recovery {
		s.prr.begin(s.Flight())
		s.prr.ack(0, s.Flight(), cc.Window(), s.mss, false)
	}
}

// byTime reports whether RACK-TLP is in use. It needs SACK (RFC 8985 §3.1).
func (s *Sender) byTime() bool { return s.sack && !s.noRACK }

// Phase is what the sender is doing.
func (s *Sender) Phase() Phase { return s.phase }

// Flight is how many bytes are in the network: sent, not acknowledged in any
// way, and not held lost.
func (s *Sender) Flight() int { return max(s.board.flight()-s.dupBytes, 0) }

// Window is how many bytes may be in the network.
func (s *Sender) Window() int {
	if s.phase == Recovery && s.cc.PRR() {
		return s.prr.cwnd
	}
	return s.cc.Window()
}

// Full reports whether so many segments are out that no more can be remembered.
func (s *Sender) Full() bool { return s.board.ring.n >= maxRecords }

// MaySend reports whether n bytes may go out for the first time. One segment may
// always be in the network.
func (s *Sender) MaySend(n int) bool {
	flight := s.Flight()
	return s.newData > 0 || flight == 0 || flight+n <= s.Window()
}

// MayResend reports whether n bytes that are lost may go out.
func (s *Sender) MayResend(n int) bool {
	flight := s.Flight()
	return s.forced || flight == 0 || flight+n <= s.Window()
}

// Sent notes that start =< n < end goes out for the first time.
func (s *Sender) Sent(now clock.Time, start, end seq.Num) {
	n, flight := end.Sub(start), s.Flight()
	s.cc.Sent(time.Duration(now), n, flight)
	s.board.sent(now, start, end, s.rate.stampFor(now, n, flight))
	s.prr.out += n
	if s.newData > 0 {
		s.newData--
	}
}

// NextLost is what is to be sent again next: the first that is lost, with as much
// after it as is lost too, up to mss.
func (s *Sender) NextLost() (start, end seq.Num, ok bool) {
	r := s.board.losses.head
	if r == nil || s.frto == frtoSecond {
		return 0, 0, false
	}
	start, end = r.start, r.end
	for r = r.next; r != nil && r.start == end && end.Sub(start) < s.mss; r = r.next {
		end = r.end
	}
	return start, seq.Min(end, start.Add(s.mss)), true
}

// Resent notes that start =< n < end goes out again.
func (s *Sender) Resent(now clock.Time, start, end seq.Num) {
	s.board.cut(start)
	s.board.cut(end)
	n, flight := end.Sub(start), s.Flight()
	s.cc.Sent(time.Duration(now), n, flight)
	stamp := s.rate.stampFor(now, n, flight)
	for i := s.board.ring.find(start); i < s.board.ring.n && s.board.ring.at(i).start.Before(end); i++ {
		r := s.board.ring.at(i)
		if r.fate == sacked {
			continue
		}
		s.board.leave(r)
		r.sent, r.stamp, r.resent = now, stamp, true
		s.board.enter(r, inFlight)
	}
	s.undo.sent(now, n)
	s.prr.out += n
	s.forced = false
	s.resent++
}

// Untimed notes that the first that is out may have gone out at another time as
// well, so that its round trip tells nothing (Karn's algorithm).
func (s *Sender) Untimed() {
	if r := s.board.front(); r != nil {
		s.board.count(r, -1)
		r.resent = true
		s.board.count(r, 1)
	}
}

// Probed notes that the first that is out went out again to probe a closed
// window, outside of all recovery.
func (s *Sender) Probed() {
	s.Untimed()
	s.resent++
}

// AppLimited notes that the application has nothing more to send.
func (s *Sender) AppLimited() {
	if s.board.losses.head == nil && s.Flight() < s.Window() {
		s.rate.limit(s.Flight())
	}
}

// ReorderDeadline is when ReorderTimeout is to be called; Never if not.
func (s *Sender) ReorderDeadline() clock.Time { return s.reorderAt }

// MinRTT is the shortest round trip; 0 if none was measured.
func (s *Sender) MinRTT() time.Duration { return s.rack.minRTT }
