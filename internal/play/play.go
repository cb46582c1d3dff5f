// Package play is scenarios: the ways that a connection can take through its
// states, acted out by two real stacks on a simulated network, in virtual
// time. Every segment comes from the stacks; a scenario only says what the
// applications do and what the network loses.
package play

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/trace"
)

// The names of the ends in traces.
const (
	Client = "client" // the active opener, if only one end is
	Server = "server"
)

// DefaultRTT is the round-trip time of the network if Options does not tell.
const DefaultRTT = 20 * time.Millisecond

// MaxRTT is the longest round-trip time that a scenario is played with.
const MaxRTT = 10 * time.Second

// limit is when a run is cut off, in virtual time. None comes near it: the
// longest timers of TCP give up after some minutes.
const limit = clock.Time(24 * time.Hour)

// Options is the network that a scenario is played on.
type Options struct {
	RTT  time.Duration // round-trip time; default DefaultRTT
	Loss float64       // the share of packets lost, 0 to 1, in each direction
	Seed uint64        // of all randomness
	Drop int           // the number of a packet to be lost, counted from one; 0: none
}

// A Scenario is one way of a connection.
type Scenario struct {
	Name           string      // "half-close", "port-in-time-wait/old-syn"
	Client, Server []fsm.State // the states of the ends when nothing is disturbed
	Next           string      // the scenario to look at after this one
	Timestamps     bool        // decide what happens, so that a picture shows them

	// Cases are the parts of a scenario that is played in parts, each from a
	// start of its own. Such a scenario has no states itself.
	Cases []*Scenario

	script func(*stage)
}

// Words is a scenario in a language.
type Words struct {
	Title string // a heading
	Line  string // in one line, without a full stop
	Text  string // what to look at and why it is so: paragraphs with empty lines between
}

// Words is the scenario explained.
func (s *Scenario) Words(l explain.Lang) Words {
	if l == explain.ZH {
		return wordsZH[s.Name]
	}
	return wordsEN[s.Name]
}

// Play plays a scenario without cases.
func (s *Scenario) Play(o Options) (*Result, error) {
	if s.script == nil {
		return nil, fmt.Errorf("scenario %s is played in parts, such as %s", s.Name, s.Cases[0].Name)
	}
	if o.RTT == 0 {
		o.RTT = DefaultRTT
	}
	if o.RTT < 0 || o.RTT > MaxRTT {
		return nil, fmt.Errorf("round-trip time %v: give one up to %v", o.RTT, MaxRTT)
	}
	if o.Loss < 0 || o.Loss > 1 {
		return nil, fmt.Errorf("loss %v: give a share from 0 to 1", o.Loss)
	}
	if o.Drop < 0 {
		return nil, fmt.Errorf("packet %d: packets are counted from one", o.Drop)
	}
	st, err := newStage(o)
	if err != nil {
		return nil, err
	}
	s.script(st)
	st.Run(limit)
	return newResult(s, o, st), nil
}

// PlayAll plays a scenario, or all its cases in order.
func (s *Scenario) PlayAll(o Options) (all []*Result, err error) {
	parts := s.Cases
	if parts == nil {
		parts = []*Scenario{s}
	}
	for _, part := range parts {
		r, err := part.Play(o)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// A Result is what happened in a scenario.
type Result struct {
	Scenario       *Scenario
	Options        Options
	Events         []trace.Event
	Client, Server []fsm.State   // of each end's first connection; CLOSED alone if there was none
	ClientRows     []int         // of fsm.Table, that of each change in Client; nil if not known
	ServerRows     []int         // the same of Server
	Connections    []Connection  // all of both ends, in the order in which they appear
	Duration       time.Duration // virtual
	Packets        int           // sent by both ends

	capture []captured
}

// newResult gathers what the stage has seen.
func newResult(s *Scenario, o Options, st *stage) *Result {
	r := &Result{
		Scenario: s, Options: o, Events: st.Events(),
		Duration: st.Time(), Packets: st.Packets(), capture: st.capture,
	}
	r.Client, r.ClientRows = path(r.Events, Client)
	r.Server, r.ServerRows = path(r.Events, Server)
	r.Connections = connections(r.Events)
	return r
}

// AsExpected reports whether both ends took the way of the undisturbed
// scenario.
func (r *Result) AsExpected() bool {
	return equal(r.Client, r.Scenario.Client) && equal(r.Server, r.Scenario.Server)
}
