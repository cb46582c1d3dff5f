package congestion

import (
	"testing"
	"time"
)

// bbrPath is 100 Mbit/s and 20 ms: it holds 250 segments, and its queue 500.
var bbrPath = path{rate: 12.5e6, rtt: 20 * ms, queue: 500000}

// until runs the flow until BBR is in a state, and fails after a minute.
func until(t *testing.T, f *flow, b *BBR, state bbrState) {
	t.Helper()
	for end := f.now + time.Minute; b.state != state; {
		if f.step(); f.now > end {
			t.Fatalf("state %d is not reached from %d in a minute", state, b.state)
		}
	}
}

// Appendix A.1 and A.3 of the draft.
func TestBBRFindsTheRateAndDrainsTheQueue(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrDrain)
	within(t, "max_bw", float64(b.bw.max()), bbrPath.rate, 0.02)
	if !b.full.reached || !b.full.now {
		t.Errorf("Startup is over without a full pipe: %+v", b.full)
	}
	if f.now > 500*ms {
		t.Errorf("Startup takes %v", f.now)
	}
	until(t, f, b, bbrCruise)
	if f.flight > b.inflight(b.bw.used(), 1) {
		t.Errorf("Drain is over with %d in flight, want what the path holds, %d", f.flight, b.inflight(b.bw.used(), 1))
	}
	within(t, "min_rtt", b.rtt.min.Seconds(), bbrPath.rtt.Seconds(), 0.01)
}

// In the long run the link is used to at least 95 %, and its queue is short.
func TestBBRFillsALinkWithoutAQueue(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	f.run(2 * time.Second)
	var sum time.Duration
	var n int
	f.watch = func() { sum, n = sum+f.srtt, n+1 }
	within(t, "the throughput", float64(f.run(32*time.Second))/30, bbrPath.rate, 0.05)
	if mean := sum / time.Duration(n); mean > 25*ms {
		t.Errorf("the round trip is %v on average, want about %v", mean, bbrPath.rtt)
	}
	if f.lost > 0 || f.timeouts > 0 {
		t.Errorf("%d bytes are lost, %d timeouts", f.lost, f.timeouts)
	}
}

// The design goal: losses of 1 % at random leave most of the rate, where Reno has
// a fiftieth of it.
func TestBBRBearsRandomLoss(t *testing.T) {
	p := bbrPath
	p.random = 0.01
	rate := func(c Controller) float64 {
		f := newFlow(c, p)
		f.run(5 * time.Second)
		return float64(f.run(35*time.Second)) / 30
	}
	bbr, reno := rate(NewBBR(1)), rate(new(Reno))
	if bbr < 0.75*p.rate {
		t.Errorf("BBR reaches %.3g B/s of %.3g, want three quarters", bbr, p.rate)
	}
	if bbr < 10*reno {
		t.Errorf("BBR reaches %.3g B/s and Reno %.3g, want ten times as much", bbr, reno)
	}
	b := NewBBR(1)
	newFlow(b, p).run(5 * time.Second)
	within(t, "min_rtt", b.rtt.min.Seconds(), p.rtt.Seconds(), 0.01)
}

// ProbeBW goes through its states in order (section 5.3.3).
func TestBBRCycles(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	for range 3 {
		for _, state := range []bbrState{bbrDown, bbrCruise, bbrRefill, bbrUp} {
			until(t, f, b, state)
		}
	}
}

// Which of two probes comes first depends on the seed alone.
func TestBBRIsDeterministic(t *testing.T) {
	trace := func(seed uint64) (states []time.Duration) {
		b := NewBBR(seed)
		f := newFlow(b, bbrPath)
		for range 4 {
			until(t, f, b, bbrUp)
			until(t, f, b, bbrDown)
			states = append(states, f.now)
		}
		return states
	}
	a, again, other := trace(1), trace(1), trace(2)
	var differ bool
	for i := range a {
		if a[i] != again[i] {
			t.Errorf("the probes end at %v and at %v with the same seed", a, again)
		}
		differ = differ || a[i] != other[i]
	}
	if !differ {
		t.Errorf("the probes end at %v with either seed", a)
	}
}

