package stack

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

const (
	maxReplies  = 64   // resets to nobody and echo replies that may be owed at a time
	resetRate   = 1000 // resets to nobody in a second, in the long run
	resetsBurst = 1000 // and at once
)

// A reply is a packet that no connection owes: a reset, or an ICMP message.
type reply struct {
	local, remote netip.AddrPort
	seg           wire.Segment // if icmp is none
	icmp          wire.ICMP    // with Data in memory that the reply keeps
	irs           seq.Num      // for the trace: SEG.SEQ of the SYN that a reset answers
	hasIRS        bool
}

// replies is a ring of what is owed, oldest first. Its slots are used again.
type replies struct {
	slot  [maxReplies]reply
	first int
	n     int
}

// push gives the next slot to fill; nil if all are owed.
func (q *replies) push() *reply {
	if q.n == maxReplies {
		return nil
	}
	r := &q.slot[(q.first+q.n)%maxReplies]
	q.n++
	*r = reply{icmp: wire.ICMP{Data: r.icmp.Data[:0]}}
	return r
}

// pop takes the oldest out; nil if there is none. It is valid until push.
func (q *replies) pop() *reply {
	if q.n == 0 {
		return nil
	}
	r := &q.slot[q.first]
	q.first = (q.first + 1) % maxReplies
	q.n--
	return r
}

// replyReset makes a reset owed, in answer to a segment that opens or belongs
// to nothing.
func (s *Core) replyReset(local, remote netip.AddrPort, to, reset *wire.Segment) {
	r := s.replies.push()
	if r == nil {
		s.stats.Drops[ReplyQueueFull]++
		return
	}
	r.local, r.remote, r.seg = local, remote, *reset
	r.seg.SrcPort, r.seg.DstPort = local.Port(), remote.Port()
	r.seg.Payload = nil
	r.irs, r.hasIRS = to.Seq, to.Has(wire.SYN)
}

// A bucket allows resetRate events in a second, with bursts of resetsBurst.
type bucket struct {
	used int        // of the burst
	at   clock.Time // up to when the refill is counted
}

// take reports whether one more event is allowed, and counts it.
func (b *bucket) take(now clock.Time) bool {
	const each = time.Second / resetRate
	if refill := int64(now.Sub(b.at) / each); refill > 0 {
		b.used = max(0, b.used-int(min(refill, resetsBurst)))
		b.at = b.at.Add(time.Duration(refill) * each)
	}
	if b.used == resetsBurst {
		return false
	}
	b.used++
	return true
}
