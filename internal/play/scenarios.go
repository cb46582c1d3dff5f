package play

import (
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// The two normal ways: of the end that opens and closes first, and of the
// other.
var (
	active  = states("CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
	passive = states("CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
)

// tutorial is the paths that every tutorial tells: first the normal life, then
// what differs at its end, then at its start.
var tutorial = []*Scenario{
	{Name: "lifecycle", Client: active, Server: passive, Next: "half-close", script: lifecycle},
	{Name: "half-close", Client: active, Server: passive, Next: "fin-ack", script: halfClose},
	{Name: "fin-ack", Client: active, Server: passive, Next: "simultaneous-close", script: finAck},
	{
		Name:   "simultaneous-close",
		Client: states("ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED"),
		Server: states("ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED"),
		Next:   "last-ack-lost", script: simultaneousClose,
	},
	{Name: "last-ack-lost", Client: active, Server: passive, Next: "port-in-time-wait", script: lastAckLost},
	{Name: "port-in-time-wait", Next: "refused", Cases: timeWaitCases},
	{
		Name: "refused", Client: states("CLOSED SYN_SENT CLOSED"), Server: states("CLOSED"),
		Next: "connect-timeout", script: refused,
	},
	{
		Name: "connect-timeout", Client: states("CLOSED SYN_SENT CLOSED"), Server: states("CLOSED"),
		Next: "simultaneous-open", script: connectTimeout,
	},
	{
		Name:   "simultaneous-open",
		Client: states("CLOSED SYN_SENT SYN_RCVD ESTABLISHED"),
		Server: states("CLOSED SYN_SENT SYN_RCVD ESTABLISHED"),
		Next:   "listen-connect", script: simultaneousOpen,
	},
	{
		Name:   "listen-connect",
		Client: states("CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"),
		Server: states("CLOSED LISTEN SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"),
		Next:   "rst-in-syn-rcvd", script: listenConnect,
	},
	{
		Name: "rst-in-syn-rcvd", Client: states("CLOSED SYN_SENT CLOSED"), Server: states("CLOSED LISTEN SYN_RCVD LISTEN"),
		Next: "close-in-syn-rcvd", script: rstInSynRcvd,
	},
	{
		Name:   "close-in-syn-rcvd",
		Client: states("CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"),
		Server: states("CLOSED LISTEN SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"),
		Next:   "lost-syn", script: closeInSynRcvd,
	},
}

// timeWaitCases is the cases of port-in-time-wait. They begin when the old
// connection is in TIME_WAIT already.
var timeWaitCases = []*Scenario{
	{
		Name: "port-in-time-wait/newer-syn", Timestamps: true, Client: active,
		Server: states("TIME_WAIT SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"),
		Next:   "port-in-time-wait/old-syn", script: newerSYN,
	},
	{
		Name: "port-in-time-wait/old-syn", Timestamps: true, Client: active, Server: states("TIME_WAIT CLOSED"),
		Next: "port-in-time-wait/no-listener", script: oldSYN,
	},
	{
		Name: "port-in-time-wait/no-listener", Timestamps: true, Client: states("CLOSED SYN_SENT CLOSED"), Server: states("TIME_WAIT CLOSED"),
		Next: "port-in-time-wait/bind", script: noListener,
	},
	{
		Name: "port-in-time-wait/bind", Client: states("TIME_WAIT CLOSED"),
		Server: states("LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"),
		Next:   "refused", script: bindInTimeWait,
	},
}

// Scenarios is all scenarios in the order of listings, those with cases as one:
// first those of the tutorial, then those of practice.
func Scenarios() []*Scenario { return slices.Concat(tutorial, practice) }

// Practice reports whether a scenario is one that practice adds to the paths of
// the tutorial.
func (s *Scenario) Practice() bool {
	return slices.Contains(practice, s) || slices.Contains(unreachableCases, s)
}

// Find is the scenario, or the case, of that name; nil if there is none.
func Find(name string) *Scenario {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s
		}
		for _, c := range s.Cases {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// states reads names of states.
func states(names string) (out []fsm.State) {
	for name := range strings.FieldsSeq(names) {
		s, err := fsm.ParseState(name)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		out = append(out, s)
	}
	return out
}