// Appendix A.10: ProbeRTT comes after five seconds, halves the flight, lasts
// 200 ms and a round trip, and gives the window back.
func TestBBRProbesTheRoundTrip(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrProbeRTT)
	if f.now < bbrProbeRTTInterval || f.now > 2*bbrProbeRTTInterval {
		t.Errorf("ProbeRTT begins after %v", f.now)
	}
	began, before := f.now, b.priorCwnd
	within(t, "the window", float64(b.Window()), bbrProbeRTTGain*float64(b.bdp(b.bw.used(), 1)), 0.01)
	until(t, f, b, bbrCruise)
	if d := f.now - began; d < bbrProbeRTTTime || d > bbrProbeRTTTime+4*bbrPath.rtt {
		t.Errorf("ProbeRTT lasts %v", d)
	}
	if b.Window() < before/2 {
		t.Errorf("the window is %d, want near %d again", b.Window(), before)
	}
}

// The largest rate of ProbeRTT says nothing about the path, so max_bw survives
// many of them.
func TestBBRForgetsNoRateInProbeRTT(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	for range 5 {
		until(t, f, b, bbrProbeRTT)
		until(t, f, b, bbrCruise)
		within(t, "max_bw", float64(b.bw.max()), bbrPath.rate, 0.05)
	}
}

// Appendix A.15 and A.16: the model follows the path.
func TestBBRFollowsTheRateOfThePath(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	f.run(5 * time.Second)
	f.path.rate /= 10
	f.run(25 * time.Second)
	within(t, "max_bw of the slower path", float64(b.bw.max()), f.path.rate, 0.05)
	f.path.rate *= 10
	f.run(60 * time.Second)
	within(t, "max_bw of the faster path", float64(b.bw.max()), f.path.rate, 0.05)
}

// Where the queue is short, probing loses data, and the flight that did is
// remembered (section 5.5.10.2).
func TestBBRRemembersWhatWasTooMuch(t *testing.T) {
	p := bbrPath
	p.queue = 50000
	b := NewBBR(1)
	f := newFlow(b, p)
	f.run(20 * time.Second)
	if b.inflightLong == bbrUnbounded {
		t.Fatal("nothing is remembered")
	}
	if b.inflightLong < 200000 || b.inflightLong > 350000 {
		t.Errorf("inflight_longterm is %d, want what the path and its queue hold, 300000", b.inflightLong)
	}
	lost := f.lost
	within(t, "the throughput", float64(f.run(50*time.Second))/30, p.rate, 0.1)
	if rate := float64(f.lost-lost) / (30 * p.rate); rate > 0.02 {
		t.Errorf("%.3g of the data are lost, want at most 2 %%", rate)
	}
}

// Section 5.5.10.3: a round with losses lowers the short-term bounds to what was
// delivered, and the next probe forgets them.
func TestBBRSlowsDownForAWhileAfterALoss(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrCruise)
	f.path.every = 100
	f.run(f.now + 200*ms)
	if b.bw.short >= b.bw.max() || b.inflightShort == bbrUnbounded {
		t.Errorf("losses leave the bounds at %d and %d", b.bw.short, b.inflightShort)
	}
	if float64(b.bw.short) < 0.5*bbrPath.rate {
		t.Errorf("losses of 1 %% lower the rate to %d", b.bw.short)
	}
	f.path.every = 0
	until(t, f, b, bbrRefill)
	if b.bw.used() != b.bw.max() || b.inflightShort != bbrUnbounded {
		t.Errorf("a probe begins with the bounds at %d and %d", b.bw.short, b.inflightShort)
	}
}

