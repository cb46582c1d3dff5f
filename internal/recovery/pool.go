package recovery

import (
	"math/bits"

	"github.com/lastack/lastack/congestion"
)

const (
	// leastRing is the capacity of the smallest ring, in records.
	leastRing = 16
	// ringSizes is how many sizes of rings there are, each twice the one before.
	ringSizes = 14
	// maxRecords bounds the records of one connection, so that a peer who is slow
	// to acknowledge tiny segments does not cost more memory than they hold.
	maxRecords = leastRing << (ringSizes - 1)
	// batch is how many records are allocated at a time.
	batch = 64
	// maxSpare bounds the records that a pool keeps for later: about 1.5 MiB.
	maxSpare = 1 << 14
	// maxSpareRings bounds the rings of a size that a pool keeps for later: a few
	// large ones, more of the small ones.
	maxSpareRings = 1 << 10
)

// A Pool lends the Senders of one stack the memory of their scoreboards. A
// Sender with nothing outstanding holds none.
type Pool struct {
	free  *record
	spare int // records in free
	lent  int // records lent
	rings [ringSizes][][]*record
	ack   congestion.Ack // what is told next: here, so that telling does not allocate
}

// Lent is the number of records that Senders hold at present.
func (p *Pool) Lent() int { return p.lent }

// get lends a record, all zero.
func (p *Pool) get() *record {
	if p.free == nil {
		more := make([]record, batch)
		for i := range more {
			more[i].next, p.free = p.free, &more[i]
		}
		p.spare += batch
	}
	r := p.free
	p.free, r.next = r.next, nil
	p.spare--
	p.lent++
	return r
}

// put takes a record back.
func (p *Pool) put(r *record) {
	p.lent--
	if p.spare >= maxSpare {
		return
	}
	*r = record{next: p.free}
	p.free = r
	p.spare++
}

// getRing lends a ring for n records, a power of two.
func (p *Pool) getRing(n int) []*record {
	k := ringSize(n)
	if spare := p.rings[k]; len(spare) > 0 {
		last := len(spare) - 1
		ring := spare[last]
		spare[last], p.rings[k] = nil, spare[:last]
		return ring
	}
	return make([]*record, n)
}

// putRing takes back a ring, which holds nothing.
func (p *Pool) putRing(ring []*record) {
	k := ringSize(len(ring))
	if len(p.rings[k]) < maxSpareRings>>k {
		p.rings[k] = append(p.rings[k], ring)
	}
}

// ringSize is which of the sizes n is.
func ringSize(n int) int { return bits.Len(uint(n)/leastRing) - 1 }
