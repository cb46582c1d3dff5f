package sim

import (
	"math"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// CoDel is the active queue management of RFC 8289: it looks at how long packets
// have waited, not at how many there are.
type CoDel struct {
	Target   time.Duration // a standing queue may delay packets by this much; 0: no CoDel. RFC 8289 §4.3 says 5 ms
	Interval time.Duration // how long it may be longer; 0 stands for 100 ms (RFC 8289 §4.3)
	ECN      bool          // mark packets that are ECN-capable instead of dropping them (RFC 3168 §5)
}

// interval is Interval or its default.
func (c CoDel) interval() time.Duration {
	if c.Interval == 0 {
		return 100 * time.Millisecond
	}
	return c.Interval
}

// codel is the state of a queue under CoDel, with the names of RFC 8289 §5.
type codel struct {
	dropping   bool
	firstAbove clock.Time // when the delay will have been above the target for an interval; 0: it is not above
	dropNext   clock.Time // when to drop the next packet, while dropping
	count      int        // packets dropped since dropping began
	lastCount  int        // count when it last began
}

// controlLaw is when to drop the next packet after t: the more have been
// dropped, the sooner (RFC 8289 §5.4).
func (c *codel) controlLaw(t clock.Time, interval time.Duration) clock.Time {
	return t.Add(time.Duration(float64(interval) / math.Sqrt(float64(c.count))))
}

// codelTake takes the first packet, and tells whether packets have waited too
// long for an interval (RFC 8289 §5.5).
func (d *Direction) codelTake() (p *Packet, tooLong bool) {
	c, now := &d.line.codel, d.sim.now
	if p = d.dequeue(); p == nil {
		c.firstAbove = 0
		return nil, false
	}
	if now.Sub(p.queued) < d.Queue.CoDel.Target || d.line.bytes <= d.sim.mtu {
		c.firstAbove = 0
		return p, false
	}
	if c.firstAbove == 0 {
		c.firstAbove = now.Add(d.Queue.CoDel.interval())
		return p, false
	}
	return p, !now.Before(c.firstAbove)
}

// codelNext takes the packet that is sent next, and drops or marks as many as
// CoDel says (RFC 8289 §5.6).
func (d *Direction) codelNext() *Packet {
	c, now, interval := &d.line.codel, d.sim.now, d.Queue.CoDel.interval()
	p, tooLong := d.codelTake()
	if !c.dropping && tooLong {
		p, _, _ = d.signal(p)
		c.begin(now, interval)
		return p
	}
	c.dropping = c.dropping && tooLong
	for marked := false; c.dropping && !marked && !now.Before(c.dropNext); {
		c.count++
		p, tooLong, marked = d.signal(p)
		if c.dropping = tooLong; tooLong {
			c.dropNext = c.controlLaw(c.dropNext, interval)
		}
	}
	return p
}

// begin starts a time of dropping. If the last one is not long over, it goes on
// at the rate that it had come to.
func (c *codel) begin(now clock.Time, interval time.Duration) {
	delta := c.count - c.lastCount
	c.dropping, c.count = true, 1
	if delta > 1 && now.Sub(c.dropNext) < 16*interval {
		c.count = delta
	}
	c.dropNext = c.controlLaw(now, interval)
	c.lastCount = c.count
}

// signal tells the sender of a packet that the queue is too long: it marks the
// packet, which then is the one to send, or drops it and takes the next.
func (d *Direction) signal(p *Packet) (next *Packet, tooLong, marked bool) {
	if d.Queue.CoDel.ECN && p.capable() {
		d.Stats.Marked++
		p.mark()
		return p, true, true
	}
	d.Stats.AQMDrops++
	d.discard(p, droppedByAQM)
	next, tooLong = d.codelTake()
	return next, tooLong, false
}
