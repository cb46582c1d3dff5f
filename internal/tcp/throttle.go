package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// throttlePeriod is the time over which challenge ACKs are counted (RFC 5961
// §7).
const throttlePeriod = 5 * time.Second

// A throttle bounds the acknowledgments that are sent only because of what
// somebody else may have made up, or that could answer each other for ever.
type throttle struct {
	limit int
	since clock.Time
	sent  int
}

// allow reports whether one more may be sent now.
func (t *throttle) allow(now clock.Time) bool {
	if t.sent == 0 || now.Sub(t.since) >= throttlePeriod {
		t.since, t.sent = now, 0
	}
	if t.sent >= t.limit {
		return false
	}
	t.sent++
	return true
}
