package tcp

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/recovery"
	"github.com/lastack/lastack/internal/seq"
)

// Info is STATUS (§3.10.6): what a connection looks like at a moment.
type Info struct {
	State       fsm.State
	SendQueue   int // bytes sent or queued, not acknowledged
	Unsent      int // bytes of SendQueue that were never sent
	RecvQueue   int // bytes received, not read
	OutOfOrder  int // stretches received beyond a gap
	SendBuffer  int // bytes that SendQueue may be at present
	RecvBuffer  int // bytes that RecvQueue may be at present
	SndWnd      uint32
	RcvWnd      uint32
	SndMSS      int           // bytes of text in a full segment
	PathMTU     int           // bytes of the largest packet sent, IP header included
	SRTT        time.Duration // smoothed round-trip time, 0 if not measured
	RTTVar      time.Duration
	RTO         time.Duration // with back-off
	Retransmits int           // timeouts of the oldest segment, so far
	ECN         ECNFeedback   // how marks are told
	Opts        Negotiated    // what the SYNs agreed on
	Cwnd        int           // congestion window, bytes
	Ssthresh    int           // slow start threshold, bytes
	Urgent      int           // bytes up to the end of urgent data (MUST-33)
	Trouble     error         // see Conn.Trouble
	MinRTT      time.Duration // the shortest round trip, 0 if not measured
	Pace        int64         // bytes per second that the congestion control allows; 0: not paced

	recovery.Counts // what is out, reported and held lost
}

// Info is the connection's status.
func (c *Conn) Info() Info {
	return Info{
		State: c.tcb.State, SendQueue: c.out.size, Unsent: c.Unsent(), RecvQueue: c.in.ready, OutOfOrder: len(c.in.spans),
		SendBuffer: c.sendLimit(), RecvBuffer: c.recvLimit(),
		SndWnd: c.tcb.Snd.Wnd, RcvWnd: c.tcb.Rcv.Wnd, SndMSS: c.mss(), PathMTU: c.params.MTU,
		SRTT: c.rtt.SRTT, RTTVar: c.rtt.RTTVAR, RTO: c.rtt.timeout(), Retransmits: int(c.timers.tries), Counts: c.loss.Counts(c.rtt.SRTT),
		ECN: c.ecn.feedback, Opts: c.tcb.Opts, Cwnd: c.cc.Window(), Ssthresh: c.cc.Threshold(), Urgent: c.Urgent(), Trouble: c.Trouble(),
		MinRTT: c.loss.MinRTT(), Pace: c.cc.PacingRate(),
	}
}

// Unsent is the number of bytes queued and never sent.
func (c *Conn) Unsent() int { return min(max(c.out.end().Sub(c.tcb.Snd.Nxt), 0), c.out.size) }

// Unread is the number of bytes received in order and not read.
func (c *Conn) Unread() int { return c.in.ready }

// Room is the number of bytes that Write would take.
func (c *Conn) Room() int { return max(c.sendLimit()-c.out.size, 0) }

// Acked reports whether all that was sent is acknowledged, the FIN included if
// CLOSE was called.
func (c *Conn) Acked() bool {
	return c.out.size == 0 && (!c.tcb.FinQueued || c.tcb.finAcked(c.out.end())) && !c.tcb.CloseLater
}

// Urgent is the number of bytes from the next to be read to the end of the
// urgent data, 0 if there is none (MUST-33).
func (c *Conn) Urgent() int {
	return max(c.tcb.Rcv.Up.Sub(c.tcb.Rcv.Nxt)+c.in.ready, 0)
}

// Trouble is what is wrong at present though the connection goes on (§3.9.1.8,
// MUST-47): what ICMP said (SHLD-25), or that the peer does not answer (SHLD-9).
// It is nil again when the peer acknowledges something new.
func (c *Conn) Trouble() error {
	switch {
	case c.softErr != nil:
		return c.softErr
	case c.timers.tries >= r1 || c.timers.unanswered >= r1:
		return ErrNoAnswer
	}
	return nil
}

// hasUnsent reports whether text or a FIN waits for its first sending.
func (c *Conn) hasUnsent() bool {
	return c.Unsent() > 0 || c.tcb.FinQueued && !c.tcb.finSent(c.out.end())
}

// ISS and IRS are the initial sequence numbers of the two directions.
func (c *Conn) ISS() seq.Num { return c.tcb.Snd.ISS }

// IRS is the peer's initial sequence number.
func (c *Conn) IRS() seq.Num { return c.tcb.Rcv.IRS }

// SndNxt is SND.NXT.
func (c *Conn) SndNxt() seq.Num { return c.tcb.Snd.Nxt }

// RcvNxt is RCV.NXT.
func (c *Conn) RcvNxt() seq.Num { return c.tcb.Rcv.Nxt }

// WindowShifts are the shift counts of the windows that this end sends and
// receives; 0 without scaling.
func (c *Conn) WindowShifts() (sent, received uint8) {
	return c.tcb.Opts.RcvWShift, c.tcb.Opts.SndWShift
}
