package fsm

import (
	"fmt"
	"slices"
)

// A Transition is one row of Table.
type Transition struct {
	From States // the states in which the row applies
	On   Event  // the event that selects it
	If   Guard  // the condition, or Always
	To   State  // the next state, or Same
	Do   Action // what is to be done
	Fig5 bool   // figure 5 draws it
	Ref  string // where it is written: "§3.10.7.4 eighth", or another RFC
}

// Same as the To of a row means that the state does not change.
const Same State = 255

// Next is the state that the row leads to from s.
func (t *Transition) Next(s State) State {
	if t.To == Same {
		return s
	}
	return t.To
}

// States that §3.10 treats alike.
var (
	synchronized = In(Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait)
	exists       = synchronized | In(SynSent, SynReceived)
	unacked      = In(SynSent, SynReceived, Established, FinWait1, CloseWait, Closing, LastAck)
	closing      = In(FinWait1, FinWait2, Closing, LastAck, TimeWait)
)

// Table is the machine: the rows of §3.10, and after them what other RFCs
// change. A row's number, as traces show it, is its index here plus one. Where
// several rows fit, an amending one goes before one of §3.10, and otherwise the
// first.
var Table = slices.Concat(rfc9293, amendments)

// rfc9293 is §3.10, in its order.
var rfc9293 = []Transition{
	// §3.10.1 OPEN
	{In(Closed), CallListen, Always, Listen, 0, true, "§3.10.1 CLOSED"},
	{In(Closed), CallConnect, Always, SynSent, SndSYN, true, "§3.10.1 CLOSED"},
	{In(Listen), CallConnect, Always, SynSent, SndSYN, false, "§3.10.1 LISTEN"},
	{exists, CallConnect, Always, Same, Refuse, false, "§3.10.1 SYN-SENT"},
	{exists | In(Listen), CallListen, Always, Same, Refuse, false, "§3.10.1 SYN-SENT"},

	// §3.10.2 SEND
	{In(Closed), CallSend, Always, Same, Refuse, false, "§3.10.2 CLOSED"},
	{In(Listen), CallSend, Always, SynSent, SndSYN | Enqueue, true, "§3.10.2 LISTEN"},
	{In(SynSent, SynReceived), CallSend, Always, Same, Enqueue, false, "§3.10.2 SYN-SENT"},
	{In(Established, CloseWait), CallSend, Always, Same, Enqueue, false, "§3.10.2 ESTABLISHED"},
	{closing, CallSend, Always, Same, Refuse, false, "§3.10.2 FIN-WAIT-1"},

	// §3.10.4 CLOSE. CLOSE-WAIT: the RFC enters LAST-ACK when the FIN is sent;
	// here, as in Linux and BSD, it is entered at once, like FIN-WAIT-1.
	{In(Closed), CallClose, Always, Same, Refuse, false, "§3.10.4 CLOSED"},
	{In(Listen), CallClose, Always, Closed, DeleteTCB, true, "§3.10.4 LISTEN"},
	{In(SynSent), CallClose, Always, Closed, DeleteTCB, true, "§3.10.4 SYN-SENT"},
	{In(SynReceived), CallClose, Queued, Same, DeferClose, false, "§3.10.4 SYN-RECEIVED"},
	{In(SynReceived), CallClose, Always, FinWait1, SndFIN, true, "§3.10.4 SYN-RECEIVED"},
	{In(Established), CallClose, Always, FinWait1, SndFIN, true, "§3.10.4 ESTABLISHED"},
	{In(FinWait1, FinWait2), CallClose, Always, Same, 0, false, "§3.10.4 FIN-WAIT-1"},
	{In(CloseWait), CallClose, Always, LastAck, SndFIN, true, "§3.10.4 CLOSE-WAIT"},
	{In(Closing, LastAck, TimeWait), CallClose, Always, Same, Refuse, false, "§3.10.4 CLOSING"},

	// §3.10.5 ABORT
	{In(Closed), CallAbort, Always, Same, Refuse, false, "§3.10.5 CLOSED"},
	{In(Listen, SynSent), CallAbort, Always, Closed, SigReset | DeleteTCB, false, "§3.10.5 LISTEN"},
	{In(SynReceived, Established, FinWait1, FinWait2, CloseWait), CallAbort, Always, Closed, SndRST | SigReset | DeleteTCB, false, "§3.10.5 SYN-RECEIVED"},
	{In(Closing, LastAck, TimeWait), CallAbort, Always, Closed, DeleteTCB, false, "§3.10.5 CLOSING"},

	// §3.10.7.1 SEGMENT ARRIVES, CLOSED
	{In(Closed), RcvRST, Always, Same, 0, false, "§3.10.7.1"},
	{In(Closed), RcvSegment, Always, Same, SndRST, false, "§3.10.7.1"},

	// §3.10.7.2 LISTEN
	{In(Listen), RcvRST, Always, Same, 0, false, "§3.10.7.2 first"},
	{In(Listen), RcvBadACK, Always, Same, SndRST, false, "§3.10.7.2 second"},
	{In(Listen), RcvSYN, Always, SynReceived, SndSYNACK, true, "§3.10.7.2 third"},

	// §3.10.7.3 SYN-SENT
	{In(SynSent), RcvBadACK, Always, Same, SndRST, false, "§3.10.7.3 first"},
	{In(SynSent), RcvRST, Always, Closed, SigRefused | DeleteTCB, false, "§3.10.7.3 second"},
	{In(SynSent), RcvSYNACK, Always, Established, SndACK | SigOpen, true, "§3.10.7.3 fourth"},
	{In(SynSent), RcvSYN, Always, SynReceived, SndSYNACK, true, "§3.10.7.3 fourth"},

	// §3.10.7.4 second: the RST bit
	{In(SynReceived), RcvRST, Passive, Listen, DeleteTCB, true, "§3.10.7.4 second"},
	{In(SynReceived), RcvRST, Active, Closed, SigRefused | DeleteTCB, false, "§3.10.7.4 second"},
	{In(Established, FinWait1, FinWait2, CloseWait), RcvRST, Always, Closed, SigReset | DeleteTCB, false, "§3.10.7.4 second"},
	{In(Closing, LastAck, TimeWait), RcvRST, Always, Closed, DeleteTCB, false, "§3.10.7.4 second"},

	// §3.10.7.4 fourth: the SYN bit
	{In(SynReceived), RcvSYN, Passive, Listen, DeleteTCB, false, "§3.10.7.4 fourth"},
	{synchronized | In(SynReceived), RcvSYN, Always, Closed, SndRST | SigReset | DeleteTCB, false, "§3.10.7.4 fourth"},

	// §3.10.7.4 fifth: the ACK field. FIN-WAIT-1 knows an unacknowledged SYN
	// when CLOSE came in SYN-RECEIVED, and so does CLOSING after it.
	{In(SynReceived), RcvBadACK, Always, Same, SndRST, false, "§3.10.7.4 fifth"},
	{synchronized, RcvBadACK, Always, Same, ChallengeACK, false, "§3.10.7.4 fifth"},
	{In(SynReceived), RcvACKofSYN, Always, Established, SigOpen, true, "§3.10.7.4 fifth"},
	{In(FinWait1, Closing), RcvACKofSYN, Always, Same, 0, false, "§3.10.7.4 fifth"},
	{In(FinWait1), RcvACKofFIN, Always, FinWait2, 0, true, "§3.10.7.4 fifth"},
	{In(Closing), RcvACKofFIN, Always, TimeWait, StartTimeWait, true, "§3.10.7.4 fifth"},
	{In(LastAck), RcvACKofFIN, Always, Closed, DeleteTCB, true, "§3.10.7.4 fifth"},

	// §3.10.7.4 seventh: the segment text
	{In(FinWait1, FinWait2), RcvTextAfterClose, Always, Closed, SndRST | DeleteTCB, false, "§3.6.1"},

	// §3.10.7.4 eighth: the FIN bit
	{In(Established), RcvFIN, Always, CloseWait, SndACK | SigEOF, true, "§3.10.7.4 eighth"},
	{In(FinWait1), RcvFIN, Always, Closing, SndACK | SigEOF, true, "§3.10.7.4 eighth"},
	{In(FinWait2), RcvFIN, Always, TimeWait, SndACK | SigEOF | StartTimeWait, true, "§3.10.7.4 eighth"},
	{In(CloseWait, Closing, LastAck), RcvFIN, Always, Same, SndACK, false, "§3.10.7.4 eighth"},
	{In(TimeWait), RcvFIN, Always, Same, SndACK | StartTimeWait, false, "§3.10.7.4 eighth"},

	// §3.9.2.2 ICMP
	{In(SynSent), RcvHardError, Always, Closed, SigUnreachable | DeleteTCB, false, "§3.9.2.2"},
	{In(SynReceived), RcvHardError, Passive, Listen, DeleteTCB, false, "§3.9.2.2"},
	{synchronized | In(SynReceived), RcvHardError, Always, Closed, SigUnreachable | DeleteTCB, false, "§3.9.2.2"},

	// §3.8.4 and §3.10.8: timeouts
	{unacked, RetransmitTimeout, Always, Same, Retransmit, false, "§3.10.8"},
	{unacked, UserTimeout, Always, Closed, SigTimeout | DeleteTCB, false, "§3.10.8"},
	{In(Established, FinWait2, CloseWait), KeepAliveTimeout, Always, Closed, SndRST | SigTimeout | DeleteTCB, false, "§3.8.4"},
	{In(TimeWait), TimeWaitTimeout, Always, Closed, DeleteTCB, true, "§3.10.8"},
}

