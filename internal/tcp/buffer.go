package tcp

import "github.com/lastack/lastack/internal/recovery"

// chunkSize is how many bytes of a queue are taken from the pool at a time.
const chunkSize = 16 << 10

// A chunk is a piece of queue memory.
type chunk struct {
	prev, next *chunk // within a buffer; in the pool only next
	data       [chunkSize]byte
}

// A Pool lends queue memory to the connections of one stack. An idle
// connection holds none.
type Pool struct {
	// Limit is how many bytes all connections together may hold; 0 is no limit.
	// From three quarters of it on buffers grow no more and windows close.
	Limit int

	free    *chunk
	spare   int // chunks in free
	lent    int
	scratch []byte // see scratchFor
	records recovery.Pool
}

// maxSpare bounds the chunks that a pool keeps for later: 4 MiB.
const maxSpare = 256

// Lent is the number of bytes that connections hold at present.
func (p *Pool) Lent() int { return p.lent * chunkSize }

// tight reports whether memory is short.
func (p *Pool) tight() bool { return p.Limit > 0 && p.Lent() >= p.Limit-p.Limit/4 }

// full reports whether there is no more memory to lend.
func (p *Pool) full() bool { return p.Limit > 0 && p.Lent() >= p.Limit }

func (p *Pool) get() *chunk {
	p.lent++
	c := p.free
	if c == nil {
		return new(chunk)
	}
	p.free, c.next = c.next, nil
	p.spare--
	return c
}

func (p *Pool) put(c *chunk) {
	p.lent--
	if p.spare < maxSpare {
		c.next, p.free = p.free, c
		p.spare++
	}
}

// A buffer is a queue of bytes in chunks. Positions count from its front.
type buffer struct {
	pool       *Pool
	head, tail *chunk
	skip       int // bytes of head that are gone
	size       int // bytes of capacity from skip to the end of tail
	marks      [2]mark
	last       int // the mark of the last look-up
}

// A mark is a chunk where a look-up was. A look-up starts at the nearest one, so
// that each of the two that go on in turn (what is new is sent, what was lost is
// sent again) is near its own, however long the queue is. What is appended needs
// none: it is at the tail.
type mark struct {
	c   *chunk // nil: not set
	pos int    // of its first byte, counted from that of head
}

// distance is how far a position, counted as the mark's, is from its chunk.
func (m *mark) distance(want int) int {
	if want < m.pos {
		return m.pos - want
	}
	return want - m.pos
}

// near is a distance that a look-up may go from its mark: one that goes farther
// is another's.
const near = 4 * chunkSize

// grow makes positions below n exist.
func (b *buffer) grow(n int) {
	for b.size < n {
		c := b.pool.get()
		c.prev = b.tail
		if b.tail == nil {
			b.head, b.size = c, -b.skip
		} else {
			b.tail.next = c
		}
		b.tail = c
		b.size += chunkSize
	}
}

// at is the memory from position pos to the end of its chunk.
func (b *buffer) at(pos int) []byte {
	want := pos + b.skip
	if last := b.size + b.skip - chunkSize; want >= last {
		return b.tail.data[want-last:]
	}
	m := b.mark(want)
	for want >= m.pos+chunkSize {
		m.c, m.pos = m.c.next, m.pos+chunkSize
	}
	for want < m.pos {
		m.c, m.pos = m.c.prev, m.pos-chunkSize
	}
	return m.c.data[want-m.pos:]
}

// mark is the mark to reach a position from: the nearest, or, if that is not
// near, the one that was not used last, set to where the nearest stands.
func (b *buffer) mark(want int) *mark {
	for i := range b.marks {
		if b.marks[i].c == nil {
			b.marks[i] = mark{b.head, 0}
		}
	}
	best := b.last
	if b.marks[1-best].distance(want) < b.marks[best].distance(want) {
		best = 1 - best
	}
	if b.marks[best].distance(want) > near {
		b.marks[1-b.last] = b.marks[best]
		best = 1 - b.last
	}
	b.last = best
	return &b.marks[best]
}

// writeAt copies p to position pos, growing the buffer as needed.
func (b *buffer) writeAt(p []byte, pos int) {
	b.grow(pos + len(p))
	for len(p) > 0 {
		n := copy(b.at(pos), p)
		p, pos = p[n:], pos+n
	}
}

// readAt copies len(p) bytes from position pos.
func (b *buffer) readAt(p []byte, pos int) {
	for len(p) > 0 {
		n := copy(p, b.at(pos))
		p, pos = p[n:], pos+n
	}
}

// slice is n bytes from position pos: the buffer's own memory if they lie in
// one chunk, otherwise a copy in scratch, which must hold n bytes.
func (b *buffer) slice(pos, n int, scratch []byte) []byte {
	if n == 0 {
		return nil
	}
	if whole := b.at(pos); len(whole) >= n {
		return whole[:n:n]
	}
	b.readAt(scratch[:n], pos)
	return scratch[:n]
}

// discard removes n bytes from the front.
func (b *buffer) discard(n int) {
	b.skip += n
	b.size -= n
	for b.skip >= chunkSize {
		b.pop()
		b.skip -= chunkSize
	}
}

// pop removes the first chunk. Marks that stood there are set anew when needed.
func (b *buffer) pop() {
	c := b.head
	b.head, c.next = c.next, nil
	if b.head == nil {
		b.tail = nil
	} else {
		b.head.prev = nil
	}
	b.pool.put(c)
	for i := range b.marks {
		if m := &b.marks[i]; m.c == c {
			*m = mark{}
		} else {
			m.pos -= chunkSize
		}
	}
}

// truncate removes what is beyond the first n bytes.
func (b *buffer) truncate(n int) {
	if n == 0 {
		b.release()
		return
	}
	if b.size <= n {
		return
	}
	for b.size-chunkSize >= n {
		c := b.tail
		b.tail, c.prev = c.prev, nil
		b.tail.next = nil
		b.pool.put(c)
		b.size -= chunkSize
	}
	b.marks = [2]mark{}
}

// release gives all memory back.
func (b *buffer) release() {
	for c := b.head; c != nil; {
		next := c.next
		c.prev, c.next = nil, nil
		b.pool.put(c)
		c = next
	}
	*b = buffer{pool: b.pool}
}
