package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/seq"
)

// rttEstimator computes the retransmission timeout (RFC 6298).
type rttEstimator struct {
	cfg           *Config
	SRTT, RTTVAR  time.Duration
	RTO           time.Duration
	backoff       uint    // how often RTO is doubled
	timed         seq.Num // an acknowledgment up to here or beyond gives the next sample
	retransmitted bool    // a SYN was sent again: see synDone
}

func (e *rttEstimator) init(cfg *Config) {
	*e = rttEstimator{cfg: cfg, RTO: cfg.InitialRTO}
}

// sample takes in one round-trip time (RFC 6298 §2.2, §2.3).
func (e *rttEstimator) sample(rtt time.Duration) {
	if e.SRTT == 0 {
		e.SRTT, e.RTTVAR = max(rtt, 1), rtt/2
	} else {
		e.RTTVAR += ((e.SRTT - rtt).Abs() - e.RTTVAR) / 4
		e.SRTT += (rtt - e.SRTT) / 8
	}
	e.RTO = min(max(e.SRTT+max(4*e.RTTVAR, minVariance), e.cfg.MinRTO), e.cfg.MaxRTO)
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

// minVariance is the least that the timeout adds to the round trip: the G of RFC
// 6298 §2.3. On a path whose round trip never varies, a delayed acknowledgment
// would otherwise be taken for a loss.
const minVariance = 100 * time.Millisecond

// spurious says that the last timeout was for nothing: there is no back-off, and
// the timeout grows by half, so that the next is not for nothing too (RFC 4015 §3.2).
func (e *rttEstimator) spurious() {
	e.backoff = 0
	e.RTO = min(e.RTO+e.RTO/2, e.cfg.MaxRTO)
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
