package congestion

import "time"

// A bbrPhase is what acknowledgments say about the last probe for bandwidth
// (section 2.14).
type bbrPhase uint8

// The phases.
const (
	bbrNoProbe   bbrPhase = iota // ACKS_INIT: nothing
	bbrRefilling                 // ACKS_REFILLING: the pipe is being filled
	bbrStarting                  // ACKS_PROBE_STARTING: not yet anything
	bbrFeedback                  // ACKS_PROBE_FEEDBACK: how it goes
	bbrStopping                  // ACKS_PROBE_STOPPING: it is over, and they still tell of it
)

// Times between probes for bandwidth (section 5.3.3.8).
const (
	bbrProbeWait   = 2 * time.Second // at least, and up to bbrProbeJitter more
	bbrProbeJitter = time.Second
	bbrRenoRounds  = 63 // after as many rounds Reno would have filled the pipe again, at most
)

// bbrCycle is where the cycle of ProbeBW is (section 2.14).
type bbrCycle struct {
	phase   bbrPhase
	probing bool // is_bw_probe_sample: acknowledgments tell of a probe

	began  time.Duration // cycle_stamp
	wait   time.Duration // bw_probe_wait
	rounds int           // rounds_since_probe_up

	acked      int // bytes acknowledged since inflight_longterm grew
	perSegment int // bytes to be acknowledged for it to grow by a segment
	upRounds   int // rounds for which it has grown

	tooHigh       bool  // prev_probe_too_high: the last probe lost too much
	precautionary bool  // prev_probe_precautionary: it stopped where the one before lost too much
	heldUntil     int64 // what was sent before this was delivered was held back by ProbeRTT
}

// startDown begins a cycle by sending slower (StartProbeBW_DOWN, section
// 5.3.3.9).
func (b *BBR) startDown(now time.Duration) {
	b.signal.reset()
	b.cycle.perSegment = bbrUnbounded
	b.cycle.rounds = int(b.next() % 2)
	b.cycle.wait = bbrProbeWait + time.Duration(b.next()%uint64(bbrProbeJitter))
	b.cycle.began = now
	b.cycle.phase = bbrStopping
	b.round.restart()
	b.state = bbrDown
}

// startRefill fills the pipe (StartProbeBW_REFILL).
func (b *BBR) startRefill() {
	b.resetBounds()
	b.cycle.upRounds, b.cycle.acked = 0, 0
	b.cycle.precautionary = false
	b.cycle.phase = bbrRefilling
	b.round.restart()
	b.state = bbrRefill
}

// startUp sends faster (StartProbeBW_UP).
func (b *BBR) startUp(s *bbrSample) {
	b.cycle.probing = true
	b.cycle.phase = bbrStarting
	b.round.restart()
	b.full.reset(s.rate)
	b.state = bbrUp
	b.raiseSlope()
}

// updateCycle moves the cycle of ProbeBW on (UpdateProbeBWCyclePhase).
func (b *BBR) updateCycle(s *bbrSample) {
	if !b.full.reached || b.adapt(s) {
		return
	}
	switch b.state {
	case bbrDown:
		if b.timeToProbe(s) {
			b.startRefill()
		} else if b.timeToCruise(s) {
			b.state = bbrCruise
		}
	case bbrCruise:
		if b.timeToProbe(s) {
			b.startRefill()
		}
	case bbrRefill:
		if b.round.start {
			b.startUp(s)
		}
	case bbrUp:
		if b.timeToGoDown(s) {
			b.cycle.tooHigh = false
			b.startDown(s.now)
		}
	case bbrStartup, bbrDrain, bbrProbeRTT:
	}
}

// adapt follows what a probe shows, and raises inflight_longterm as far as it has
// been harmless. It returns true if it has begun another probe, because the last
// one has stopped early and lost nothing (AdaptLongTermModel, section 5.3.3.9).
func (b *BBR) adapt(s *bbrSample) (again bool) {
	if b.cycle.phase == bbrStarting && b.round.start {
		b.cycle.phase = bbrFeedback
	}
	if b.cycle.phase == bbrStopping && b.round.start {
		b.cycle.probing, b.cycle.phase = false, bbrNoProbe
		if b.probing() && !s.appLimited {
			b.bw.advance()
		}
		if b.probing() && b.cycle.precautionary && !b.cycle.tooHigh {
			b.startRefill()
			return true
		}
	}
	if tooHigh(s) || b.inflightLong == bbrUnbounded {
		return false
	}
	b.inflightLong = max(b.inflightLong, bound(s.Rate.TxFlight))
	if b.state == bbrUp {
		b.raise(s)
	}
	return false
}

// raise lets inflight_longterm grow while it is what limits, a segment in the
// first round, then two, four and so on (ProbeInflightLongtermUpward).
func (b *BBR) raise(s *bbrSample) {
	if !b.round.cwndLimited() || b.cwnd < b.inflightLong {
		return
	}
	c := &b.cycle
	c.acked = bound(c.acked + bound(s.Delivered))
	if n := c.acked / c.perSegment; n > 0 {
		c.acked -= n * c.perSegment
		b.inflightLong = bound(b.inflightLong + n*b.mss)
	}
	if b.round.start {
		b.raiseSlope()
	}
}

// raiseSlope doubles how fast inflight_longterm grows
// (RaiseInflightLongtermSlope).
func (b *BBR) raiseSlope() {
	b.cycle.perSegment = max(b.cwnd>>b.cycle.upRounds, b.mss)
	b.cycle.upRounds = min(b.cycle.upRounds+1, 30)
}

// timeToProbe tells that a probe is due: by the clock, or because Reno would have
// filled the pipe by now (section 5.3.3.8).
func (b *BBR) timeToProbe(s *bbrSample) bool {
	reno := min(b.target()/b.mss, bbrRenoRounds)
	return s.now > b.cycle.began+b.cycle.wait || b.cycle.rounds >= reno
}

// timeToCruise tells that the queue is gone and others have room.
func (b *BBR) timeToCruise(s *bbrSample) bool {
	return s.Flight <= b.headroom() && s.Flight <= b.inflight(b.bw.max(), 1)
}

// timeToGoDown tells that the probe is over: the pipe is full, or there is as much
// in flight as was too much the last time (IsTimeToGoDown).
func (b *BBR) timeToGoDown(s *bbrSample) bool {
	if b.cycle.tooHigh && s.Flight >= b.inflightLong {
		b.cycle.precautionary = true
		return true
	}
	if b.round.cwndLimited() && b.cwnd >= b.inflightLong {
		b.full.reset(s.rate)
		return false
	}
	return b.full.now
}

// next is the next number of a pseudo-random sequence (SplitMix64), so that flows
// which share a path do not probe at the same time.
func (b *BBR) next() uint64 {
	b.random += 0x9e3779b97f4a7c15
	z := b.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
