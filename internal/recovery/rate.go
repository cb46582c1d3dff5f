package recovery

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
)

// A stamp is how a delivery stood when a record went out
// (draft-ietf-ccwg-bbr-06, section 4.1.2). Sizes are in bytes.
type stamp struct {
	delivered   int64      // delivered in all
	lost        int64      // held lost in all
	deliveredAt clock.Time // when something was last delivered
	firstSent   clock.Time // when what is being delivered began to be sent
	flight      int32      // in the network, this record included
	appLimited  bool       // there was too little to send
}

// A sampler measures how fast data are delivered.
type sampler struct {
	stamp              // as things stand now
	limitedUntil int64 // until so much is delivered, samples are limited by the application; 0: they are not

	newest *stamp // of the newest record delivered by the acknowledgment in hand
	held   stamp  // what newest points to
	sentAt clock.Time
	rate   int64 // to show, in bytes per second: the last that the application did not limit, or a higher one
}

// stampFor is the stamp of n bytes that go out now, with flight bytes in the
// network before.
func (s *sampler) stampFor(now clock.Time, n, flight int) stamp {
	if flight == 0 {
		s.firstSent, s.deliveredAt = now, now
	}
	out := s.stamp
	out.flight, out.appLimited = int32(flight+n), s.limitedUntil > 0
	return out
}

// deliver takes in a record that an acknowledgment delivers.
func (s *sampler) deliver(now clock.Time, r *record) {
	s.delivered += int64(r.len())
	s.deliveredAt = now
	if s.newest == nil || r.stamp.delivered > s.newest.delivered || r.stamp.delivered == s.newest.delivered && r.sent > s.sentAt {
		s.held, s.sentAt = r.stamp, r.sent
		s.newest = &s.held
		s.firstSent = r.sent
	}
}

// sample is what the acknowledgment in hand measures. What is shorter than the
// shortest round trip is no measurement: acknowledgments were held up.
func (s *sampler) sample(now clock.Time, minRTT time.Duration) (out congestion.Sample) {
	if s.limitedUntil > 0 && s.delivered > s.limitedUntil {
		s.limitedUntil = 0
	}
	if s.newest == nil {
		return out
	}
	was := s.held
	s.newest = nil
	interval := max(s.sentAt.Sub(was.firstSent), now.Sub(was.deliveredAt))
	if interval < minRTT || interval <= 0 {
		return out
	}
	out = congestion.Sample{
		Delivered: int(s.delivered - was.delivered), Lost: int(s.lost - was.lost), Interval: interval,
		PriorDelivered: was.delivered, TotalDelivered: s.delivered,
		TxFlight: int(was.flight), AppLimited: was.appLimited,
	}
	if rate := perSecond(out.Delivered, interval); !out.AppLimited || rate > s.rate {
		s.rate = rate
	}
	return out
}

// limit notes that the application has nothing more to send, though flight bytes
// in the network leave room.
func (s *sampler) limit(flight int) { s.limitedUntil = max(s.delivered+int64(flight), 1) }

// perSecond is n bytes in d as bytes per second.
func perSecond(n int, d time.Duration) int64 {
	return int64(float64(n) / d.Seconds())
}
