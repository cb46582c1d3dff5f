package congestion

import "time"

// A bbrSample is one acknowledgment and what BBR reads from it (section 2.3).
type bbrSample struct {
	*Ack
	now        time.Duration
	rate       int64 // RS.delivery_rate, in bytes per second; 0: there is none
	appLimited bool  // the rate may say more about the application than about the path
}

// sample reads an acknowledgment, and counts the round. What was sent in ProbeRTT
// was held back by us, not by the path, so it counts as limited by the
// application (section 5.3.4.3).
func (b *BBR) sample(now time.Duration, a *Ack) bbrSample {
	s := bbrSample{Ack: a, now: now}
	if a.Rate.Delivered > 0 && a.Rate.Interval > 0 {
		s.rate = perSecond(a.Rate.Delivered, a.Rate.Interval)
	}
	held := b.state == bbrProbeRTT || a.Rate.PriorDelivered < b.cycle.heldUntil
	s.appLimited = a.Rate.AppLimited || held
	return s
}

// perSecond is a rate in bytes per second, at most 2⁴⁰.
func perSecond(n int, d time.Duration) int64 {
	return int64(min(float64(n)/d.Seconds(), 1<<40))
}

// bbrRounds counts round trips by what is delivered: one ends when something is
// acknowledged that was sent after it began (section 5.5.1).
type bbrRounds struct {
	delivered int64 // C.delivered
	next      int64 // the round ends with what was sent when this was delivered
	count     int64
	start     bool // this acknowledgment begins a round
	limited   bool // the window was in full use in this round
	full      bool // and in the last one: C.is_cwnd_limited
}

// acked takes in an acknowledgment.
func (r *bbrRounds) acked(a *Ack) {
	if a.Rate.Delivered > 0 {
		r.delivered = a.Rate.TotalDelivered
	} else {
		r.delivered += int64(a.Delivered)
	}
	r.limited = r.limited || a.Limited
	r.start = a.Rate.Delivered > 0 && a.Rate.PriorDelivered >= r.next
	if r.start {
		r.count++
		r.full, r.limited = r.limited, a.Limited
		r.restart()
	}
}

// restart begins a round here.
func (r *bbrRounds) restart() { r.next = r.delivered }

// cwndLimited tells that the window was in full use some time in the last round
// trip.
func (r *bbrRounds) cwndLimited() bool { return r.full || r.limited }

// bbrRates is at which rate the path delivers, in bytes per second (section
// 2.9.1).
type bbrRates struct {
	best  [2]int64 // the largest of the last cycle of ProbeBW, and of this one
	short int64    // bw_shortterm: what seems safe now
}

// max is max_bw.
func (r *bbrRates) max() int64 { return max(r.best[0], r.best[1]) }

// used is BBR.bw.
func (r *bbrRates) used() int64 { return min(r.max(), r.short) }

// acked takes in a sample; one that the application may have limited counts only
// if it is the largest (section 5.5.5).
func (r *bbrRates) acked(s *bbrSample) {
	if s.rate > 0 && (s.rate >= r.max() || !s.appLimited) {
		r.best[1] = max(r.best[1], s.rate)
	}
}

// advance begins a cycle, if this one has seen anything (section 5.5.6).
func (r *bbrRates) advance() {
	if r.best[1] > 0 {
		r.best = [2]int64{r.best[1], 0}
	}
}

// bbrFullPipe finds out that sending faster does not deliver faster (section
// 5.3.1.2).
type bbrFullPipe struct {
	reached bool  // full_bw_reached: ever
	now     bool  // full_bw_now: since it was last asked
	rate    int64 // the rate to be exceeded, in bytes per second
	count   int   // rounds that did not
}

// reset asks anew.
func (f *bbrFullPipe) reset(rate int64) { f.now, f.rate, f.count = false, rate, 0 }

// check takes in a sample.
func (f *bbrFullPipe) check(s *bbrSample, roundStart bool) {
	switch {
	case f.now || !roundStart || s.appLimited:
	case s.rate >= f.rate+f.rate/4:
		f.reset(s.rate)
	default:
		f.count++
		f.now = f.count >= bbrFullRounds
		f.reached = f.reached || f.now
	}
}

// bbrDelay is how long the path takes at least (section 5.5.7), and when to look
// again (section 5.3.4).
type bbrDelay struct {
	min, probe     time.Duration // min_rtt and probe_rtt_min_delay; 0: not known
	minAt, probeAt time.Duration // when these were measured
	expired        bool          // probe_rtt_expired
	done           time.Duration // when ProbeRTT may end; 0 before the flight is low enough
	roundDone      bool          // a round has passed since
}

// seen takes in a round trip, 0 if there is none.
func (d *bbrDelay) seen(now, rtt time.Duration) {
	d.expired = now > d.probeAt+bbrProbeRTTInterval
	if rtt > 0 && (d.probe == 0 || rtt < d.probe || d.expired) {
		d.probe, d.probeAt = rtt, now
	}
	if d.probe > 0 && (d.min == 0 || d.probe < d.min || now > d.minAt+bbrMinRTTWindow) {
		d.min, d.minAt = d.probe, d.probeAt
	}
}

// bbrAggregation is how much more comes at once than the rate lets expect, as
// receivers and links acknowledge in batches (section 5.5.9).
type bbrAggregation struct {
	since     time.Duration // extra_acked_interval_start
	delivered int           // bytes since then
	slot      int64         // the round in which this half of the filter began
	largest   [2]int        // the largest excess in the last half and in this one
}

// extraRounds is the length of half of the filter, in rounds: ten in all (section
// 2.12). In Startup it is one round in all.
const extraRounds = 5

// acked takes in an acknowledgment.
func (e *bbrAggregation) acked(s *bbrSample, round, bw int64, cwnd int, full bool) {
	expected := volume(bw, s.now-e.since)
	if e.delivered <= expected {
		e.delivered, e.since, expected = 0, s.now, 0
	}
	e.delivered = bound(e.delivered + bound(s.Delivered))
	if !full && round > e.slot {
		e.largest, e.slot = [2]int{}, round
	} else if round-e.slot >= extraRounds {
		e.largest, e.slot = [2]int{e.largest[1], 0}, round
	}
	e.largest[1] = max(e.largest[1], min(e.delivered-expected, cwnd))
}

// size is extra_acked, in bytes.
func (e *bbrAggregation) size() int { return max(e.largest[0], e.largest[1]) }

// volume is what passes at a rate in a time, in bytes.
func volume(rate int64, d time.Duration) int {
	return int(min(float64(rate)*max(d.Seconds(), 0), maxWindow))
}
