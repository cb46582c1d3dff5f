package lastack

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
)

// A Report tells of something that does not end the connection (ERROR_REPORT,
// §3.9.1.8). One of its fields is set.
type Report struct {
	// Err is what an ICMP error said (§3.9.2.2), or that data was sent again
	// three times and the peer does not answer (§3.8.3).
	Err error
	// Urgent is how many bytes, from the next to be read on, are urgent: the
	// peer's urgent pointer has moved (§3.8.5).
	Urgent int
}

// SetReport has f told what happens to the connection without ending it
// (MUST-47, MUST-32, SHLD-9, SHLD-25). nil, the default, turns that off
// (SHLD-20). Calls come one at a time, and while they last the stack's packets
// wait; nothing is locked, so that f may use the connection. After Close there
// are no more.
func (c *Conn) SetReport(f func(Report)) error {
	return c.set(func(clock.Time) { c.report = f })
}

// reportChange notes the report that a change calls for.
func (c *Conn) reportChange(w tcp.Wake) {
	f := c.report
	if f == nil || w&(tcp.WakeTrouble|tcp.WakeUrgent) == 0 {
		return
	}
	var r Report
	if w&tcp.WakeTrouble != 0 {
		r.Err = c.core.Info().Trouble
	} else {
		r.Urgent = c.core.Urgent()
	}
	c.s.events.reports = append(c.s.events.reports, func() { f(r) })
}
