package congestion

import "time"

// bbrSignals is what the last round says about the path (section 2.10).
type bbrSignals struct {
	rate      int64 // bw_latest, in bytes per second
	inflight  int   // inflight_latest, in bytes
	lost      bool  // is_loss_in_round
	events    int   // acknowledgments in this round that told of losses
	delivered int64 // the round of losses ends with what was sent when this was delivered
	start     bool  // this acknowledgment ends it
}

// reset forgets the round (ResetCongestionSignals, section 5.5.10.3).
func (g *bbrSignals) reset() { g.lost, g.rate, g.inflight = false, 0, 0 }

// acked takes in a sample near the start of an acknowledgment.
func (g *bbrSignals) acked(s *bbrSample, delivered int64) {
	g.rate = max(g.rate, s.rate)
	g.inflight = max(g.inflight, bound(s.Rate.Delivered))
	g.start = s.Rate.Delivered > 0 && s.Rate.PriorDelivered >= g.delivered
	if g.start {
		g.delivered = delivered
	}
}

// next begins a round, near the end of an acknowledgment.
func (g *bbrSignals) next(s *bbrSample) {
	if g.start {
		g.rate, g.inflight, g.events = s.rate, bound(s.Rate.Delivered), 0
	}
}

// updateSignals takes in a sample, and once a round lowers the short-term bounds
// if there were losses (UpdateCongestionSignals, section 5.5.10.3).
func (b *BBR) updateSignals(s *bbrSample) {
	b.round.acked(s.Ack)
	if b.round.start {
		b.cycle.rounds++
	}
	b.signal.acked(s, b.round.delivered)
	b.bw.acked(s)
	if !b.signal.start {
		return
	}
	if b.signal.lost && !b.accelerating() {
		b.lowerBounds()
	}
	b.signal.lost = false
}

// lowerBounds comes down to what the last round has delivered, but by no more
// than 30 % (section 5.5.10.3).
func (b *BBR) lowerBounds() {
	rate, inflight := b.bw.short, b.inflightShort
	if rate == bbrUnboundedRate {
		rate = b.bw.max()
	}
	if inflight == bbrUnbounded {
		inflight = b.cwnd
	}
	b.bw.short = max(b.signal.rate, rate*bbrBeta/100)
	b.inflightShort = max(b.signal.inflight, percent(bbrBeta, inflight))
}

// resetBounds forgets the short-term bounds (ResetShortTermModel).
func (b *BBR) resetBounds() { b.bw.short, b.inflightShort = bbrUnboundedRate, bbrUnbounded }

// noteLoss notes the first loss of a round (section 5.5.10.2).
func (b *BBR) noteLoss() {
	b.save()
	if !b.signal.lost {
		b.signal.lost, b.signal.delivered = true, b.round.delivered
	}
}

// checkLoss takes in losses. While probing, too many of them show what is too much
// (section 5.5.10.2).
func (b *BBR) checkLoss(s *bbrSample) {
	if s.Lost > 0 {
		b.noteLoss()
		b.signal.events++
	}
	if b.cycle.probing && tooHigh(s) {
		b.tooMuch(s.now, s.Rate.TxFlight, s.appLimited)
	}
}

// tooHigh tells that more was lost than may be (IsInflightTooHigh, section
// 5.5.10.2).
func tooHigh(s *bbrSample) bool {
	return bound(s.Rate.Lost) > percent(bbrLossThresh, bound(s.Rate.TxFlight))
}

// tooMuch takes flight as the most that the path bears, and stops probing
// (HandleInflightTooHigh, section 5.5.10.2).
func (b *BBR) tooMuch(now time.Duration, flight int, appLimited bool) {
	b.cycle.tooHigh, b.cycle.probing = true, false
	if !appLimited {
		b.inflightLong = max(bound(flight), percent(bbrBeta, b.target()))
	}
	if b.state == bbrUp {
		b.undo.state = bbrUp
		b.startDown(now)
	}
}

// marked is the answer to congestion marks, at most once a round trip: as to a
// round with too many losses.
func (b *BBR) marked(now time.Duration, flightSize int) {
	b.noteLoss()
	switch {
	case b.state == bbrStartup:
		b.fillStartup(flightSize)
	case b.cycle.probing:
		b.tooMuch(now, flightSize, false)
	}
}

// bbrUndo is what a recovery may have taken away (section 2.15).
type bbrUndo struct {
	open                        bool     // the recovery is on, or the loss that leads to it
	valid                       bool     // there is something to undo
	state                       bbrState // the state that it has ended, Startup or ProbeBW_UP; another: none
	rate                        int64    // bw_shortterm
	inflightShort, inflightLong int
}

// save remembers the model at the start of a recovery, or at the loss that leads
// to it (SaveStateUponLoss, section 5.5.11.1).
func (b *BBR) save() {
	if !b.undo.open {
		b.undo = bbrUndo{open: true, valid: true, state: bbrDown, rate: b.bw.short, inflightShort: b.inflightShort, inflightLong: b.inflightLong}
		b.saveCwnd()
	}
}

// Undo takes back what a spurious recovery has done, and goes on probing if that
// has stopped it (section 5.5.11.2).
func (b *BBR) Undo(time.Duration) {
	u := b.undo
	if !u.valid {
		return
	}
	b.undo, b.recovering, b.signal.lost = bbrUndo{}, false, false
	b.cwnd = max(b.cwnd, b.priorCwnd)
	b.full.reset(0)
	b.bw.short = max(b.bw.short, u.rate)
	b.inflightShort = max(b.inflightShort, u.inflightShort)
	b.inflightLong = max(b.inflightLong, u.inflightLong)
	switch {
	case u.state == bbrStartup && b.state != bbrStartup:
		b.full.reached = false
		if b.state != bbrProbeRTT {
			b.state = bbrStartup
		}
	case u.state == bbrUp && b.state != bbrUp && b.state != bbrProbeRTT:
		b.startRefill()
	}
}
