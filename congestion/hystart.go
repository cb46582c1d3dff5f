package congestion

import "time"

// The constants of HyStart++ (RFC 9406 §4.3).
const (
	minRTTThresh     = 4 * time.Millisecond  // the least rise of the round trip that counts
	maxRTTThresh     = 16 * time.Millisecond // the rise that always counts
	minRTTDivisor    = 8                     // in between: this part of the round trip
	rttSamples       = 8                     // measurements in a round before it is judged
	cssGrowthDivisor = 4                     // conservative slow start grows this much slower
	cssRounds        = 5                     // and lasts this many rounds
)

// A hystart watches the first slow start for the queue that it builds, by the
// rise of the round trip, and ends it before it overshoots: HyStart++ of RFC 9406.
// A round lasts until what was in the network at its start is acknowledged.
type hystart struct {
	delivered, end int64         // bytes delivered so far, and when the round ends
	last, current  time.Duration // shortest round trips of the last round and this one; 0: none
	baseline       time.Duration // that of the round which raised suspicion; 0: none did
	samples        int           // round trips measured in this round
	rounds         int           // begun in conservative slow start
}

// acked takes in an acknowledgment. It returns by how much slower than in slow
// start the window is to grow, and 0 if slow start is over (RFC 9406 §4.2). A
// sender that does not fill the window does not make the queue, so it does not
// judge it either.
func (h *hystart) acked(a *Ack) (divisor int) {
	h.delivered += int64(a.Delivered)
	if !a.Limited {
		return 1
	}
	if h.delivered >= h.end && !h.nextRound(a) {
		return 0
	}
	if a.RTT > 0 {
		h.samples++
		if h.current == 0 || a.RTT < h.current {
			h.current = a.RTT
		}
	}
	if h.samples >= rttSamples {
		h.judge()
	}
	if h.baseline > 0 {
		return cssGrowthDivisor
	}
	return 1
}

// nextRound begins a round, unless conservative slow start has had all of its.
func (h *hystart) nextRound(a *Ack) bool {
	if h.baseline > 0 {
		if h.rounds++; h.rounds > cssRounds {
			return false
		}
	}
	h.end = h.delivered + int64(bound(a.Flight))
	h.last, h.current, h.samples = h.current, 0, 0
	return true
}

// judge suspects a queue if the round trip has risen since the last round, and
// drops the suspicion if it has come down again: then it was jitter.
func (h *hystart) judge() {
	if h.baseline > 0 {
		if h.current < h.baseline {
			h.baseline = 0
		}
		return
	}
	thresh := min(max(h.last/minRTTDivisor, minRTTThresh), maxRTTThresh)
	if h.last > 0 && h.current >= h.last+thresh {
		h.baseline, h.rounds = h.current, 1
	}
}
