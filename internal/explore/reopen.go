package explore

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// What package stack does about a SYN in TIME_WAIT (§3.6.1, MAY-2), for one
// connection: the old incarnation is set aside, and comes back if the SYN
// proves an old duplicate.

// supersedes reports whether seg begins another incarnation: a SYN past all
// that the old one has received, without timestamps (RFC 6191 §2).
func (t *turn) supersedes(seg *wire.Segment) bool {
	return t.cfg.Reopens && t.conn.State() == fsm.TimeWait && int(t.inc) < t.cfg.Incarnations && t.old == 0 &&
		seg.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN && !seg.Seq.Before(t.conn.RcvNxt())
}

// reopen makes the next incarnation.
func (t *turn) reopen(seg *wire.Segment) {
	t.conn.Canonicalize(t.cfg.canon())
	aside := t.machine.end(t.conn, t.ghost)
	old := newConn(t.cfg, t.tcp, t.pool, t.role, t.inc)
	t.ends[aside].conn.Restore(old)
	t.ghost = ghost{role: t.role, inc: t.inc + 1, old: aside}
	*t.conn = *newConn(t.cfg, t.tcp, t.pool, t.role, t.inc)
	t.res = t.conn.Reopen(tcp.Instant, old, seg)
}

// settleOld puts the old incarnation back when the new one has gone back to
// TIME_WAIT, and forgets it when the new one has come to anything else.
func (t *turn) settleOld() {
	switch t.conn.State() {
	case fsm.SynReceived:
	case fsm.TimeWait:
		old := &t.ends[t.old]
		old.conn.Restore(t.conn)
		t.conn.RestartTimeWait(tcp.Instant)
		t.ghost = old.ghost
	default:
		t.old = 0
	}
}