// Appendix A.18: a spurious recovery in ProbeBW_UP leaves nothing behind.
func TestBBRUndoGoesOnProbing(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrUp)
	long, short := b.inflightLong, b.inflightShort
	s := b.sample(f.now, &Ack{Lost: 100 * mss, Delivered: mss, Rate: Sample{Delivered: 250 * mss, Interval: 20 * ms, Lost: 100 * mss, TxFlight: 300 * mss}})
	b.Congested(f.now, Loss, 300*mss)
	b.checkLoss(&s)
	if b.state != bbrDown || b.inflightLong != 300*mss {
		t.Fatalf("a loss of 40 %% leads to state %d and inflight_longterm %d", b.state, b.inflightLong)
	}
	b.Recovered(f.now, 300*mss) // and only then is it known
	b.Undo(f.now)
	if b.state != bbrRefill || b.inflightLong != long || b.inflightShort != short {
		t.Errorf("after Undo: state %d, bounds %d and %d, want %d, %d, %d", b.state, b.inflightLong, b.inflightShort, bbrRefill, long, short)
	}
}

// Appendix A.19: so does a spurious timeout.
func TestBBRUndoOfATimeoutRestoresTheWindow(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrCruise)
	before := b.Window()
	b.TimedOut(f.now, f.flight, false)
	b.TimedOut(f.now, mss, true)
	wantWindow(t, b, 1, "a timeout leaves one segment")
	b.Undo(f.now)
	if b.Window() != before {
		t.Errorf("after Undo the window is %d, want %d", b.Window(), before)
	}
}

// A mark is an answer of the path to what was tried: it ends Startup, and
// ProbeBW_UP.
func TestBBRHeedsMarks(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	f.run(100 * ms)
	b.Congested(f.now, ECN, f.flight)
	f.run(f.now + 50*ms)
	if b.state == bbrStartup {
		t.Error("Startup goes on after a mark")
	}
	until(t, f, b, bbrUp)
	b.Congested(f.now, ECN, 260*mss)
	if b.state != bbrDown || b.inflightLong != 260*mss {
		t.Errorf("a mark leads to state %d and inflight_longterm %d", b.state, b.inflightLong)
	}
}

// Section 5.4.1 and appendix A.11: after a silence data go out at the measured
// rate, and the silence has been a look at the round trip.
func TestBBRRestartsAtItsRateAfterASilence(t *testing.T) {
	b := NewBBR(1)
	f := newFlow(b, bbrPath)
	until(t, f, b, bbrDown)
	b.Sent(f.now+10*time.Second, mss, 0)
	within(t, "the pace", float64(b.PacingRate()), 0.99*float64(b.bw.used()), 1e-6)
	b.Acked(f.now+11*time.Second, &Ack{Acked: mss, Delivered: mss, RTT: 21 * ms, SRTT: 20 * ms, Rate: Sample{
		Delivered: mss, Interval: 21 * ms, PriorDelivered: f.delivered, TotalDelivered: f.delivered + mss, TxFlight: mss, AppLimited: true,
	}})
	if b.state == bbrProbeRTT {
		t.Error("ProbeRTT begins after a silence")
	}
	if b.rtt.min != 21*ms {
		t.Errorf("min_rtt is %v, want that after the silence", b.rtt.min)
	}
}

// Before there is a round trip, the pace is that of the initial window in a
// millisecond; then in the round trip (section 5.6.2).
func TestBBRPacesFromTheStart(t *testing.T) {
	b := NewBBR(1)
	b.Init(0, mss)
	within(t, "the pace", float64(b.PacingRate()), 2.77*10*mss*1000, 1e-6)
	b.Acked(100*ms, &Ack{Acked: mss, Delivered: mss, RTT: 100 * ms, SRTT: 100 * ms, Rate: Sample{
		Delivered: mss, Interval: 100 * ms, TotalDelivered: mss, TxFlight: 10 * mss,
	}})
	within(t, "the pace with a round trip", float64(b.PacingRate()), 2.77*10*mss*10, 1e-6)
}
