package tcp

import (
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// leastMSS bounds the peer's MSS option from below: a smaller one only makes us
// send more headers than text.
const leastMSS = 48

// negotiate takes over the options of the peer's SYN.
func (c *Conn) negotiate(now clock.Time, o *wire.Options) {
	n := &c.tcb.Opts
	if o.MSS != 0 {
		n.SndMSS = max(int(o.MSS), leastMSS)
	}
	n.WScale = o.HasWScale && !c.cfg.NoWindowScale
	if n.WScale {
		n.SndWShift, n.RcvWShift = o.WScale, c.windowShift()
	}
	n.SACK = o.SACKOK && !c.cfg.NoSACK
	if n.TS = o.HasTS && !c.cfg.NoTimestamps; n.TS {
		n.TSRecent, n.TSRecentAt = o.TSVal, now
	}
}

// windowShift is the shift count that lets the whole receive buffer be offered,
// as large as it may become (RFC 7323 §2.3).
func (c *Conn) windowShift() uint8 {
	shift := uint8(0)
	for maxWindow<<shift < c.recv.most && shift < 14 {
		shift++
	}
	return shift
}

// putOptions fills in the options of an outgoing segment (§3.7.1; RFC 7323
// §2.2, §3.2; RFC 2018 §2). Every SYN tells what the largest segment is that the link can bring
// (MUST-14, MUST-67, SHLD-5, MAY-3), and nothing else does (MUST-65). Beyond that
// a SYN,ACK offers only what the SYN did.
func (c *Conn) putOptions(now clock.Time, seg *wire.Segment) {
	o, n := &seg.Opts, &c.tcb.Opts
	*o = wire.Options{}
	offers := c.tcb.State == fsm.SynSent
	if seg.Has(wire.SYN) {
		o.MSS = uint16(c.ownMSS())
		if n.WScale || offers && !c.cfg.NoWindowScale {
			o.HasWScale, o.WScale = true, c.windowShift()
		}
		o.SACKOK = n.SACK || offers && !c.cfg.NoSACK
	}
	if n.TS || seg.Has(wire.SYN) && offers && !c.cfg.NoTimestamps {
		o.HasTS, o.TSVal = true, c.tsNow(now)
		if seg.Has(wire.ACK) {
			o.TSEcr = n.TSRecent
		}
	}
	c.putFastOpen(seg)
	c.putUserTimeout(seg)
	c.putSACK(seg)
}

// tsNow is the timestamp clock: milliseconds, from an origin that is the
// connection's own (RFC 7323 §5.4).
func (c *Conn) tsNow(now clock.Time) uint32 {
	return uint32(now/clock.Time(time.Millisecond)) + c.params.TSOffset
}

// ownMSS is the MSS option that we send: the largest segment that the link can bring.
func (c *Conn) ownMSS() int { return min(c.params.LinkMTU-c.params.headers(), maxWindow) }

// pawsIdle is how long TS.Recent stays good without news (RFC 7323 §5.5).
const pawsIdle = 24 * 24 * time.Hour

// checkTimestamp is PAWS: a segment whose timestamp is behind what the peer has
// sent in order already is an old duplicate, whatever its sequence number (RFC
// 7323 §5.3).
func (c *Conn) checkTimestamp(now clock.Time, seg *wire.Segment, r *Result) (more bool) {
	n, o := &c.tcb.Opts, &seg.Opts
	switch {
	case !n.TS || seg.Has(wire.RST):
		return true
	case !o.HasTS:
		return r.drop(NoTimestamp)
	case int32(o.TSVal-n.TSRecent) < 0 && now.Sub(n.TSRecentAt) < pawsIdle:
		c.replyToUnacceptable(now, seg)
		return r.drop(OldTimestamp)
	}
	return true
}

// noteTimestamp records the timestamp of a segment that has passed the checks:
// before, anybody could set it, and have the peer's segments taken for old (RFC
// 7323 §5.3, R3).
func (c *Conn) noteTimestamp(now clock.Time, seg *wire.Segment) {
	if n := &c.tcb.Opts; n.TS && seg.Opts.HasTS && !seg.Seq.After(n.LastACK) {
		n.TSRecent, n.TSRecentAt = seg.Opts.TSVal, now
	}
}

// TSRecent is the last timestamp that the peer sent in order, and whether
// timestamps are in use: what RFC 6191 compares a new SYN with.
func (c *Conn) TSRecent() (val uint32, inUse bool) {
	return c.tcb.Opts.TSRecent, c.tcb.Opts.TS
}
