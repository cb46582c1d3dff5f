package tcp

import "github.com/lastack/lastack/internal/clock"

// Congestion is a congestion control algorithm. It sees bytes and times, never
// the connection. Windows and MSS are in bytes.
type Congestion interface {
	// Init is called when the MSS is known, before data are sent.
	Init(mss int)
	// SetMSS is called when the MSS changes with the path.
	SetMSS(mss int)
	// Window is the congestion window, never below one MSS.
	Window() int
	// Acked says that n bytes were acknowledged outside of a recovery, while the
	// congestion window was in full use if limited.
	Acked(now clock.Time, n int, limited bool)
	// Lost says that a segment was lost, with flight bytes in the network: a
	// recovery begins.
	Lost(now clock.Time, flight int)
	// TimedOut says that the retransmission timer fired, for the first time or
	// again for the same data.
	TimedOut(now clock.Time, flight int, again bool)
	// Recovered says that the recovery is over.
	Recovered(now clock.Time, flight int)
	// Idle says that nothing was sent for longer than the retransmission timeout.
	Idle()
	// Threshold is the slow start threshold, for people to look at.
	Threshold() int
}

// NewReno is the congestion control of RFC 5681 and RFC 6582, with byte
// counting (RFC 3465): slow start and congestion avoidance (§3.8.2, MUST-19).
type NewReno struct {
	mss      int
	cwnd     int
	ssthresh int
	counted  int // bytes acknowledged since cwnd last grew in congestion avoidance
}

// Init starts with ten segments (RFC 6928).
func (n *NewReno) Init(mss int) {
	*n = NewReno{mss: mss, cwnd: initialWindow(mss), ssthresh: 1<<31 - 1}
}

// SetMSS changes the size of a segment.
func (n *NewReno) SetMSS(mss int) { n.mss = mss }

// initialWindow is IW of RFC 6928 §2.
func initialWindow(mss int) int { return min(10*mss, max(2*mss, 14600)) }

// Window is cwnd.
func (n *NewReno) Window() int { return n.cwnd }

// Threshold is ssthresh.
func (n *NewReno) Threshold() int { return n.ssthresh }

// Acked grows the window: slow start below the threshold, by at most two
// segments an acknowledgment (RFC 3465 §2.3); above it one segment a round trip.
func (n *NewReno) Acked(_ clock.Time, acked int, limited bool) {
	if !limited {
		return
	}
	if n.cwnd < n.ssthresh {
		n.cwnd += min(acked, 2*n.mss)
		return
	}
	if n.counted += acked; n.counted >= n.cwnd {
		n.counted -= n.cwnd
		n.cwnd += n.mss
	}
}

// Lost halves the window (RFC 5681 §3.2 step 2).
func (n *NewReno) Lost(_ clock.Time, flight int) {
	n.ssthresh = max(flight/2, 2*n.mss)
	n.cwnd, n.counted = n.ssthresh, 0
}

// TimedOut starts over with one segment; the threshold falls only once for the
// same data (RFC 5681 §3.1).
func (n *NewReno) TimedOut(_ clock.Time, flight int, again bool) {
	if !again {
		n.ssthresh = max(flight/2, 2*n.mss)
	}
	n.cwnd, n.counted = n.mss, 0
}

// Recovered deflates the window without a burst (RFC 6582 §3.2 step 3).
func (n *NewReno) Recovered(_ clock.Time, flight int) {
	n.cwnd = min(n.ssthresh, max(flight, n.mss)+n.mss)
}

// Idle goes back to the initial window (RFC 5681 §4.1).
func (n *NewReno) Idle() { n.cwnd = min(n.cwnd, initialWindow(n.mss)) }
