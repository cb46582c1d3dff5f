package congestion

import "time"

// Constants of BBR (draft-ietf-ccwg-bbr-06, section 2).
const (
	bbrStartupGain  = 2.77 // StartupPacingGain: lets the rate double each round (2.5)
	bbrDrainGain    = 0.5  // DrainPacingGain: empties the queue of Startup in a round (2.5)
	bbrDownGain     = 0.9  // pacing gain of ProbeBW_DOWN (5.3.3.1)
	bbrUpGain       = 1.25 // pacing gain of ProbeBW_UP (5.3.3.5)
	bbrCwndGain     = 2.0  // DefaultCwndGain (2.6)
	bbrUpCwndGain   = 2.25 // congestion window gain of ProbeBW_UP (5.3.3.5)
	bbrProbeRTTGain = 0.5  // ProbeRTTCwndGain (2.16.2)

	bbrMargin      = 1  // PacingMarginPercent: hundredths that the pace stays below the rate (2.5)
	bbrLossThresh  = 2  // LossThresh: hundredths of a round's data that may be lost while probing (2.8)
	bbrBeta        = 70 // Beta: hundredths that a round with losses leaves at least (2.8)
	bbrHeadroom    = 15 // Headroom: hundredths of inflight_longterm left to others (2.8)
	bbrMinPipe     = 4  // MinPipeCwnd, in segments (2.8)
	bbrFullRounds  = 3  // rounds without growth that show that the pipe is full (5.3.1.2)
	bbrDrainRounds = 3  // rounds that Drain lasts at most (5.3.2)
	bbrLossEvents  = 6  // StartupFullLossCnt: ranges lost in a round that end Startup (5.3.1.3)

	bbrProbeRTTTime     = 200 * time.Millisecond // ProbeRTTDuration (2.16.2)
	bbrProbeRTTInterval = 5 * time.Second        // ProbeRTTInterval (2.16.2)
	bbrMinRTTWindow     = 10 * time.Second       // MinRTTFilterLen (2.16.1)

	bbrUnbounded     = maxWindow // an inflight bound that is not set: Infinity, in bytes
	bbrUnboundedRate = 1 << 62   // a rate bound that is not set: Infinity, in bytes per second
)

// A bbrState is a state of BBR's machine (section 5.1.1).
type bbrState uint8

// The states.
const (
	bbrStartup  bbrState = iota // doubles the rate until the pipe is full
	bbrDrain                    // empties the queue that this has made
	bbrDown                     // ProbeBW_DOWN: sends slower than it could
	bbrCruise                   // ProbeBW_CRUISE: sends as fast as data are delivered
	bbrRefill                   // ProbeBW_REFILL: fills the pipe, for a round
	bbrUp                       // ProbeBW_UP: sends faster, to see whether that arrives
	bbrProbeRTT                 // ProbeRTT: keeps little in flight, to see the path's own delay
)

// BBR is the congestion control of draft-ietf-ccwg-bbr-06, known as BBRv3. It does
// not wait for losses: it measures at which rate data are delivered and how long
// the path alone takes, and sends at that rate with about as much in flight as
// fits. Now and then it tries more, and less. Losses and congestion marks lower
// the bounds within which it works.
//
// Where the draft asks about each lost packet, a Controller hears of losses with
// an acknowledgment, and so takes the flight of the newest segment that this one
// delivers (section 5.5.10.2). The draft leaves the answer
// to congestion marks open (section 3.7): here a mark that is echoed counts as too
// much loss.
type BBR struct {
	mss     int
	initial int // the first window, in bytes
	state   bbrState
	random  uint64 // the pseudo-random sequence

	cwnd      int   // in bytes
	priorCwnd int   // the last good one, before a recovery or ProbeRTT
	rate      int64 // C.pacing_rate, in bytes per second
	measured  bool  // the pace stands on a round trip, not on a guess

	round  bbrRounds
	full   bbrFullPipe
	bw     bbrRates
	rtt    bbrDelay
	extra  bbrAggregation
	cycle  bbrCycle
	signal bbrSignals
	undo   bbrUndo

	inflightLong  int // inflight_longterm: what was too much, last time
	inflightShort int // inflight_shortterm: what seems safe now

	recovering bool // a recovery is on
	idling     bool // idle_restart: sending begins again, until something is delivered
	drainRound int64
}

// NewBBR is a BBR whose waiting times vary by the seed: the same seed gives the
// same behaviour.
func NewBBR(seed uint64) *BBR { return &BBR{random: seed} }

