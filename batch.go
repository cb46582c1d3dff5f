package lastack

import (
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
)

// A batch is packets on their way from the core to the link. It uses the same
// memory every time.
type batch struct {
	mtu  int
	buf  []byte
	free int // how much of buf is left
	pkts [][]byte
}

// The most that one batch holds. The bytes bound how long the lock is held to
// fill it.
const (
	batchPackets = 64
	batchBytes   = 128 << 10
)

// init sets the size of the largest packet.
func (b *batch) init(mtu int) {
	b.mtu = mtu
	b.pkts = make([][]byte, 0, batchPackets)
}

// fill takes what the core owes, up to a batch. The packets are valid until
// the next call.
func (b *batch) fill(core *stack.Core, now clock.Time) [][]byte {
	if b.buf == nil {
		b.buf = make([]byte, max(batchBytes, b.mtu))
	}
	b.pkts, b.free = b.pkts[:0], len(b.buf)
	for !b.full() {
		rest := b.buf[len(b.buf)-b.free:]
		n := core.Output(now, rest)
		if n == 0 {
			break
		}
		b.pkts = append(b.pkts, rest[:n:n])
		b.free -= n
	}
	return b.pkts
}

// full reports whether nothing more fits in.
func (b *batch) full() bool { return len(b.pkts) == batchPackets || b.free < b.mtu }
