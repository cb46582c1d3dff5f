package stack

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// issGap is how far past the old incarnation's numbers the new one's start, at
// least: a whole window without scaling, so that nothing old is taken for new.
const issGap = 65536

// supersededBy reports whether a SYN for a connection in TIME_WAIT is newer
// than it, by the rules of RFC 6191 §2 (SHLD-4). An older one is left to the connection
// itself, which acknowledges; the peer, if it did send the SYN, resets that.
func (c *Conn) supersededBy(seg *wire.Segment) bool {
	tcb := c.tcp.TCB()
	newer := !seg.Seq.Before(tcb.Rcv.Nxt) // past the last number seen, which was the FIN's
	if !seg.Opts.HasTS || c.core.cfg.TCP.NoTimestamps {
		return newer
	}
	if !tcb.Opts.TS {
		return true
	}
	switch ahead := int32(seg.Opts.TSVal - tcb.Opts.TSRecent); {
	case ahead > 0:
		return true
	case ahead == 0:
		return newer
	}
	return false
}

// reopen makes a connection in the place of old, which is in TIME_WAIT, for a
// SYN that is newer (MAY-2). It is half-open like any other. old is kept aside:
// it comes back if the SYN proves an old duplicate after all.
func (l *Listener) reopen(now clock.Time, old *Conn, seg *wire.Segment) {
	s := l.core
	if !l.room(now, old.local, old.remote, seg) {
		return
	}
	c := s.newConn(now, old.local, old.remote, s.nextISS(now, old))
	old.leave()
	c.old = old
	c.seen.follow(old.seen)
	r := c.tcp.Reopen(now, old.tcp, seg)
	l.adopt(c)
	s.stats.Reopened++
	c.arrived(now, fsm.TimeWait, seg, r)
}

// nextISS is an ISS larger than any number that old used (§3.6.1, MAY-2).
func (s *Core) nextISS(now clock.Time, old *Conn) seq.Num {
	return seq.Max(s.secrets.iss(now, old.tuple), old.tcp.TCB().Snd.Nxt+issGap)
}

// restoreOld puts the old incarnation back in the place of c, whose SYN was an
// old duplicate, for 2 MSL anew.
func (c *Conn) restoreOld(now clock.Time) {
	old := c.old
	c.old = nil
	c.leave()
	c.tcp.Abort(now) // from TIME_WAIT: nothing is sent
	if old.tcp.State() != fsm.TimeWait {
		return // its user has aborted it
	}
	old.enter()
	old.tcp.RestartTimeWait(now)
	old.seen.follow(c.seen)
	old.arm()
}

// dropOld ends the incarnation that c has taken the place of.
func (c *Conn) dropOld(now clock.Time) {
	old := c.old
	if old == nil {
		return
	}
	c.old = nil
	r := old.tcp.Abort(now) // from TIME_WAIT: nothing is sent
	old.finish()
	if old.Notify != nil {
		old.Notify(r.Wake | tcp.WakeClosed)
	}
}
