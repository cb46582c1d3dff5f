package tcp

import (
	"slices"

	"github.com/lastack/lastack/internal/seq"
)

// A sendQueue holds what the user has sent and the peer not acknowledged.
type sendQueue struct {
	buf   buffer
	start seq.Num // the sequence number of the first byte
	size  int
}

// end is the sequence number after the last byte.
func (q *sendQueue) end() seq.Num { return q.start.Add(q.size) }

// append adds p at the end.
func (q *sendQueue) append(p []byte) {
	q.buf.writeAt(p, q.size)
	q.size += len(p)
}

// acked removes the bytes before una.
func (q *sendQueue) acked(una seq.Num) {
	n := min(una.Sub(q.start), q.size)
	if n <= 0 {
		return
	}
	q.start, q.size = q.start.Add(n), q.size-n
	if q.size == 0 {
		q.buf.release()
		return
	}
	q.buf.discard(n)
}

// slice is n bytes from sequence number from on, valid until the next call.
func (q *sendQueue) slice(from seq.Num, n int) []byte {
	return q.buf.slice(from.Sub(q.start), n, q.buf.pool.scratchFor(n))
}

// scratchFor is memory for n bytes that do not lie together.
func (p *Pool) scratchFor(n int) []byte {
	if n > len(p.scratch) {
		p.scratch = make([]byte, n)
	}
	return p.scratch
}

// maxSpans bounds the out-of-order stretches that a connection remembers. A queue
// that overflows in slow start loses every other segment of a whole window, which
// makes some ten thousand gaps at 1 Gbit/s and 100 ms; what is not remembered has
// to be sent again.
const maxSpans = 1 << 15

// A span is a stretch of received sequence numbers, left =< n < right.
type span struct{ left, right seq.Num }

// holds reports whether n is in the stretch.
func (s span) holds(n seq.Num) bool { return n.In(s.left, uint32(s.right-s.left)) }

// firstEnding is the index of the first of the stretches, which are in order, that
// ends at n or later; their number if none does.
func firstEnding(spans []span, n seq.Num) int {
	lo, hi := 0, len(spans)
	if hi > 0 && spans[hi-1].right.Before(n) { // the usual case: what comes is beyond all others
		return hi
	}
	for lo < hi {
		if mid := (lo + hi) / 2; spans[mid].right.Before(n) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// A recvQueue holds what has arrived and the user not read: first ready bytes
// in order, then, with gaps between them, the spans.
//
//	front        RCV.NXT
//	|-- ready ----|    |-- span --|  |-- span --|
type recvQueue struct {
	buf   buffer
	ready int
	spans []span // disjoint, not touching, in order
}

// insert stores p, which starts at sequence number left, at or after nxt,
// which is RCV.NXT. It reports whether there was room to remember it; at nxt
// there always is.
func (q *recvQueue) insert(nxt, left seq.Num, p []byte) bool {
	s := span{left, left.Add(len(p))}
	i := firstEnding(q.spans, s.left)
	j := i
	for j < len(q.spans) && !q.spans[j].left.After(s.right) {
		s.left, s.right = seq.Min(s.left, q.spans[j].left), seq.Max(s.right, q.spans[j].right)
		j++
	}
	if i == j && len(q.spans) == maxSpans {
		if i == maxSpans {
			return false
		}
		q.spans = q.spans[:maxSpans-1] // the last has to come again: what is nearer to nxt counts more
	}
	q.buf.writeAt(p, q.ready+left.Sub(nxt))
	q.spans = slices.Replace(q.spans, i, j, s)
	return true
}

// holds reports whether all n bytes from left on are in a span.
func (q *recvQueue) holds(left seq.Num, n int) bool {
	i := firstEnding(q.spans, left.Add(n))
	return i < len(q.spans) && !left.Before(q.spans[i].left)
}

// advance makes ready what now follows nxt without a gap, and returns how many
// bytes that is.
func (q *recvQueue) advance(nxt seq.Num) int {
	if len(q.spans) == 0 || q.spans[0].left != nxt {
		return 0
	}
	n := q.spans[0].right.Sub(nxt)
	if q.spans = q.spans[1:]; len(q.spans) == 0 {
		q.spans = nil
	}
	q.ready += n
	return n
}

// append stores p, which follows the ready bytes, when there are no spans.
func (q *recvQueue) append(p []byte) {
	q.buf.writeAt(p, q.ready)
	q.ready += len(p)
}

// prune forgets what is beyond a gap. The peer will send it again.
func (q *recvQueue) prune() {
	q.spans = nil
	q.buf.truncate(q.ready)
}

// read moves ready bytes to p.
func (q *recvQueue) read(p []byte) int {
	n := min(len(p), q.ready)
	q.buf.readAt(p[:n], 0)
	q.discard(n)
	return n
}

// discard removes n ready bytes.
func (q *recvQueue) discard(n int) {
	q.ready -= n
	if q.ready == 0 && q.spans == nil {
		q.buf.release()
		return
	}
	q.buf.discard(n)
}

// release drops everything.
func (q *recvQueue) release() {
	q.buf.release()
	q.ready, q.spans = 0, nil
}
