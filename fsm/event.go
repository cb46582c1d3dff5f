package fsm

import "fmt"

// An Event is something that a connection reacts to (§3.10): a user call, a
// property of an arriving segment, or a timeout. Events are what the steps of
// §3.10.7.4 recognise by arithmetic; what an event means is in Table.
type Event uint8

// The events.
const (
	CallListen  Event = iota // passive OPEN (§3.10.1)
	CallConnect              // active OPEN (§3.10.1)
	CallSend                 // SEND (§3.10.2)
	CallClose                // CLOSE (§3.10.4)
	CallAbort                // ABORT (§3.10.5)

	RcvSegment        // any segment but a reset, and no connection takes it (§3.10.7.1)
	RcvSYN            // a SYN that opens, or one that is out of place (§3.10.7.4 fourth)
	RcvSYNACK         // SYN, and our SYN is acknowledged (§3.10.7.3 fourth)
	RcvNewSYN         // in TIME_WAIT, a SYN that is newer than the old connection (MAY-2, RFC 6191)
	RcvACKofSYN       // our SYN is acknowledged (§3.10.7.4 fifth)
	RcvACKofFIN       // our FIN is acknowledged (§3.10.7.4 fifth)
	RcvBadACK         // an acknowledgment of something not sent, or too old (§3.10.7.4 fifth)
	RcvFIN            // RCV.NXT has passed the peer's FIN, now or again (§3.10.7.4 eighth)
	RcvRST            // a reset that is valid beyond doubt (§3.10.7.4 second)
	RcvTextAfterClose // data for a user who is gone (§3.6.1, SHLD-3)
	RcvHardError      // ICMP says that the peer cannot be reached (§3.9.2.2)

	RetransmitTimeout // the retransmission timer (§3.10.8)
	UserTimeout       // unacknowledged for too long: the user timeout, or R2 (§3.8.3, §3.10.8)
	KeepAliveTimeout  // no answer to keep-alive probes (§3.8.4)
	FinWait2Timeout   // nobody waits for the peer's FIN any more
	TimeWaitTimeout   // 2 MSL have passed (§3.10.8)

	NumEvents = iota // how many events there are
)

var eventNames = [NumEvents]string{
	CallListen:        "passive OPEN",
	CallConnect:       "active OPEN",
	CallSend:          "SEND",
	CallClose:         "CLOSE",
	CallAbort:         "ABORT",
	RcvSegment:        "rcv segment",
	RcvSYN:            "rcv SYN",
	RcvSYNACK:         "rcv SYN,ACK",
	RcvNewSYN:         "rcv new SYN",
	RcvACKofSYN:       "rcv ACK of SYN",
	RcvACKofFIN:       "rcv ACK of FIN",
	RcvBadACK:         "rcv bad ACK",
	RcvFIN:            "rcv FIN",
	RcvRST:            "rcv RST",
	RcvTextAfterClose: "rcv text after CLOSE",
	RcvHardError:      "rcv ICMP hard error",
	RetransmitTimeout: "retransmission timeout",
	UserTimeout:       "user timeout",
	KeepAliveTimeout:  "keep-alive timeout",
	FinWait2Timeout:   "FIN_WAIT_2 timeout",
	TimeWaitTimeout:   "2 MSL timeout",
}

// String is the event in the words of figure 5: "rcv ACK of SYN", "CLOSE".
func (e Event) String() string {
	if int(e) < len(eventNames) {
		return eventNames[e]
	}
	return fmt.Sprintf("Event(%d)", uint8(e))
}

// A Guard is a condition on a transition. Facts are guards too: the set of
// those that hold.
type Guard uint8

// The guards. The first three tell how a connection came to SYN_RCVD (MUST-11).
const (
	Always   Guard = 0
	Passive  Guard = 1 << iota >> 1 // from LISTEN
	Active                          // from SYN_SENT
	Reopened                        // from TIME_WAIT (MAY-2)
	Queued                          // there is data that has not been sent
)

// String is the guard's name, empty for Always.
func (g Guard) String() string {
	switch g {
	case Always:
		return ""
	case Passive:
		return "passive"
	case Active:
		return "active"
	case Reopened:
		return "reopened"
	case Queued:
		return "data queued"
	}
	return fmt.Sprintf("Guard(%d)", uint8(g))
}

// Action is a set of things to do when a transition is taken.
type Action uint32

// The actions.
const (
	SndSYN         Action = 1 << iota // send SYN
	SndSYNACK                         // send SYN,ACK
	SndACK                            // send ACK
	SndRST                            // send RST
	SndFIN                            // send FIN, after all that is queued
	ChallengeACK                      // send an ACK, but not too often (RFC 5961)
	Retransmit                        // send the oldest unacknowledged segment again
	Enqueue                           // take the data for sending
	DeferClose                        // CLOSE again once ESTABLISHED
	SigOpen                           // tell the user: open
	SigEOF                            // tell the user: "connection closing", the peer sends no more
	SigReset                          // tell the user: "connection reset"
	SigRefused                        // tell the user: "connection refused"
	SigTimeout                        // tell the user: "connection aborted due to user timeout"
	SigUnreachable                    // tell the user what ICMP said
	StartTimeWait                     // turn off the other timers, start 2 MSL
	DeleteTCB                         // flush all queues, delete the TCB
	Refuse                            // the call fails: there is no connection, or it exists already, or it is closing
)

var actionNames = []string{
	"snd SYN", "snd SYN,ACK", "snd ACK", "snd RST", "snd FIN", "challenge ACK", "retransmit",
	"queue data", "close later", "signal open", "signal EOF", "signal reset", "signal refused",
	"signal timeout", "signal unreachable", "start 2 MSL", "delete TCB", "error",
}

// String is the actions in order, separated by commas.
func (a Action) String() string {
	out := ""
	for i, name := range actionNames {
		if a&(1<<i) != 0 {
			if out != "" {
				out += ", "
			}
			out += name
		}
	}
	return out
}
