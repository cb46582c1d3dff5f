package tcp

import (
	"slices"

	"github.com/lastack/lastack/internal/recovery"
)

// A Snapshot is a connection set aside: all that it is at a moment, with its
// queues as plain bytes, so that it holds no queue memory. It does not change.
//
// The congestion control is not copied: the snapshot is of use only with one
// that has no state of its own.
type Snapshot struct {
	conn Conn   // without queue memory
	out  string // the bytes of the send queue
	loss recovery.Saved
	in   string // those of the receive queue, from the first ready one to the end of the last span
}

// Snapshot sets the connection aside as it is now.
func (c *Conn) Snapshot() *Snapshot {
	s := &Snapshot{conn: *c, loss: c.loss.Save()}
	s.conn.loss = recovery.Sender{}
	if c.out.size > 0 {
		s.out = string(c.out.buf.copyOut(0, c.out.size))
	}
	if n := c.in.extent(c); n > 0 {
		s.in = string(c.in.buf.copyOut(0, n))
	}
	s.conn.out.buf, s.conn.in.buf = buffer{}, buffer{}
	s.conn.in.spans = slices.Clone(c.in.spans)
	return s
}

// Restore makes c what the snapshot was taken of. What c was before is gone;
// its queue memory goes back to its pool, and what it needs now comes from there.
func (s *Snapshot) Restore(c *Conn) {
	c.Free()
	pool := c.params.Pool
	*c = s.conn
	c.params.Pool = pool
	s.loss.Restore(&c.loss, &pool.records)
	c.out.buf, c.in.buf = buffer{pool: pool}, buffer{pool: pool}
	c.in.spans = slices.Clone(s.conn.in.spans)
	c.out.buf.writeAt([]byte(s.out), 0)
	c.in.buf.writeAt([]byte(s.in), 0)
}

// extent is how many bytes of the buffer are in use, gaps included. The queue
// does not know RCV.NXT, so it is asked of c.
func (q *recvQueue) extent(c *Conn) int {
	if len(q.spans) == 0 {
		return q.ready
	}
	return q.ready + q.spans[len(q.spans)-1].right.Sub(c.tcb.Rcv.Nxt)
}

// copyOut is a copy of n bytes from position pos.
func (b *buffer) copyOut(pos, n int) []byte {
	p := make([]byte, n)
	b.readAt(p, pos)
	return p
}
