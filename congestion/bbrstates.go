package congestion

import "time"

// pacingGain is by how much the pace differs from the rate of delivery (section
// 5.6.1).
func (b *BBR) pacingGain() float64 {
	switch b.state {
	case bbrStartup:
		return bbrStartupGain
	case bbrDrain:
		return bbrDrainGain
	case bbrDown:
		return bbrDownGain
	case bbrUp:
		return bbrUpGain
	case bbrCruise, bbrRefill, bbrProbeRTT:
	}
	return 1
}

// cwndGain is how many times what the path holds may be in flight (section
// 5.6.1).
func (b *BBR) cwndGain() float64 {
	switch b.state {
	case bbrUp:
		return bbrUpCwndGain
	case bbrProbeRTT:
		return bbrProbeRTTGain
	case bbrStartup, bbrDrain, bbrDown, bbrCruise, bbrRefill:
	}
	return bbrCwndGain
}

// probing tells that the state is one of ProbeBW.
func (b *BBR) probing() bool { return b.state >= bbrDown && b.state <= bbrUp }

// accelerating tells that losses are to be expected (IsProbingBW, section
// 5.3.3.9).
func (b *BBR) accelerating() bool {
	return b.state == bbrStartup || b.state == bbrRefill || b.state == bbrUp
}

// leaveStartup goes on to Drain when the pipe is full: the rate grows no more, or
// too much is lost (section 5.3.1).
func (b *BBR) leaveStartup(s *bbrSample) {
	if b.state != bbrStartup {
		return
	}
	lossy := b.recovering && b.signal.start && b.signal.events >= bbrLossEvents && tooHigh(s)
	if lossy {
		b.fillStartup(b.signal.inflight)
	}
	if b.full.reached {
		b.state, b.drainRound = bbrDrain, b.round.count
	}
}

// fillStartup holds the pipe full because of congestion, with as much in flight
// as was delivered (section 5.3.1.3).
func (b *BBR) fillStartup(inflight int) {
	b.undo.state = bbrStartup
	b.full.reached = true
	b.inflightLong = max(b.bdp(b.bw.used(), 1), bound(inflight))
}

// leaveDrain goes on to ProbeBW when the queue is gone (section 5.3.2).
func (b *BBR) leaveDrain(s *bbrSample) {
	if b.state == bbrDrain && (s.Flight <= b.inflight(b.bw.used(), 1) || b.round.count > b.drainRound+bbrDrainRounds) {
		b.startDown(s.now)
	}
}

// updateRTT takes in the round trip, and looks anew at the path's own delay if it
// has not been seen for five seconds (section 5.3.4.3).
func (b *BBR) updateRTT(s *bbrSample) {
	b.rtt.seen(s.now, s.RTT)
	if b.state != bbrProbeRTT && b.rtt.expired && !b.idling {
		b.saveCwnd()
		b.state, b.rtt.done = bbrProbeRTT, 0
		b.cycle.phase = bbrStopping
		b.round.restart()
	}
	if b.state == bbrProbeRTT {
		b.holdProbeRTT(s)
	}
	if s.Rate.Delivered > 0 {
		b.idling = false
	}
}

// holdProbeRTT keeps the flight low for 200 ms and a round trip.
func (b *BBR) holdProbeRTT(s *bbrSample) {
	switch {
	case b.rtt.done == 0 && s.Flight <= b.probeRTTCwnd():
		b.rtt.done, b.rtt.roundDone = s.now+bbrProbeRTTTime, false
		b.round.restart()
	case b.rtt.done != 0:
		b.rtt.roundDone = b.rtt.roundDone || b.round.start
		if b.rtt.roundDone {
			b.endProbeRTT(s.now)
		}
	}
}

// endProbeRTT goes back to where ProbeRTT was entered, if it has lasted long
// enough (section 5.3.4.4).
func (b *BBR) endProbeRTT(now time.Duration) {
	if b.rtt.done == 0 || now <= b.rtt.done {
		return
	}
	b.rtt.probeAt = now
	b.cwnd = max(b.cwnd, b.priorCwnd)
	b.cycle.heldUntil = b.round.delivered
	b.resetBounds()
	if !b.full.reached {
		b.state = bbrStartup
		return
	}
	b.startDown(now)
	b.state = bbrCruise
}
