package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// Sizes of buffers that nobody has set, in bytes.
const (
	// firstRecv is what a receive buffer begins with: more than the 64 KiB
	// that a SYN can announce and a slow start fills in three round trips.
	firstRecv = 128 << 10
	// firstSend is the least that Write takes before it waits.
	firstSend = 64 << 10
	// tightBuffer is the most that a connection is given, either way, while the
	// stack's memory is short.
	tightBuffer = 4 * chunkSize
)

// A bufferSize bounds one queue of a connection.
type bufferSize struct {
	fixed int // as the user has set it; 0: it follows the traffic
	most  int // what it may grow to by itself
}

// sendBuffer and recvBuffer are the bounds that connections begin with.
func (cfg *Config) sendBuffer() bufferSize {
	return bufferSize{fixed: cfg.SendBuffer, most: cfg.MaxSendBuffer}
}

func (cfg *Config) recvBuffer() bufferSize {
	return bufferSize{fixed: cfg.RecvBuffer, most: cfg.MaxRecvBuffer}
}

// A recvSize is the size of the receive buffer, from which the window comes.
// Unless the user has set it, it follows what he reads in a round trip, so
// that the window never holds the sender back for long: dynamic right-sizing.
type recvSize struct {
	bufferSize
	size int // at present

	rtt   time.Duration // as this end sees it, 0: not known
	least time.Duration // the least sample of this round, 0: none
	since clock.Time    // when the round began
	read  int           // bytes that the user has read in it
	last  int           // and in the round before
}

// init makes the buffer what it is at the start.
func (s *recvSize) init(b bufferSize) {
	if b.fixed != 0 {
		b.most = b.fixed
	}
	*s = recvSize{bufferSize: b, size: b.most}
	if b.fixed == 0 {
		s.size = min(firstRecv, b.most)
	}
}

// set fixes the size.
func (s *recvSize) set(n int) {
	s.fixed, s.size = n, n
}

// sample takes in a round-trip time that the peer's echo of a timestamp tells.
// It includes the time for which the peer had nothing to send, so the least of a
// round counts.
func (s *recvSize) sample(rtt time.Duration) {
	rtt = max(rtt, time.Millisecond) // the unit of the timestamps
	if s.least == 0 || rtt < s.least {
		s.least = rtt
	}
}

// consumed notes that the user has read n bytes. When that completes a round, the
// size becomes twice what he has read in it; and four times, if that was twice
// as much as in the round before: a sender in slow start goes on doubling while
// the news travels. srtt is the round-trip time to use if the peer echoes no
// timestamps.
func (s *recvSize) consumed(now clock.Time, n int, srtt time.Duration, mayGrow bool) {
	if s.fixed != 0 {
		return
	}
	if s.rtt == 0 {
		s.rtt = srtt
	}
	if s.since == 0 {
		s.since = now
	}
	if s.read += n; now.Sub(s.since) < s.rtt {
		return
	}
	want := 2 * s.read
	if more := min(s.read-s.last, s.last); more > 0 {
		want += int(int64(want) * int64(more) / int64(s.last))
	}
	if mayGrow {
		s.size = max(s.size, min(want, s.most))
	}
	if s.least != 0 {
		s.rtt = s.least
	}
	s.last, s.read, s.least, s.since = s.read, 0, 0, now
}

// timeSender takes the round-trip time from a segment with text: the peer echoes
// the timestamp of an ACK that let him send it (RFC 7323 §3.2).
func (c *Conn) timeSender(now clock.Time, seg *wire.Segment) {
	if c.recv.fixed != 0 || !c.tcb.Opts.TS || len(seg.Payload) == 0 || seg.Opts.TSEcr == 0 {
		return
	}
	if ms := int32(c.tsNow(now) - seg.Opts.TSEcr); ms >= 0 {
		c.recv.sample(time.Duration(ms) * time.Millisecond)
	}
}

// recvLimit is how many bytes may be unread, at present. While memory is short
// the window does not open beyond a little, and what is announced already is
// used up: the right edge stays where it is.
func (c *Conn) recvLimit() int { return c.params.Pool.ration(c.recv.size) }

// sendLimit is how many bytes may be queued and unacknowledged, at present:
// what the user has set, or else twice the congestion window, so that there is
// more to send when it has doubled.
func (c *Conn) sendLimit() int {
	n := c.send.fixed
	if n == 0 {
		n = min(max(2*c.cc.Window(), firstSend), c.send.most)
	}
	return c.params.Pool.ration(n)
}

// ration is how much of a buffer of n bytes may be used. Even a stack that has no
// memory left gives each connection one chunk either way, so that all go on.
func (p *Pool) ration(n int) int {
	switch {
	case p.full():
		return min(n, chunkSize)
	case p.tight():
		return min(n, tightBuffer)
	}
	return n
}

// SetRecvBuffer fixes the size of the receive buffer, in bytes. The window that is
// announced already stays.
func (c *Conn) SetRecvBuffer(now clock.Time, n int) {
	c.recv.set(n)
	c.announceRoom()
	c.rearm(now)
}

// SetSendBuffer fixes the size of the send buffer, in bytes. What is queued
// already stays.
func (c *Conn) SetSendBuffer(n int) { c.send.fixed = n }
