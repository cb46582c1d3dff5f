// Package sim runs whole stacks on a simulated network in virtual time: one
// goroutine, one queue of events, one seed. The same seed and the same script
// give the same events, on every machine.
//
// A simulation is made of nodes, each a stack.Core, and links between two of
// them. Each direction of a link has a Path of its own: its rate, delay, queue
// and faults. Scripts act through At, After and When.
package sim

import (
	"math/rand/v2"
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
	free   []*Packet // to be used again
	mtu    int       // the largest of all nodes, in bytes
	quiet  bool
	events []trace.Event
	packet uint64 // the number of the last packet
	era    int    // how often the trace began anew
}

// New makes an empty simulation. All its randomness comes from the seed.
func New(seed uint64) *Sim { return &Sim{seed: seed} }

// NewQuiet makes a simulation without a trace, which costs nothing then: for
// runs of millions of packets.
func NewQuiet(seed uint64) *Sim { return &Sim{seed: seed, quiet: true} }

// Now is the virtual time.
func (s *Sim) Now() clock.Time { return s.now }

// Time is the virtual time as the trace counts it.
func (s *Sim) Time() time.Duration { return s.now.Sub(s.origin) }

// Events is what the observers of all nodes were told so far, in order.
func (s *Sim) Events() []trace.Event { return s.events }

// Packets is how many packets the nodes have sent.
func (s *Sim) Packets() int { return int(s.packet) }

// Begin lets the trace begin now: earlier events are forgotten, times and the
// numbers of packets are counted from here. Connections go on, and packets that
// are on their way arrive, without a number.
func (s *Sim) Begin() {
	s.origin, s.events, s.packet = s.now, nil, 0
	s.era++
}

// Note adds an event that no stack knows of, such as a call that failed before
// there was a connection. Its time is now.
func (s *Sim) Note(e trace.Event) {
	if s.quiet {
		return
	}
	e.Time = s.Time()
	s.events = append(s.events, e)
}

// What a stream of random numbers is for. Each use has its own, so that more
// of one does not change another.
const (
	streamNode = iota + 1
	streamLoss
	streamBurst
	streamDuplicate
	streamReorder
	streamJitter
	streamCorrupt
)

// random is the generator number n of a use.
func (s *Sim) random(use uint64, n int) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, use<<32|uint64(n)))
}

// Run lets time pass until nothing is left to happen, or until the limit. It
// reports whether nothing is left.
func (s *Sim) Run(limit clock.Time) (quiet bool) {
	return s.RunUntil(limit, func() bool { return false })
}

// RunUntil is Run that also ends as soon as done says true, which is asked
// after everything that happens.
func (s *Sim) RunUntil(limit clock.Time, done func() bool) (quiet bool) {
	s.turn(script(s.touchAll))
	for !done() {
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
	return false
}

// turn is everything that happens at one instant because of one event: the
// event, the scripts that waited for it, and what the stacks send.
func (s *Sim) turn(do action) {
	do.act()
	if _, isScript := do.(script); isScript {
		s.touchAll()
	}
	for again := true; again; {
		if again = s.wake(); again {
			s.touchAll()
		}
		for _, n := range s.nodes {
			n.flush()
		}
	}
	for _, n := range s.nodes {
		n.arm()
	}
}

// touchAll notes that a script may have done anything to any stack.
func (s *Sim) touchAll() {
	for _, n := range s.nodes {
		n.touched = true
	}
}
