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
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/trace"
)

// The names of the ends in traces.
const (
	Client = "client" // the active opener, if only one end is
	Server = "server"
)

// limit is when a run is cut off, in virtual time. None comes near it: the
// longest timers of TCP give up after some minutes.
const limit = clock.Time(24 * time.Hour)

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
	setup  func(*stack.Config) // of both hosts, told apart by name; nil: the usual
}

// Words is a scenario in a language.
type Words struct {
	Title string // a heading
	Line  string // in one line, without a full stop
	Text  string // what to look at and why it is so: paragraphs with empty lines between
}

// words is the texts in each language: those of the tutorial, those of practice.
var words = map[explain.Lang][2]map[string]Words{
	explain.EN: {tutorialEN, practiceEN},
	explain.ZH: {tutorialZH, practiceZH},
}

// Words is the scenario explained.
func (s *Scenario) Words(l explain.Lang) Words {
	w := words[l]
	if text, ok := w[0][s.Name]; ok {
		return text
	}
	return w[1][s.Name]
}

// Play plays a scenario without cases.
func (s *Scenario) Play(o Options) (*Result, error) {
	if s.script == nil {
		return nil, fmt.Errorf("scenario %s is played in parts, such as %s", s.Name, s.Cases[0].Name)
	}
	if o.RTT == 0 {
		o.RTT = DefaultRTT
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	st, err := newStage(o, s.setup)
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
	Client, Server []fsm.State   // of the client's first connection at both ends; CLOSED alone if there was none
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
	r.Connections = connections(r.Events)
	r.Client, r.ClientRows = path(r.Events, r.Connections, Client)
	r.Server, r.ServerRows = path(r.Events, r.Connections, Server)
	return r
}

// AsExpected reports whether both ends took the way of the undisturbed
// scenario.
func (r *Result) AsExpected() bool {
	return equal(r.Client, r.Scenario.Client) && equal(r.Server, r.Scenario.Server)
}
