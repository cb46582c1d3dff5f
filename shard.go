package lastack

import (
	"sync"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/trace"
)

// A shard runs one core: it gives it a lock, a clock, a timer and a link.
//
// Packets are processed to completion by whoever brings them: the link's
// reader, or the caller of Write. Such a turn begins with enter, calls the
// core, and ends with leave, which sends what the core owes by then. The lock
// is never held over a wait, a send or a call of the observer.
//
// Packets must reach the link in the order in which the core made them, so
// only one goroutine at a time is the sender. Others leave at once: the sender
// takes their packets along.
type shard struct {
	mu     sync.Mutex
	core   *stack.Core
	link   link.Link
	start  time.Time  // the origin of the core's time
	turn   clock.Time // when the latest turn began
	closed bool

	timer *time.Timer
	armed clock.Time // when timer fires; clock.Never: it is not running

	sending bool      // somebody is the sender
	sent    sync.Cond // told when that ends
	batch   batch
	events  events
}

// senderTurns is how many batches a goroutine sends before it hands the
// sender's work to a new one. It bounds how long a Write is kept busy with
// other people's packets.
const senderTurns = 32

// init prepares everything but the core.
func (s *shard) init(l link.Link, observer func(trace.Event)) {
	s.link = l
	s.start = time.Now()
	s.armed = clock.Never
	s.sent.L = &s.mu
	s.batch.init(l.MTU())
	s.events.observer = observer
}

// now is the time since the stack began.
func (s *shard) now() clock.Time { return clock.Time(time.Since(s.start)) }

// enter begins a turn. Everything in it happens at the time returned.
func (s *shard) enter() clock.Time {
	s.mu.Lock()
	return s.begin()
}

// begin begins a turn with the lock held, after a wait.
func (s *shard) begin() clock.Time {
	s.turn = s.now()
	return s.turn
}

// wait waits to be told of a change, and begins a new turn.
func (s *shard) wait(change *sync.Cond) clock.Time {
	change.Wait()
	return s.begin()
}

// leave ends a turn: it sends what is owed, if nobody else does, and sets the
// timer.
func (s *shard) leave() {
	if !s.sending {
		s.send()
	}
	s.arm()
	s.mu.Unlock()
}

// send is the sender's work: batch by batch, until nothing is owed. The lock
// is held before and after, but not over sending.
func (s *shard) send() {
	s.sending = true
	for range senderTurns {
		pkts, news, reports := s.batch.fill(s.core, s.turn), s.events.take(), s.events.takeReports()
		if len(pkts) == 0 && len(news) == 0 && len(reports) == 0 {
			s.sending = false
			s.sent.Broadcast()
			return
		}
		s.mu.Unlock()
		s.events.tell(news, reports)
		if len(pkts) > 0 {
			// A packet that the link does not take is lost, as it may be
			// anywhere on its way, and TCP repairs it.
			_ = s.link.Send(pkts)
		}
		s.mu.Lock()
		s.events.giveBack(news)
		if s.batch.full() {
			s.begin() // sending takes time, and there is more
		}
	}
	go s.resend()
}

// resend takes over from a sender that has done its share.
func (s *shard) resend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.send()
	s.arm()
}

// receive takes packets from the link.
func (s *shard) receive(pkts [][]byte) {
	now := s.enter()
	defer s.leave()
	if s.closed {
		return
	}
	for _, pkt := range pkts {
		s.core.Input(now, pkt)
	}
}

// arm sets the timer for the core's next deadline. A timer that is set too
// early stays: it finds nothing to do and is set anew, which is cheaper than
// moving it with every segment.
func (s *shard) arm() {
	if s.closed {
		return
	}
	next := s.core.Deadline()
	if !next.Before(s.armed) {
		return
	}
	s.armed = next
	wait := max(0, next.Sub(s.now()))
	if s.timer == nil {
		s.timer = time.AfterFunc(wait, s.expire)
		return
	}
	s.timer.Reset(wait)
}

// expire is called by the timer.
func (s *shard) expire() {
	now := s.enter()
	defer s.leave()
	s.armed = clock.Never
	if !s.closed {
		s.core.Expire(now)
	}
}

// close aborts everything and waits until the resets are sent. It reports
// whether the shard was open.
func (s *shard) close() bool {
	now := s.enter()
	if s.closed {
		s.mu.Unlock()
		return false
	}
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}
	s.core.Close(now)
	s.leave()

	s.mu.Lock()
	defer s.mu.Unlock()
	for s.sending {
		s.sent.Wait()
	}
	return true
}
