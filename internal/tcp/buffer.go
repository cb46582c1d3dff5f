package tcp

import "github.com/lastack/lastack/internal/recovery"

// chunkSize is how many bytes of a queue are taken from the pool at a time.
const chunkSize = 16 << 10

// A chunk is a piece of queue memory.
type chunk struct {
	next *chunk
	data [chunkSize]byte
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

	// Where the last look-up was: the chunk that holds position curPos-skip.
	// Look-ups mostly go forward, so they start here.
	cur    *chunk
	curPos int
}

// grow makes positions below n exist.
func (b *buffer) grow(n int) {
	for b.size < n {
		c := b.pool.get()
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
	if b.cur == nil || want < b.curPos {
		b.cur, b.curPos = b.head, 0
	}
	for want >= b.curPos+chunkSize {
		b.cur = b.cur.next
		b.curPos += chunkSize
	}
	return b.cur.data[want-b.curPos:]
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
		c := b.head
		b.head, c.next = c.next, nil
		b.pool.put(c)
		b.skip -= chunkSize
	}
	if b.head == nil {
		b.tail = nil
	}
	b.cur, b.curPos = nil, 0
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
	b.at(n - 1) // b.cur is now the last chunk to stay
	last := b.cur
	for c := last.next; c != nil; {
		next := c.next
		c.next = nil
		b.pool.put(c)
		b.size -= chunkSize
		c = next
	}
	last.next, b.tail = nil, last
}

// release gives all memory back.
func (b *buffer) release() {
	for c := b.head; c != nil; {
		next := c.next
		c.next = nil
		b.pool.put(c)
		c = next
	}
	*b = buffer{pool: b.pool}
}
