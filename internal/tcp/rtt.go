package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// rttEstimator computes the retransmission timeout (RFC 6298).
type rttEstimator struct {
	cfg           *Config
	SRTT, RTTVAR  time.Duration
	RTO           time.Duration
	backoff       uint // how often RTO is doubled
	timing        bool // one sequence number at a time is timed
	timed         seq.Num
	timedAt       clock.Time
	retransmitted bool // a SYN was sent again: see synDone
}

func (e *rttEstimator) init(cfg *Config) {
	*e = rttEstimator{cfg: cfg, RTO: cfg.InitialRTO}
}

// sent starts timing the segment that ends at end, unless one is being timed.
func (e *rttEstimator) sent(now clock.Time, end seq.Num) {
	if !e.timing {
		e.timing, e.timed, e.timedAt = true, end, now
	}
}

// forget stops timing: what is sent twice cannot be timed (Karn's algorithm,
// MUST-18).
func (e *rttEstimator) forget() { e.timing = false }

// sample takes in one round-trip time (RFC 6298 §2.2, §2.3).
func (e *rttEstimator) sample(rtt time.Duration) {
	if e.SRTT == 0 {
		e.SRTT, e.RTTVAR = max(rtt, 1), rtt/2
	} else {
		e.RTTVAR += ((e.SRTT - rtt).Abs() - e.RTTVAR) / 4
		e.SRTT += (rtt - e.SRTT) / 8
	}
	e.RTO = min(max(e.SRTT+4*e.RTTVAR, e.cfg.MinRTO), e.cfg.MaxRTO)
	e.backoff = 0
}

// orElse is the smoothed round-trip time; while there is none, the timeout, which
// is more.
func (e *rttEstimator) orElse() time.Duration {
	if e.SRTT != 0 {
		return e.SRTT
	}
	return e.RTO
}

// timeout is the RTO with its back-off (RFC 6298 §5.5).
func (e *rttEstimator) timeout() time.Duration {
	if e.backoff > 20 {
		return e.cfg.MaxRTO
	}
	return min(e.RTO<<e.backoff, e.cfg.MaxRTO)
}

// synDone is called when the handshake ends without a sample: if a SYN was lost
// the timeout starts at 3 s (RFC 6298 §5.7).
//
// Deviation: a sample that timestamps gave although a SYN was lost is good, and
// is used.
func (e *rttEstimator) synDone() {
	if e.retransmitted && e.SRTT == 0 {
		e.RTO = max(e.RTO, 3*time.Second)
		e.backoff = 0
	}
}

// measure takes a round-trip time from an acknowledgment that is new: of the
// timed segment, or else by the timestamp that it echoes (RFC 7323 §4).
func (c *Conn) measure(now clock.Time, seg *wire.Segment) {
	e := &c.rtt
	switch {
	case e.timing && !seg.Ack.Before(e.timed):
		e.timing = false
		e.sample(now.Sub(e.timedAt))
	case !e.timing && c.tcb.Opts.TS && seg.Opts.HasTS && seg.Opts.TSEcr != 0:
		if ms := int32(c.tsNow(now) - seg.Opts.TSEcr); ms >= 0 {
			e.sample(time.Duration(ms) * time.Millisecond)
		}
	}
}
