package congestion

import "time"

// samplingPeriod is the least time over which pipeACK is the maximum; it is three
// round trips if those are longer (RFC 7661 §4.2).
const samplingPeriod = time.Second

// A pipe measures pipeACK: how many bytes the network has delivered in a round
// trip, at most, lately (RFC 7661 §4.2).
type pipe struct {
	since   time.Duration // when this sample began
	sample  int           // delivered since then
	slot    time.Duration // when this half of the sampling period began
	largest [2]int        // the largest samples of the last half and of this one
	ok      bool          // there has been a sample
}

// acked takes in an acknowledgment.
func (p *pipe) acked(now time.Duration, a *Ack) {
	if a.SRTT <= 0 {
		return
	}
	if p.sample = bound(p.sample + bound(a.Delivered)); now-p.since < a.SRTT {
		return
	}
	half := max(3*a.SRTT, samplingPeriod) / 2
	if now-p.slot >= half {
		p.largest[0] = p.largest[1]
		if now-p.slot >= 2*half {
			p.largest[0] = 0
		}
		p.largest[1], p.slot = 0, now
	}
	p.largest[1] = max(p.largest[1], p.sample)
	p.ok, p.since, p.sample = true, now, 0
}

// size is pipeACK in bytes, and whether it has a value.
func (p *pipe) size() (n int, ok bool) { return max(p.largest[0], p.largest[1]), p.ok }
