package tcp

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A TCB is a transmission control block (§3.3.1): the state and the sequence
// space of one end. It is a plain value: a copy is a snapshot, == compares.
type TCB struct {
	State  fsm.State // assigned only by fire
	Origin fsm.Guard // how the connection came to SYN_RCVD: Passive, Active, Reopened (MUST-11)
	Snd    SendSpace
	Rcv    ReceiveSpace
	Opts   Negotiated

	FinQueued  bool // CLOSE has been called: FIN follows the queued data
	CloseLater bool // CLOSE has been called in SYN_RCVD with data queued
	UserGone   bool // nobody reads, and nobody waits for FIN
	NoReader   bool // CloseRead: text is acknowledged and thrown away
	NoDelay    bool // Nagle is off
	More       bool // the user has said that more text follows what is queued
}

// SendSpace is the send sequence variables.
//
//	     1         2          3          4
//	----------|----------|----------|----------
//	       SND.UNA    SND.NXT    SND.UNA
//	                            +SND.WND
//
// 1 acknowledged, 2 sent, 3 may be sent, 4 may not be sent yet.
type SendSpace struct {
	ISS    seq.Num // initial send sequence number
	Una    seq.Num // oldest unacknowledged
	Nxt    seq.Num // next to be sent for the first time
	Wnd    uint32  // window, in bytes from Una (REC-1)
	MaxWnd uint32  // the largest window that the peer has offered
	Wl1    seq.Num // SEG.SEQ of the last window update
	Wl2    seq.Num // SEG.ACK of the last window update
	Up     seq.Num // end of the urgent data

	Wrapped bool // so much has been acknowledged that ISS is no longer before Una
}

// oldest is the oldest acknowledgment that may be acceptable: that of RFC 5961
// §5.2, SND.UNA - MAX.SND.WND, but not what is before ISS, which nobody can
// acknowledge. A peer that has announced a large window would otherwise make
// most of the numbers below ISS good for whoever has to guess one.
func (s *SendSpace) oldest() seq.Num {
	n := s.Una - seq.Num(s.MaxWnd)
	if s.Wrapped {
		return n
	}
	return seq.Max(n, s.ISS)
}

// ReceiveSpace is the receive sequence variables.
type ReceiveSpace struct {
	IRS seq.Num // initial receive sequence number
	Nxt seq.Num // next expected
	Wnd uint32  // window offered, in bytes from Nxt
	Up  seq.Num // end of the urgent data

	Fin     seq.Num // the sequence number of the peer's FIN, if FinSeen
	FinSeen bool    // it has arrived, perhaps after a gap
	FinDone bool    // Nxt has passed it
}

// prefers reports whether a FIN at n is to be believed rather than the one that
// is known: the first in sequence is, and one that text has passed never was the
// peer's. A forged one beyond a gap must not make the peer's own go unheard.
func (r *ReceiveSpace) prefers(n seq.Num) bool {
	return !r.FinSeen || n.Before(r.Fin) || r.Fin.Before(r.Nxt) && !r.FinDone
}

// Negotiated is what the SYNs agreed on.
type Negotiated struct {
	SndMSS    int   // the peer's MSS option, or the default (MUST-15)
	WScale    bool  // both sides scale their windows (RFC 7323 §2.2)
	SndWShift uint8 // the peer's shift count
	RcvWShift uint8 // ours
	TS        bool  // both sides send timestamps (RFC 7323 §3.2)
	SACK      bool  // both sides permit selective acknowledgments (RFC 2018 §2)

	TSRecent   uint32     // RFC 7323 §4.3
	TSRecentAt clock.Time // when it was set
	LastACK    seq.Num    // Last.ACK.sent
}

// synAcked reports whether our SYN is acknowledged.
func (t *TCB) synAcked() bool { return t.Snd.Una != t.Snd.ISS }

// finSent reports whether our FIN has been sent, given where the data end.
func (t *TCB) finSent(end seq.Num) bool { return t.FinQueued && t.Snd.Nxt.After(end) }

// finAcked reports whether our FIN is acknowledged, given where the data end.
func (t *TCB) finAcked(end seq.Num) bool { return t.FinQueued && t.Snd.Una.After(end) }

// ackSeq is the sequence number of a segment that occupies none: SND.NXT, unless
// that is beyond the peer's window, because of a probe or because the window has
// shrunk. There the peer would drop the segment, and its ACK or RST with it.
func (t *TCB) ackSeq() seq.Num {
	if !t.synAcked() {
		return t.Snd.Nxt
	}
	return seq.Min(t.Snd.Nxt, t.Snd.Una.Add(int(t.Snd.Wnd)))
}

// acceptable is table 6 of §3.10.7.4.
func (t *TCB) acceptable(seg *wire.Segment) bool {
	first, n := seg.Seq, seg.Len()
	nxt, wnd := t.Rcv.Nxt, t.Rcv.Wnd
	switch {
	case n == 0 && wnd == 0:
		return first == nxt
	case n == 0:
		return first.In(nxt, wnd)
	case wnd == 0:
		return false
	default:
		return first.In(nxt, wnd) || (seg.End()-1).In(nxt, wnd)
	}
}
