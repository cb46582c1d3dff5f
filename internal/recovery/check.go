package recovery

import (
	"fmt"

	"github.com/lastack/lastack/internal/seq"
)

// Check is what is wrong with the scoreboard, given SND.UNA and SND.NXT; nil if
// all that must hold does. It is for tests and searches: it looks at everything.
func (s *Sender) Check(una, nxt seq.Num) error {
	b := &s.board
	at, queued := una, 0
	var sums [sacked + 1]int
	for i := range b.ring.n {
		r := b.ring.at(i)
		if r.start != at || r.len() <= 0 {
			return fmt.Errorf("record %d is %d:%d, want one from %d on", i, r.start-una, r.end-una, at-una)
		}
		at = r.end
		sums[r.fate] += r.len()
		if r.fate != sacked {
			queued++
		}
	}
	if at != nxt {
		return fmt.Errorf("the records end at %d, SND.NXT is %d", at-una, nxt-una)
	}
	if sums[sacked] != b.nSacked || sums[lost] != b.nLost || nxt.Sub(una) != b.size {
		return fmt.Errorf("%v bytes have each fate, counted are %d out, %d lost, %d sacked", sums, b.size, b.nLost, b.nSacked)
	}
	if b.ring.n == 0 && b.ring.buf != nil {
		return fmt.Errorf("an empty scoreboard holds a ring")
	}
	return b.checkQueues(queued)
}

// checkQueues looks at the order of the queues and at the ranges: of n records in
// the queues in all.
func (b *board) checkQueues(n int) error {
	for r := b.flying.head; r != nil; r = r.next {
		if n--; r.next != nil && r.sent > r.next.sent {
			return fmt.Errorf("what went out at %v is behind what went out at %v", r.next.sent, r.sent)
		}
	}
	for r := b.losses.head; r != nil; r = r.next {
		if n--; r.next != nil && !r.start.Before(r.next.start) {
			return fmt.Errorf("what is lost is not in sequence")
		}
	}
	if n != 0 {
		return fmt.Errorf("%d records are in no queue", n)
	}
	inRanges := 0
	for i, s := range b.sacks {
		if inRanges += s.Len(); i > 0 && !b.sacks[i-1].Right.Before(s.Left) {
			return fmt.Errorf("the ranges %v are not apart", b.sacks)
		}
	}
	if inRanges != b.nSacked {
		return fmt.Errorf("%d bytes in ranges, %d sacked", inRanges, b.nSacked)
	}
	return nil
}
