package recovery

import (
	"slices"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// MaxBlocks is how many SACK blocks fit a segment.
const MaxBlocks = 4

// NoEcho is an Ack's Echo without a timestamp.
const NoEcho = clock.Never

// An Ack is what an acknowledgment says.
type Ack struct {
	PriorUna seq.Num // SND.UNA before
	Una, Nxt seq.Num // SND.UNA and SND.NXT now
	Dup      bool    // it is a duplicate by the definition of RFC 5681 §2
	Blocks   [MaxBlocks]Block
	N        int        // how many of Blocks there are
	CE       int        // bytes newly told to be marked (RFC 9768)
	Echo     clock.Time // when what its timestamp echoes was sent, in whole milliseconds; NoEcho
}

// A Delivery is what an acknowledgment delivered. Sizes are in bytes.
type Delivery struct {
	Acked       int           // newly acknowledged, cumulatively
	Delivered   int           // newly delivered, cumulatively or by SACK
	RTT         time.Duration // of the oldest newly delivered; 0: cannot be told (Karn's algorithm)
	Reneged     bool          // the peer has thrown away what it had reported by SACK
	priorFlight int
	newest      time.Duration // RTT of the newest newly delivered
	original    bool          // something up to recover that went out only once was among it
	resent      bool          // something sent again was among it
	dsack       Block         // what arrived twice; empty: nothing
	sacks       bool          // something was newly sacked
}

// Deliver takes in what an acknowledgment delivers. Judge is to follow, when the
// round-trip time has been taken into account.
func (s *Sender) Deliver(now clock.Time, a *Ack) (d Delivery) {
	d.priorFlight = s.Flight()
	d.Acked = a.Una.Sub(a.PriorUna)
	s.newlyLost = 0
	s.takeDSACK(a, &d)
	s.cumulative(now, a, &d)
	if s.sack {
		s.selective(now, a, &d)
	} else {
		s.countDuplicates(a, &d)
	}
	if d.Delivered > 0 {
		s.tail.due = false
	}
	front := s.board.front()
	d.Reneged = front != nil && front.fate == sacked
	return d
}

// takeDSACK takes the first block out if it reports what has arrived twice: what
// is acknowledged already, or lies within the second block (RFC 2883 §4).
func (s *Sender) takeDSACK(a *Ack, d *Delivery) {
	if !s.sack || a.N == 0 {
		return
	}
	first := a.Blocks[0]
	acked := !first.Right.After(a.Una)
	inside := a.N > 1 && !first.Left.Before(a.Blocks[1].Left) && !first.Right.After(a.Blocks[1].Right)
	if !acked && !inside || first.Len() <= 0 || a.Nxt.Sub(first.Left) > 1<<30 || first.Right.After(a.Nxt) {
		return
	}
	copy(a.Blocks[:], a.Blocks[1:a.N])
	a.N--
	d.dsack = first
	s.dsacks++
	s.rack.duplicated(a.Una, a.Nxt)
}

// cumulative takes in what SND.UNA has passed.
func (s *Sender) cumulative(now clock.Time, a *Ack, d *Delivery) {
	b := &s.board
	for r := b.front(); r != nil && !r.end.After(a.Una); r = b.front() {
		if r.fate != sacked {
			s.delivered(now, r, a, d)
		}
		b.popFront()
	}
	if r := b.front(); r != nil && r.start.Before(a.Una) {
		if r.fate != sacked {
			n := a.Una.Sub(r.start)
			d.Delivered += n
			s.rate.delivered += int64(n)
			s.rate.deliveredAt = now
		}
		b.trimFront(a.Una)
	}
	b.sacks.trim(a.Una)
	if d.resent {
		d.RTT = 0 // the timed one may have waited for the one that was lost
	}
}

// selective takes in the SACK blocks, the lowest first, so that those in order do
// not look reordered. What is not within what is out says nothing.
func (s *Sender) selective(now clock.Time, a *Ack, d *Delivery) {
	blocks := a.Blocks[:a.N]
	slices.SortFunc(blocks, func(x, y Block) int { return x.Left.Sub(y.Left) })
	for _, block := range blocks {
		block.Left = seq.Max(block.Left, a.Una)
		if block.Len() <= 0 || block.Right.After(a.Nxt) {
			continue
		}
		if block = s.board.align(block, s.mss); block.Len() > 0 {
			s.sackNew(now, block, a, d)
			s.board.sacks.add(block)
		}
	}
}

// sackNew marks what of a block was not known before.
func (s *Sender) sackNew(now clock.Time, block Block, a *Ack, d *Delivery) {
	left := block.Left
	for i := s.board.sacks.find(left); left.Before(block.Right); i++ {
		right := block.Right
		if i < len(s.board.sacks) {
			right = seq.Min(right, s.board.sacks[i].Left)
		}
		for k := s.board.ring.find(left); left.Before(right) && k < s.board.ring.n && s.board.ring.at(k).start.Before(right); k++ {
			if r := s.board.ring.at(k); r.fate != sacked {
				s.delivered(now, r, a, d)
				s.board.become(r, sacked)
				d.sacks = true
			}
		}
		if i == len(s.board.sacks) {
			return
		}
		left = s.board.sacks[i].Right
	}
}

// delivered takes in one record that has arrived.
func (s *Sender) delivered(now clock.Time, r *record, a *Ack, d *Delivery) {
	d.Delivered += r.len()
	if r.resent {
		d.resent = true
	} else {
		rtt := max(now.Sub(r.sent), 1)
		if d.RTT == 0 {
			d.RTT = rtt
		}
		d.newest = rtt
		d.original = d.original || !r.end.After(s.recover)
	}
	s.rate.deliver(now, r)
	s.rack.deliver(now, r, a.echoOf(r))
}

// echoOf is when what the acknowledgment's timestamp echoes was sent, if that tells
// which transmission of the record has arrived. Of one beyond a gap it does not: what
// is echoed then is of the last segment before the gap (RFC 7323 §4.3).
func (a *Ack) echoOf(r *record) clock.Time {
	if r.end.After(a.Una) {
		return NoEcho
	}
	return a.Echo
}

// countDuplicates estimates what has left the network, without SACK: with each
// duplicate one segment (RFC 6582 §3.2, RFC 9937 §6). A new acknowledgment fills
// a hole of one segment; the rest of it is what the duplicates stood for. After
// a timeout duplicates answer what went out again for nothing, and stand for
// nothing: to send more for them would keep the queue full that drops what is missing.
func (s *Sender) countDuplicates(a *Ack, d *Delivery) {
	switch {
	case d.Acked > 0:
		known := min(s.dupBytes, max(d.Acked-s.mss, 0))
		s.dupBytes -= known
		d.Delivered = max(d.Delivered-known, 0)
	case a.Dup && s.phase != Loss:
		n := min(s.mss, s.board.flight()-s.dupBytes)
		s.dupBytes += max(n, 0)
		d.Delivered += max(n, 0)
	}
}