// amendments is what other documents change. These rows go before §3.10's.
var amendments = []Transition{
	// RFC 5961: a SYN on a live connection may be forged, so ask the peer.
	{synchronized, RcvSYN, Always, Same, ChallengeACK, false, "RFC 5961 §4.2"},
	{In(SynReceived), RcvSYN, Active, Same, ChallengeACK, false, "RFC 5961 §4.2"},

	// RFC 1337: a reset must not end TIME_WAIT early.
	{In(TimeWait), RcvRST, Always, Same, 0, false, "RFC 1337 §3"},

	// MAY-2 and RFC 6191: a new incarnation may start from TIME_WAIT, and goes
	// back there if its SYN was an old duplicate.
	{In(TimeWait), RcvNewSYN, Always, SynReceived, SndSYNACK, false, "§3.6.1, RFC 6191 §2"},
	{In(SynReceived), RcvRST, Reopened, TimeWait, StartTimeWait, false, "§3.6.1"},
	{In(SynReceived), RcvSYN, Reopened, TimeWait, StartTimeWait, false, "§3.6.1"},
	{In(SynReceived), RcvHardError, Reopened, TimeWait, StartTimeWait, false, "§3.6.1"},

	// RFC 5461: once synchronized, a hard error is taken as a soft one.
	{synchronized, RcvHardError, Always, Same, 0, false, "RFC 5461 §2.1"},

	// The RFC lets FIN_WAIT_2 last for ever. When the user is gone, it ends.
	{In(FinWait2), FinWait2Timeout, Always, Closed, DeleteTCB, false, "RFC 1122 §4.2.2.20, as Linux's tcp_fin_timeout"},
}

