package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// paceBurst is how much time's worth of data goes out together when the
// congestion control sets a pace: a timer for each segment would cost more than
// smoothness gains.
const paceBurst = time.Millisecond

// paceLate is how late a pause may end and what was not sent meanwhile still
// go out at once. Timers are late by a millisecond or so, and busy machines by
// more: if that were lost with every pause the pace would be half of what it
// should be, and a congestion control that measures what it delivers would
// believe that the path is no faster.
const paceLate = 4 * time.Millisecond

// A pacer spreads what is sent in time. What goes out together is a burst of
// 1 ms, or two segments; then there is a pause until it is paid for.
type pacer struct {
	next clock.Time // when all that went out is paid for
	held bool       // something waits for that, or has, and lateness is not made up for yet
}

// ready reports whether something may go out now; burst is how far ahead.
func (p *pacer) ready(now clock.Time, burst time.Duration) bool {
	return !p.next.After(now.Add(burst))
}

// sent notes that n bytes went out, at so many bytes per second.
func (p *pacer) sent(now clock.Time, n int, rate int64) {
	from := now
	if p.held {
		from = now.Add(-paceLate)
	}
	p.next = max(p.next, from).Add(paceTime(n, rate))
	p.held = p.held && p.next.Before(now)
}

// paceTime is how long n bytes take at a rate in bytes per second.
func paceTime(n int, rate int64) time.Duration {
	return time.Duration(int64(n) * int64(time.Second) / rate)
}

// paced reports whether text has to wait for the pace, and sets the timer for it.
func (c *Conn) paced(now clock.Time) bool {
	rate := c.cc.PacingRate()
	if rate == 0 || c.pace.ready(now, max(paceBurst, paceTime(2*c.mss(), rate))-paceTime(c.mss(), rate)) {
		return false
	}
	c.pace.held = true
	c.timers.arm(TimerPace, c.pace.next)
	return true
}
