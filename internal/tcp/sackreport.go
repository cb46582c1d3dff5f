package tcp

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// maxSACK is how many blocks a SACK option can have: three, beside timestamps.
const maxSACK = 4

// Lengths in bytes of the head of a SACK option, with its padding, and of a block.
const (
	sackHead  = 4
	sackBlock = 8
)

// A sackReport is what this end, as receiver, is to tell of text beyond a gap
// (RFC 2018 §4), and of text that has come twice (RFC 2883). It holds no blocks,
// only where they are: what it tells is what is in the queue when it is told.
type sackReport struct {
	recent [maxSACK]seq.Num // a number in each stretch that changed lately, the latest first
	n      int              // how many of recent are used
	dup    span             // what the latest segment brought again; empty: nothing
}

// changed notes that the latest segment is in stretch s: it is told first.
func (k *sackReport) changed(s span) {
	kept := [maxSACK]seq.Num{s.left}
	n := 1
	for _, at := range k.recent[:k.n] {
		if n < maxSACK && !s.holds(at) {
			kept[n] = at
			n++
		}
	}
	k.recent, k.n = kept, n
}

// fill writes at most room blocks: the duplicate first, and only this once, then
// the stretches that changed last (RFC 2883 §4, RFC 2018 §4).
func (k *sackReport) fill(o *wire.Options, all stretches, room int) {
	add := func(s span) {
		if int(o.NSACK) < min(room, maxSACK) {
			o.SACK[o.NSACK] = wire.SACKBlock{Left: s.left, Right: s.right}
			o.NSACK++
		}
	}
	if k.dup != (span{}) {
		add(k.dup)
		k.dup = span{}
	}
	for _, at := range k.recent[:k.n] {
		if s, ok := all.at(at); ok {
			add(s)
		}
	}
}

// stretches is what has been received beyond a gap: text, and perhaps the FIN,
// whose number counts as if it were text.
type stretches struct {
	spans []span
	fin   span // empty if there is none
}

// at is the stretch that number n is in.
func (all stretches) at(n seq.Num) (s span, ok bool) {
	if i := firstEnding(all.spans, n); i < len(all.spans) {
		s = all.spans[i]
		if s.right == all.fin.left {
			s.right = all.fin.right
		}
		if s.holds(n) {
			return s, true
		}
	}
	return all.fin, all.fin.holds(n)
}

// stretches is what the connection has beyond a gap.
func (c *Conn) stretches() stretches {
	all, rcv := stretches{spans: c.in.spans}, &c.tcb.Rcv
	if rcv.FinSeen && rcv.Fin.After(rcv.Nxt) {
		all.fin = span{rcv.Fin, rcv.Fin + 1}
	}
	return all
}

// noteDuplicate notes which of n bytes of text from left on have come before: the
// first stretch of them (RFC 2883 §4).
func (c *Conn) noteDuplicate(left seq.Num, n int) {
	if !c.tcb.Opts.SACK || n == 0 {
		return
	}
	right := left.Add(n)
	if nxt := c.tcb.Rcv.Nxt; left.Before(nxt) {
		c.sack.dup = span{left, seq.Min(right, nxt)}
		return
	}
	if i := firstEnding(c.in.spans, left+1); i < len(c.in.spans) {
		s := c.in.spans[i]
		if both := (span{seq.Max(left, s.left), seq.Min(right, s.right)}); both.left.Before(both.right) {
			c.sack.dup = both
		}
	}
}

// noteStretch notes that the latest segment brought what is at n, if that is
// beyond a gap.
func (c *Conn) noteStretch(n seq.Num) {
	if !c.tcb.Opts.SACK {
		return
	}
	if s, ok := c.stretches().at(n); ok {
		c.sack.changed(s)
	}
}

// hasSACK reports whether an ACK has something to tell by SACK.
func (c *Conn) hasSACK() bool {
	all := c.stretches()
	return c.tcb.Opts.SACK && (len(all.spans) > 0 || all.fin != span{} || c.sack.dup != span{})
}

// emitFirst sends the ACK that is owed before text, if it says what a segment
// with text may have no room for: SACK blocks, or the ECN field of the SYN,ACK
// (RFC 9768 §3.2.2.1).
func (c *Conn) emitFirst(now clock.Time, seg *wire.Segment) bool {
	return c.tcb.synAcked() && (c.ecn.handshake || c.hasSACK()) && c.emitACK(now, seg)
}

// putSACK fills in the SACK blocks of an outgoing segment. With text there are as
// many as fit beside it.
func (c *Conn) putSACK(seg *wire.Segment) {
	if seg.Has(wire.SYN) || !c.hasSACK() {
		return
	}
	room := maxSACK
	if n := len(seg.Payload); n > 0 {
		room = max(c.mss()-n-sackHead, 0) / sackBlock
	}
	c.sack.fill(&seg.Opts, c.stretches(), room)
}