// Amends reports whether row n of Table comes from another document than
// §3.10, and so goes before its rows.
func Amends(row int) bool { return row > len(rfc9293) }

// Row is row n of Table, counted from one as traces do. It panics if there is
// no such row.
func Row(n int) *Transition { return &Table[n-1] }

// index holds, for each state and event, the numbers of the rows that may
// apply, the amending ones first.
var index = func() (ix [NumStates][NumEvents][]uint8) {
	for _, amends := range []bool{true, false} {
		for i := range Table {
			if Amends(i+1) != amends {
				continue
			}
			for s := range Table[i].From.All() {
				ix[s][Table[i].On] = append(ix[s][Table[i].On], uint8(i+1))
			}
		}
	}
	return ix
}()

// Lookup is the number of the row that event e selects in state s when the
// given facts hold, or 0 if Impossible lists the case.
func Lookup(s State, e Event, facts Guard) int {
	for _, n := range index[s][e] {
		if g := Table[n-1].If; g&facts == g {
			return int(n)
		}
	}
	return 0
}

// Next is the number of the row that event e selects in state s when the given
// facts hold. It panics if the case is impossible: then the caller has
// recognised an event that cannot be.
func Next(s State, e Event, facts Guard) int {
	n := Lookup(s, e, facts)
	if n == 0 {
		panic(fmt.Sprintf("BUG: %v in %v is impossible", e, s))
	}
	return n
}

// Superseded reports whether amending rows take every case of row n, so that it
// is never taken: it shows what §3.10 alone would do.
func Superseded(row int) bool {
	for s := range Row(row).From.All() {
		for facts := range Queued << 1 {
			if Lookup(s, Row(row).On, facts) == row {
				return false
			}
		}
	}
	return true
}