// Init starts in Startup with ten segments (section 5.2.1).
func (b *BBR) Init(now time.Duration, mss int) {
	*b = BBR{mss: mss, random: b.random ^ uint64(now)}
	b.initial = initialWindow(mss)
	b.cwnd = b.initial
	b.inflightLong, b.inflightShort = bbrUnbounded, bbrUnbounded
	b.bw.short = bbrUnboundedRate
	b.cycle.perSegment = bbrUnbounded
	b.rtt.minAt, b.rtt.probeAt, b.extra.since = now, now, now
	b.rate = b.initialRate(time.Millisecond)
}

// Inherit starts in Startup too, but with the window and the round trip that
// are known.
func (b *BBR) Inherit(now time.Duration, l Legacy) {
	b.initial = max(bound(l.Window), b.mss)
	b.cwnd = b.initial
	if l.SRTT > 0 {
		b.rate, b.measured = b.initialRate(l.SRTT), true
	}
	b.rtt.seen(now, l.MinRTT)
}

// SetMSS changes the size of a segment.
func (b *BBR) SetMSS(mss int) { b.mss, b.cwnd = mss, max(b.cwnd, mss) }

// Window is cwnd.
func (b *BBR) Window() int { return b.cwnd }

// Threshold is how much the path holds, once Startup has found its limits.
func (b *BBR) Threshold() int {
	if !b.full.reached {
		return noThreshold
	}
	return max(b.bdp(b.bw.used(), 1), b.mss)
}

// PacingRate is how fast to send: at least a segment a second, so that there
// always is something to learn from.
func (b *BBR) PacingRate() int64 { return max(b.rate, int64(b.mss)) }

// PRR is false: the window holds as it is, in a recovery too.
func (b *BBR) PRR() bool { return false }

// String is "bbr".
func (b *BBR) String() string { return "bbr" }

// Sent notices that sending begins again after a silence: in ProbeBW at the
// measured rate, as the pipe is empty (section 5.4.1).
func (b *BBR) Sent(now time.Duration, _, flight int) {
	if flight > 0 {
		return
	}
	b.idling, b.extra.since = true, now
	if b.probing() {
		b.pace(1)
	} else if b.state == bbrProbeRTT {
		b.endProbeRTT(now)
	}
}

// Acked updates the model of the path, the state, and then what follows from
// them (section 5.2.3).
func (b *BBR) Acked(now time.Duration, a *Ack) {
	s := b.sample(now, a)
	b.checkLoss(&s)
	if a.Delivered <= 0 {
		return
	}
	b.updateSignals(&s)
	b.extra.acked(&s, b.round.count, b.bw.used(), b.cwnd, b.full.reached)
	b.full.check(&s, b.round.start)
	b.leaveStartup(&s)
	b.leaveDrain(&s)
	b.updateCycle(&s)
	b.updateRTT(&s)
	b.signal.next(&s)
	b.control(&s)
}

// Congested notes that a recovery begins, which lowers no window by itself, or
// that marks were echoed.
func (b *BBR) Congested(now time.Duration, s Signal, flightSize int) {
	switch s {
	case Loss:
		b.undo.open = b.undo.open && b.signal.lost // the loss is known from an acknowledgment
		b.saveCwnd()
		b.noteLoss()
		b.recovering = true
	case ECN:
		b.marked(now, flightSize)
	}
}

// TimedOut starts over with one segment, for now: the model stays (section
// 5.6.4.4).
func (b *BBR) TimedOut(_ time.Duration, _ int, again bool) {
	if !again {
		b.saveCwnd()
		b.noteLoss()
	}
	b.cwnd, b.recovering = b.mss, false
}

// Recovered gives the window of before back; the model bounds it (section
// 5.6.4.4).
func (b *BBR) Recovered(time.Duration, int) {
	b.recovering, b.undo.open = false, false
	b.cwnd = max(b.cwnd, b.priorCwnd)
	b.boundCwnd()
}

// Idle changes nothing: Sent sees a silence of any length.
func (b *BBR) Idle(time.Duration, time.Duration) {}

// saveCwnd remembers the last good window (section 5.6.4.4).
func (b *BBR) saveCwnd() {
	if b.recovering || b.state == bbrProbeRTT {
		b.priorCwnd = max(b.priorCwnd, b.cwnd)
	} else {
		b.priorCwnd = b.cwnd
	}
}
