// Package fsm is TCP's connection state machine (RFC 9293) as data.
//
// Table holds every transition of §3.10: the state it starts in, the event
// that causes it, the condition, the state it leads to, what is to be done,
// and the place in the RFC. The stack, the diagrams, the documentation and the
// tests all read these rows; nobody else chooses a next state.
package fsm

import (
	"fmt"
	"iter"
	"math/bits"
	"strings"
)

// A State is one of the eleven states of a connection (§3.3.2).
type State uint8

// The states, in the order of the RFC's own listings.
const (
	Closed      State = iota // no connection at all
	Listen                   // waiting for a SYN from anybody
	SynSent                  // SYN sent, waiting for a matching SYN
	SynReceived              // SYN received and sent, waiting for its acknowledgment
	Established              // open: data flows both ways
	FinWait1                 // FIN sent, not yet acknowledged
	FinWait2                 // FIN acknowledged, waiting for the peer's
	CloseWait                // the peer's FIN is here, waiting for the local CLOSE
	Closing                  // both FINs crossed, ours is not yet acknowledged
	LastAck                  // FIN sent after the peer's, waiting for the last ACK
	TimeWait                 // waiting for old segments to die

	NumStates = iota // how many states there are
)

var stateNames = [NumStates]string{
	"CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1",
	"FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT",
}

// String is the state's name as ss, Linux and most textbooks print it:
// SYN_RCVD, FIN_WAIT_1.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Synchronized reports whether both ends' sequence numbers are agreed on:
// ESTABLISHED and all that comes after it (§3.5.1).
func (s State) Synchronized() bool { return s >= Established }

// MarshalText writes the name of String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseState reads.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = ParseState(string(text))
	return err
}

// ParseState finds a state by its name. It takes the spellings of this
// package, of the RFC (SYN-RECEIVED), of ss (ESTAB, SYN-RECV) and of Linux's
// headers (TCP_CLOSE), in any case.
func ParseState(name string) (State, error) {
	key := strings.ToUpper(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
	key = strings.TrimPrefix(key, "TCP")
	for s, n := range stateNames {
		if key == strings.ReplaceAll(n, "_", "") {
			return State(s), nil
		}
	}
	switch key {
	case "SYNRECEIVED", "SYNRECV":
		return SynReceived, nil
	case "ESTAB":
		return Established, nil
	case "CLOSE", "UNCONN":
		return Closed, nil
	}
	return 0, fmt.Errorf("no TCP state is called %q; the states are %s", name, strings.Join(stateNames[:], ", "))
}

// States is a set of states: the RFC's own way of grouping them.
type States uint16

// In is the set of the states given.
func In(states ...State) (set States) {
	for _, s := range states {
		set |= 1 << s
	}
	return set
}

// Has reports whether s is in the set.
func (set States) Has(s State) bool { return set&(1<<s) != 0 }

// Len is the number of states in the set.
func (set States) Len() int { return bits.OnesCount16(uint16(set)) }

// All yields the states of the set in order.
func (set States) All() iter.Seq[State] {
	return func(yield func(State) bool) {
		for s := range State(NumStates) {
			if set.Has(s) && !yield(s) {
				return
			}
		}
	}
}

// String is the names of the states, separated by spaces.
func (set States) String() string {
	var names []string
	for s := range set.All() {
		names = append(names, s.String())
	}
	return strings.Join(names, " ")
}
