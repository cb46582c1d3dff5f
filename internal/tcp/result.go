package tcp

import (
	"fmt"

	"github.com/lastack/lastack/fsm"
)

// A Result is what an input did.
type Result struct {
	Rows    [4]Took // the transitions taken, in order
	N       int     // how many of Rows are used
	Dropped Reason  // why the segment was dropped, as a whole or its text
	Wake    Wake    // what a waiting user should look at
	Err     error   // why a call was refused: ErrClosing, ErrNotConnected, ErrExists
}

// Took is one transition that was taken: a row of fsm.Table and the states
// before and after.
type Took struct {
	Row      uint8
	Event    fsm.Event
	From, To fsm.State
}

// took notes a transition.
func (r *Result) took(t Took) {
	if r.N == len(r.Rows) {
		panic("BUG: one input takes more transitions than a Result holds")
	}
	r.Rows[r.N] = t
	r.N++
}

// drop notes why a segment goes no further. It returns false, as a step of
// §3.10.7.4 does that ends the processing.
func (r *Result) drop(why Reason) (more bool) {
	r.Dropped = why
	return false
}

// Wake is a set of things that a user may wait for.
type Wake uint8

// What a user may wait for.
const (
	WakeRead    Wake = 1 << iota // there is more to read, or EOF, or an error
	WakeWrite                    // there is room to write, or an error
	WakeOpen                     // the open has come to an end, good or bad
	WakeClosed                   // the connection is CLOSED, or all that was sent is acknowledged
	WakeUrgent                   // the urgent pointer has moved (MUST-32)
	WakeTrouble                  // Trouble has something to tell (MUST-47)
)

// A Reason says why a segment was dropped. That is no error: it is what TCP
// does with such segments.
type Reason uint8

// The reasons.
const (
	ReasonNone         Reason = iota
	NoConnection              // §3.10.7.1
	ResetToListener           // §3.10.7.2 first
	ACKToListener             // §3.10.7.2 second
	NothingForListener        // §3.10.7.2 fourth
	BadACKInHandshake         // §3.10.7.3 first, §3.10.7.4 fifth
	ResetWithoutACK           // §3.10.7.3 second
	NeitherSYNNorRST          // §3.10.7.3 fifth
	OldTimestamp              // PAWS, RFC 7323 §5.3
	NoTimestamp               // RFC 7323 §3.2
	OutOfWindow               // §3.10.7.4 first
	InexactReset              // §3.10.7.4 second: challenged
	ResetAccepted             // §3.10.7.4 second
	ResetInTimeWait           // RFC 1337
	SYNInConnection           // §3.10.7.4 fourth: challenged
	SYNInHandshake            // §3.10.7.4 fourth: back to LISTEN
	NoACK                     // §3.10.7.4 fifth
	UnacceptableACK           // §3.10.7.4 fifth, RFC 5961 §5
	TextAfterFIN              // §3.10.7.4 seventh
	TextAfterClose            // §3.6.1
	BeyondWindow              // its text, or the end of it (§3.10.7.4 first)
	DuplicateText             // received before
	TooManyGaps               // the reassembly queue is full
	NoMemory                  // the stack's memory is used up

	// NumReasons is how many reasons there are.
	NumReasons = iota
)

var reasonNames = [NumReasons]string{
	NoConnection:       "no connection",
	ResetToListener:    "reset to a listener",
	ACKToListener:      "ACK to a listener",
	NothingForListener: "nothing that a listener could take",
	BadACKInHandshake:  "ACK of something not sent",
	ResetWithoutACK:    "reset that acknowledges nothing",
	NeitherSYNNorRST:   "neither SYN nor RST",
	OldTimestamp:       "old timestamp (PAWS)",
	NoTimestamp:        "timestamp missing",
	OutOfWindow:        "out of window",
	InexactReset:       "reset not at RCV.NXT, challenged",
	ResetAccepted:      "reset accepted",
	ResetInTimeWait:    "reset in TIME_WAIT",
	SYNInConnection:    "SYN on a live connection, challenged",
	SYNInHandshake:     "second SYN in the handshake",
	NoACK:              "no ACK",
	UnacceptableACK:    "unacceptable ACK",
	TextAfterFIN:       "text after FIN",
	TextAfterClose:     "text for a user who is gone",
	BeyondWindow:       "text beyond the window",
	DuplicateText:      "received before",
	TooManyGaps:        "too many gaps",
	NoMemory:           "no memory",
}

// String is the reason in words, empty for ReasonNone.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}
