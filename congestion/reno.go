package congestion

import "time"

// Reno is the congestion control of RFC 5681 and, with the sender's recovery,
// of RFC 6582: slow start and congestion avoidance (§3.8.2, MUST-19). It counts
// bytes rather than acknowledgments (RFC 3465).
type Reno struct {
	window
	mss     int
	counted int    // bytes acknowledged since cwnd last grew in congestion avoidance
	before  window // what the last reduction took away; zero if nothing is to be undone
}

// Init starts with ten segments (RFC 6928).
func (r *Reno) Init(_ time.Duration, mss int) {
	*r = Reno{mss: mss, window: window{cwnd: initialWindow(mss), ssthresh: noThreshold}}
}

// Inherit goes on with the window of another algorithm.
func (r *Reno) Inherit(_ time.Duration, l Legacy) {
	r.cwnd, r.ssthresh = min(max(l.Window, r.mss), maxWindow), max(l.Threshold, 2*r.mss)
}

// SetMSS changes the size of a segment.
func (r *Reno) SetMSS(mss int) { r.mss, r.cwnd = mss, max(r.cwnd, mss) }

// Window is cwnd.
func (r *Reno) Window() int { return r.cwnd }

// Threshold is ssthresh.
func (r *Reno) Threshold() int { return r.ssthresh }

// PacingRate is 0: the acknowledgments set the pace.
func (r *Reno) PacingRate() int64 { return 0 }

// PRR is true: a recovery comes down to the halved window gradually.
func (r *Reno) PRR() bool { return true }

// String is "reno".
func (r *Reno) String() string { return "reno" }

// Sent changes nothing.
func (r *Reno) Sent(time.Duration, int, int) {}

// Acked grows the window if the window is what limits: in slow start by what is
// acknowledged, at most two segments an acknowledgment (RFC 3465 §2.3); above
// the threshold by one segment for each window acknowledged (§2.1). In a recovery
// it stays.
func (r *Reno) Acked(_ time.Duration, a *Ack) {
	switch {
	case a.Recovery || !a.Limited:
	case r.slowStart():
		r.grow(min(a.Acked, 2*r.mss))
	default:
		if r.counted += a.Acked; r.counted >= r.cwnd {
			r.counted -= r.cwnd
			r.grow(r.mss)
		}
	}
}

// Congested halves the window: what was in the network was too much (RFC 5681
// §3.2 step 2, RFC 3168 §6.1.2).
func (r *Reno) Congested(_ time.Duration, _ Signal, flightSize int) {
	r.before = r.window
	r.halve(flightSize)
	r.cwnd = r.ssthresh
}

// TimedOut starts over with one segment; the threshold falls only once for the
// same data (RFC 5681 §3.1).
func (r *Reno) TimedOut(_ time.Duration, flightSize int, again bool) {
	if !again {
		r.before = r.window
		r.halve(flightSize)
	}
	r.cwnd = r.mss
}

// halve is equation 4 of RFC 5681 §3.1.
func (r *Reno) halve(flightSize int) {
	r.ssthresh, r.counted = max(flightSize/2, 2*r.mss), 0
}

// Recovered ends with the halved window (RFC 6582 §3.2 step 3, option 2), which
// proportional rate reduction has by then filled.
func (r *Reno) Recovered(time.Duration, int) { r.cwnd = r.ssthresh }

// Undo takes the last reduction back (RFC 4015 §3.2).
func (r *Reno) Undo(time.Duration) {
	if r.before != (window{}) {
		r.cwnd = max(r.cwnd, r.before.cwnd)
		r.ssthresh = r.before.ssthresh
		r.before = window{}
	}
}

// Idle restarts with the initial window (RFC 5681 §4.1).
func (r *Reno) Idle(time.Duration, time.Duration) { r.restart(r.mss) }
