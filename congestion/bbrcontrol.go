package congestion

import "time"

// The least and most that is sent at once, as far as the size of a flight depends
// on it: a millisecond's worth, within these (section 5.6.3).
const (
	bbrQuantumTime = time.Millisecond
	bbrQuantumMax  = 64 << 10 // bytes
	bbrQuantumMin  = 2        // segments
)

// bbrQuanta is how many of them are needed in flight: one to be sent, one on the
// way, one to be acknowledged (section 5.5.8.1).
const bbrQuanta = 3

// control sets the pace and the window (UpdateControlParameters, section 5.6).
func (b *BBR) control(s *bbrSample) {
	if !b.measured && s.SRTT > 0 {
		b.rate, b.measured = b.initialRate(s.SRTT), true
	}
	b.pace(b.pacingGain())
	b.setCwnd(s)
}

// initialRate is the pace before there is a rate of delivery (section 5.6.2).
func (b *BBR) initialRate(rtt time.Duration) int64 {
	return int64(bbrStartupGain * float64(perSecond(b.initial, rtt)))
}

// pace sets the pace, a little below what the gain asks for, to keep queues short.
// Until the pipe is full it only rises (section 5.6.2).
func (b *BBR) pace(gain float64) {
	rate := int64(gain * float64(b.bw.used()) * (100 - bbrMargin) / 100)
	if rate > b.rate || b.full.reached && rate > 0 {
		b.rate = rate
	}
}

// setCwnd moves the window towards what the path holds, by no more than what has
// been delivered (section 5.6.4.6).
func (b *BBR) setCwnd(s *bbrSample) {
	most := b.atLeast(b.bdp(b.bw.used(), b.cwndGain()) + b.extra.size())
	grown := bound(b.cwnd + bound(s.Delivered))
	switch {
	case b.full.reached:
		b.cwnd = min(grown, most)
	case b.cwnd < most || b.round.delivered < int64(b.initial):
		b.cwnd = grown
	}
	b.cwnd = max(b.cwnd, bbrMinPipe*b.mss)
	b.boundCwnd()
}

// boundCwnd keeps the window within what ProbeRTT and the losses of late allow
// (sections 5.6.4.5 and 5.6.4.7).
func (b *BBR) boundCwnd() {
	most := bbrUnbounded
	switch b.state {
	case bbrDown, bbrRefill, bbrUp:
		most = b.inflightLong
	case bbrCruise:
		most = b.headroom()
	case bbrProbeRTT:
		most = min(b.headroom(), b.probeRTTCwnd())
	case bbrStartup, bbrDrain:
	}
	most = max(min(most, b.inflightShort), bbrMinPipe*b.mss)
	b.cwnd = min(b.cwnd, most)
}

// probeRTTCwnd is the window in ProbeRTT.
func (b *BBR) probeRTTCwnd() int {
	return max(b.bdp(b.bw.used(), bbrProbeRTTGain), bbrMinPipe*b.mss)
}

// bdp is gain times what the path holds at a rate (section 5.6.4.2).
func (b *BBR) bdp(rate int64, gain float64) int {
	if b.rtt.min == 0 {
		return b.initial
	}
	return int(min(gain*float64(volume(rate, b.rtt.min)), maxWindow))
}

// inflight is how much is in flight when the path is full and there is no queue,
// times gain.
func (b *BBR) inflight(rate int64, gain float64) int { return b.atLeast(b.bdp(rate, gain)) }

// atLeast raises n to what bursts and delayed acknowledgments need
// (QuantizationBudget, section 5.6.4.2).
func (b *BBR) atLeast(n int) int {
	quantum := max(min(volume(b.rate, bbrQuantumTime), bbrQuantumMax), bbrQuantumMin*b.mss)
	n = max(n, bbrQuanta*quantum, bbrMinPipe*b.mss)
	if b.state == bbrUp {
		n += 2 * b.mss
	}
	return bound(n)
}

// target is how much is to be in flight, congestion considered (TargetInflight,
// section 5.3.3.8).
func (b *BBR) target() int { return min(b.bdp(b.bw.used(), 1), b.cwnd) }

// headroom is inflight_longterm less what is left to others
// (InflightWithHeadroom, section 5.3.3.9).
func (b *BBR) headroom() int {
	if b.inflightLong == bbrUnbounded {
		return bbrUnbounded
	}
	left := max(percent(bbrHeadroom, b.inflightLong), b.mss)
	return max(b.inflightLong-left, bbrMinPipe*b.mss)
}
