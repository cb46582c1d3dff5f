package sim

import (
	"math/rand/v2"
	"time"
)

// chance is the random numbers of one direction of a link: a stream for each
// use. A stream is not drawn from while its use is turned off.
type chance struct {
	loss, burst, duplicate, reorder, jitter, corrupt *rand.Rand

	bad   bool // the link is in a bad time
	count int  // packets since the last that Every lost
}

// chance makes the random numbers of the direction number n.
func (s *Sim) chance(n int) chance {
	return chance{
		loss: s.random(streamLoss, n), burst: s.random(streamBurst, n), duplicate: s.random(streamDuplicate, n),
		reorder: s.random(streamReorder, n), jitter: s.random(streamJitter, n), corrupt: s.random(streamCorrupt, n),
	}
}

// happens reports whether something with a chance happens now.
func happens(r *rand.Rand, chance float64) bool { return chance > 0 && r.Float64() < chance }

// lost reports whether the packet is lost by chance, in a bad time, or because
// it is the n-th.
func (d *Direction) lost() bool {
	unlucky := happens(d.chance.loss, d.Loss)
	return d.burstLoses() || d.nth() || unlucky
}

// nth reports whether the packet is one of those that Every loses.
func (d *Direction) nth() bool {
	if d.Every == 0 {
		return false
	}
	if d.chance.count++; d.chance.count < d.Every {
		return false
	}
	d.chance.count = 0
	return true
}

// burstLoses lets the link become good or bad, and reports whether it loses a
// packet because it is bad.
func (d *Direction) burstLoses() bool {
	c, b := &d.chance, d.Burst
	switch {
	case b.Begin == 0:
		c.bad = false
		return false
	case c.bad:
		c.bad = !happens(c.burst, b.End)
	default:
		c.bad = happens(c.burst, b.Begin)
	}
	return c.bad && (b.Loss == 0 || happens(c.burst, b.Loss))
}

func (d *Direction) duplicates() bool { return happens(d.chance.duplicate, d.Duplicate) }
func (d *Direction) reorders() bool   { return happens(d.chance.reorder, d.Reorder) }
func (d *Direction) corrupts() bool   { return happens(d.chance.corrupt, d.Corrupt) }

// jitter is how much longer than Delay the packet takes.
func (d *Direction) jitter() time.Duration {
	if d.Jitter <= 0 {
		return 0
	}
	return time.Duration(d.chance.jitter.Int64N(int64(d.Jitter) + 1))
}
