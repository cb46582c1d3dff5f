// Package sim runs whole stacks on a simulated network in virtual time: one
// goroutine, one queue of events, one seed. The same seed and the same script
// give the same events, on every machine.
//
// A simulation is made of nodes, each a stack.Core, and links between two of
// them. Scripts act through At, After and When.
package sim

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/trace"
)

// A Sim is a simulation. Its time starts at 0.
type Sim struct {
	seed   uint64
	now    clock.Time
	origin clock.Time // what the trace counts from
	queue  queue
	nodes  []*Node
	links  []*Link
	waits  []wait
	events []trace.Event
	packet uint64 // the number of the last packet
	buf    [65535]byte
}

// New makes an empty simulation. All its randomness comes from the seed.
func New(seed uint64) *Sim { return &Sim{seed: seed} }

// Now is the virtual time.
func (s *Sim) Now() clock.Time { return s.now }

// Time is the virtual time as the trace counts it.
func (s *Sim) Time() time.Duration { return s.now.Sub(s.origin) }

// Events is what the observers of all nodes were told so far, in order.
func (s *Sim) Events() []trace.Event { return s.events }

// Packets is how many packets the nodes have sent.
func (s *Sim) Packets() int { return int(s.packet) }

// Begin lets the trace begin now: earlier events are forgotten, times and the
// numbers of packets are counted from here. Connections go on.
func (s *Sim) Begin() {
	s.origin, s.events, s.packet = s.now, nil, 0
}

// Note adds an event that no stack knows of, such as a call that failed before
// there was a connection. Its time is now.
func (s *Sim) Note(e trace.Event) {
	e.Time = s.Time()
	s.events = append(s.events, e)
}

// At calls do at the time t; at once, but after what is already due, if t has
// passed.
func (s *Sim) At(t clock.Time, do func()) {
	s.queue.add(&event{at: max(t, s.now), do: do})
}

// After calls do when d has passed.
func (s *Sim) After(d time.Duration, do func()) { s.At(s.now.Add(d), do) }

// A wait is a script that goes on when its condition is true.
type wait struct {
	ready func() bool
	do    func()
}

// When calls do once, as soon as ready says true. It is asked after everything
// that happens, before what the stacks owe is sent: a script that reacts to a
// segment acts before the segment is answered, as an application does that is
// quicker than its stack.
func (s *Sim) When(ready func() bool, do func()) {
	s.waits = append(s.waits, wait{ready, do})
}

// Run lets time pass until nothing is left to happen, or until the limit. It
// reports whether nothing is left.
func (s *Sim) Run(limit clock.Time) (quiet bool) {
	s.turn(func() {})
	for {
		e := s.queue.first()
		if e == nil {
			return true
		}
		if e.at.After(limit) {
			s.now = limit
			return false
		}
		s.queue.remove(e)
		s.now = e.at
		s.turn(e.do)
	}
}

// turn is everything that happens at one instant because of one event: the
// event, the scripts that waited for it, and what the stacks send.
func (s *Sim) turn(do func()) {
	do()
	for again := true; again; {
		again = s.wake()
		for _, n := range s.nodes {
			n.flush()
		}
	}
	for _, n := range s.nodes {
		n.arm()
	}
}

// wake runs the scripts whose condition is true, in the order in which they
// began to wait. It reports whether any ran.
func (s *Sim) wake() (ran bool) {
	for i := 0; i < len(s.waits); {
		w := s.waits[i]
		if !w.ready() {
			i++
			continue
		}
		s.waits = append(s.waits[:i:i], s.waits[i+1:]...)
		w.do()
		i, ran = 0, true
	}
	return ran
}
