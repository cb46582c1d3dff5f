package stack

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
)

// Timer is when a timer of the connection fires, clock.Never if it is off.
func (c *Conn) Timer(k tcp.Timer) clock.Time { return c.tcp.Timer(k) }

// Queues is how many connections are half-open at the listener, how many wait
// for Accept, and how many may.
func (l *Listener) Queues() (halfOpen, waiting, backlog int) {
	return l.halfOpen.n, l.accept.n, l.backlog
}
