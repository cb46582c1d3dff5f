package congestion

import "time"

// What Reno multiplies the window with, in hundredths.
const (
	betaReno    = 50 // RFC 5681 §3.1
	betaRenoECN = 80 // for a mark in congestion avoidance: a short queue sets marks (RFC 8511 §3.1)
)

// Reno is the congestion control of RFC 5681 and, with the sender's recovery,
// of RFC 6582: slow start and congestion avoidance (§3.8.2, MUST-19). It counts
// bytes rather than acknowledgments (RFC 3465) and leaves the first slow start by
// HyStart++ (RFC 9406).
type Reno struct {
	ackClocked
	counted int    // bytes acknowledged since cwnd last grew in congestion avoidance
	before  window // what the last reduction took away; zero if nothing is to be undone
}

// Init starts with ten segments (RFC 6928).
func (r *Reno) Init(now time.Duration, mss int) {
	*r = Reno{}
	r.init(now, mss)
}

// String is "reno".
func (r *Reno) String() string { return "reno" }

// Acked grows the window, if the window is what limits and no fast recovery is
// on: above the threshold by one segment for each window acknowledged (RFC 3465
// §2.1).
func (r *Reno) Acked(now time.Duration, a *Ack) {
	r.validate(now, a)
	switch {
	case r.recovering:
	case r.slowStart():
		r.rise(a)
	case a.Limited:
		if r.counted += bound(a.Acked); r.counted >= r.cwnd {
			r.counted = min(r.counted-r.cwnd, r.cwnd)
			r.grow(r.mss)
		}
	}
}

// Congested halves the window: what was in the network was too much (RFC 5681
// §3.2 step 2). A mark takes less.
func (r *Reno) Congested(_ time.Duration, s Signal, flightSize int) {
	beta := betaReno
	if s == ECN && !r.slowStart() {
		beta = betaRenoECN
	}
	r.before, r.counted = r.window, 0
	r.congested(s, flightSize, beta)
}

// TimedOut starts over with one segment (RFC 5681 §3.1).
func (r *Reno) TimedOut(_ time.Duration, flightSize int, again bool) {
	if !again {
		r.before = r.window
	}
	r.counted = 0
	r.timedOut(flightSize, betaReno, again)
}

// Undo takes the last reduction back (RFC 4015 §3.2).
func (r *Reno) Undo(time.Duration) {
	r.recovering = false
	if r.before != (window{}) {
		r.cwnd, r.ssthresh = max(r.cwnd, r.before.cwnd), r.before.ssthresh
		r.before = window{}
	}
}

// Idle restarts with the initial window (RFC 5681 §4.1).
func (r *Reno) Idle(now time.Duration, _ time.Duration) { r.idle(now) }
