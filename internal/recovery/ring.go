package recovery

import (
	"slices"

	"github.com/lastack/lastack/internal/seq"
)

// A ring is records in sequence, without gaps between them. Their number is a
// power of two at least.
type ring struct {
	buf  []*record
	head int // where the first is
	n    int
}

// at is the i-th record.
func (q *ring) at(i int) *record { return q.buf[(q.head+i)&(len(q.buf)-1)] }

func (q *ring) set(i int, r *record) { q.buf[(q.head+i)&(len(q.buf)-1)] = r }

// push puts r last.
func (q *ring) push(p *Pool, r *record) {
	if q.n == len(q.buf) {
		q.grow(p)
	}
	q.set(q.n, r)
	q.n++
}

// grow doubles the room.
func (q *ring) grow(p *Pool) {
	wider := p.getRing(max(2*len(q.buf), leastRing))
	for i := range q.n {
		wider[i] = q.at(i)
	}
	q.drop(p)
	q.buf, q.head = wider, 0
}

// pop takes the first record out. A ring that is empty then holds no memory.
func (q *ring) pop(p *Pool) {
	q.set(0, nil)
	q.head = (q.head + 1) & (len(q.buf) - 1)
	if q.n--; q.n == 0 {
		q.drop(p)
	}
}

// drop gives the memory back.
func (q *ring) drop(p *Pool) {
	if q.buf != nil {
		clear(q.buf)
		p.putRing(q.buf)
	}
	q.buf, q.head = nil, 0
}

// insert puts r before the i-th record, which is not the first.
func (q *ring) insert(p *Pool, i int, r *record) {
	q.push(p, nil)
	for k := q.n - 1; k > i; k-- {
		q.set(k, q.at(k-1))
	}
	q.set(i, r)
}

// find is the index of the first record that ends after n; q.n if there is none.
func (q *ring) find(n seq.Num) int {
	lo, hi := 0, q.n
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); q.at(mid).end.After(n) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// A Block is a stretch of sequence numbers that SACK reports: Left =< n < Right.
type Block struct{ Left, Right seq.Num }

// Len is how many sequence numbers the block has.
func (b Block) Len() int { return b.Right.Sub(b.Left) }

// ranges is which sequence numbers SACK has reported: blocks in sequence that
// neither overlap nor touch. It is there so that what is known already is not
// looked at again with every acknowledgment.
type ranges []Block

// find is the index of the first block that ends after n.
func (s ranges) find(n seq.Num) int {
	i, _ := slices.BinarySearchFunc(s, n, func(b Block, n seq.Num) int {
		if b.Right.After(n) {
			return 1
		}
		return -1
	})
	return i
}

// add puts b in.
func (s *ranges) add(b Block) {
	i := s.find(b.Left - 1)
	j := i
	for j < len(*s) && !(*s)[j].Left.After(b.Right) {
		b.Left, b.Right = seq.Min(b.Left, (*s)[j].Left), seq.Max(b.Right, (*s)[j].Right)
		j++
	}
	*s = slices.Replace(*s, i, j, b)
}

// trim takes away what is before una.
func (s *ranges) trim(una seq.Num) {
	if len(*s) == 0 || !(*s)[0].Left.Before(una) {
		return
	}
	*s = slices.Delete(*s, 0, s.find(una))
	if len(*s) > 0 {
		(*s)[0].Left = seq.Max((*s)[0].Left, una)
	}
}
