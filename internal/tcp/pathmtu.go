package tcp

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// What connects a connection to the search for its path MTU, which is in
// mtusearch.go.

// PathMTU takes in the largest IP packet that the path carries, in bytes, as a
// router says about one of our packets. What was sent in larger ones goes out
// again at once (RFC 1191 §6.5).
func (c *Conn) PathMTU(now clock.Time, mtu int) {
	s := &c.search
	switch {
	case mtu < c.params.MTU:
		s.lowered(now)
		c.setMTU(mtu)
	case s.size > mtu: // about a trial (RFC 8899 §4.6.1)
		c.news = s.tooLarge(now, c.params.MTU, mtu)
		s.halve = false
	default:
		return
	}
	if c.tcb.synAcked() && c.tcb.State.Synchronized() {
		c.loss.Again(c.tcb.Snd.Nxt, c.mss())
	}
	c.rearm(now)
}

// LimitMTU takes in what another connection on the same path has learnt. What is
// out may still arrive.
func (c *Conn) LimitMTU(now clock.Time, mtu int) {
	if mtu < c.params.MTU {
		c.search.lowered(now)
		c.setMTU(mtu)
		c.rearm(now)
	}
}

// FoundMTU is the path MTU that a search has just found, told once.
func (c *Conn) FoundMTU() (mtu int, ok bool) {
	ok, c.news = c.news, false
	return c.params.MTU, ok
}

// setMTU makes segments for packets of mtu bytes from now on.
func (c *Conn) setMTU(mtu int) {
	c.params.MTU = mtu
	c.cc.SetMSS(c.mss())
	c.loss.SetMSS(c.mss())
}

// largestPacket is the largest that our link and the peer can take.
func (c *Conn) largestPacket() int {
	return min(c.params.LinkMTU, c.tcb.Opts.SndMSS+c.params.headers())
}

// textIn is how much text fits a packet.
func (c *Conn) textIn(packet int) int {
	n := packet - c.params.headers()
	if c.tcb.Opts.TS {
		n -= tsOption
	}
	return max(n, 1)
}

// mss is the effective send MSS: how much text fits a segment (MUST-16).
func (c *Conn) mss() int {
	return c.textIn(min(c.tcb.Opts.SndMSS+c.params.headers(), c.params.MTU))
}

// startSearch is called when the connection is established.
func (c *Conn) startSearch(now clock.Time) {
	if c.cfg.MTUProbing == ProbeAlways && c.params.MTU > basePacket {
		c.search.raiseAt = now
		c.setMTU(basePacket)
	}
}

// suspectBlackHole makes packets smaller when several timeouts in a row may be due
// to their size: a router drops them and does not say so (RFC 4821 §7.7).
func (c *Conn) suspectBlackHole(now clock.Time) {
	smaller := below(c.params.MTU, c.params.IPv6)
	full := min(c.tcb.Snd.Nxt.Sub(c.tcb.Snd.Una), c.mss()) > c.textIn(smaller)
	if c.cfg.MTUProbing != ProbeNever && full && c.timers.tries%blackHoleTries == 0 {
		c.search.holed(now)
		c.setMTU(smaller)
	}
}

// trialText is how much text the next segment carries if it is to be a trial, and 0
// if not. A trial is made of what is queued anyway, if there is enough to follow
// it. It may have to wait for its place in the peer's window: what is out will be acknowledged.
func (c *Conn) trialText(now clock.Time) (n int, wait bool) {
	s := &c.search
	if s.raiseAt.After(now) || s.size != 0 {
		return 0, false
	}
	if c.cfg.MTUProbing == ProbeNever || !c.tcb.Opts.SACK || c.cfg.NoRACK {
		c.raise(now)
		return 0, false
	}
	if !s.on {
		s.begin(c.largestPacket())
	}
	if s.high-c.params.MTU < closeEnough {
		s.on, s.raiseAt = false, clock.Never
		return 0, false
	}
	snd := &c.tcb.Snd
	n = c.textIn(s.next(c.params.MTU))
	need := n + afterTrial*c.mss()
	if min(c.Unsent(), c.cc.Window(), int(snd.Wnd)) < need || !c.loss.MayTry() {
		return 0, false
	}
	return n, snd.Una.Add(int(snd.Wnd)).Sub(snd.Nxt) < need
}

// sentTrial notes that seg, which goes out now, is a trial.
func (c *Conn) sentTrial(seg *wire.Segment) {
	c.search.size = c.search.next(c.params.MTU)
	c.loss.Try(seg.Seq, seg.End())
}

// raise ends the belief in what a router, or a row of timeouts, said long ago,
// where there are no trials: should it still hold, it will be said again (RFC 1191
// §6.3).
func (c *Conn) raise(now clock.Time) {
	if s := &c.search; s.hole {
		s.lowered(now)
		return
	}
	c.search.raiseAt = clock.Never
	c.setMTU(c.largestPacket())
}

// followTrial draws the conclusion when it is known what has become of a trial.
func (c *Conn) followTrial(now clock.Time) {
	s := &c.search
	if s.size == 0 {
		return
	}
	switch arrived, failed := c.loss.Tried(); {
	case arrived:
		c.setMTU(s.size)
		s.arrived(now)
		c.news = true
	case failed:
		c.news = s.failed(now, c.params.MTU)
	}
}
