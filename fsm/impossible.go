package fsm

// A Case is a pair of state and event that cannot be, with the reason.
type Case struct {
	From States
	On   Event
	Why  string
}

// Impossible lists the cells of the machine that no row of Table fills. Rows
// and impossible cases together are all states times all events.
var Impossible = []Case{
	{^In(Closed) & all, RcvSegment, "a connection or a listener takes the segment, and has events of its own for it"},
	{In(Closed), RcvSYN, "without a connection every segment is just a segment (§3.10.7.1)"},
	{In(Closed), RcvBadACK, "without a connection every segment is just a segment (§3.10.7.1)"},
	{^In(SynSent) & all, RcvSYNACK, "only SYN_SENT waits for the peer's SYN; elsewhere a SYN is rcv SYN, whatever it acknowledges"},
	{^In(TimeWait) & all, RcvNewSYN, "only TIME_WAIT has an old incarnation to compare with"},
	{In(Closed, Listen, SynSent), RcvACKofSYN, "no SYN is outstanding, or its acknowledgment comes as rcv SYN,ACK or is bad"},
	{In(Established, FinWait2, CloseWait, LastAck, TimeWait), RcvACKofSYN, "our SYN is acknowledged already"},
	{In(Closed, Listen, SynSent, SynReceived, Established, CloseWait), RcvACKofFIN, "our FIN is not sent"},
	{In(FinWait2, TimeWait), RcvACKofFIN, "our FIN is acknowledged already"},
	{In(Closed, Listen, SynSent), RcvFIN, "the sequence number cannot be validated (§3.10.7.4 eighth)"},
	{In(SynReceived), RcvFIN, "the ACK that comes with the FIN has made it ESTABLISHED, or the segment was dropped (§3.10.7.4 fifth)"},
	{In(Closed, Listen, SynSent, SynReceived, Established, CloseWait), RcvTextAfterClose, "the user has not closed, so may still read"},
	{In(Closing, LastAck, TimeWait), RcvTextAfterClose, "nothing follows the peer's FIN (§3.10.7.4 seventh)"},
	{In(Closed, Listen), RcvHardError, "nothing was sent that the message could quote"},
	{In(Closed, Listen), RetransmitTimeout, "nothing was sent"},
	{In(FinWait2, TimeWait), RetransmitTimeout, "all that was sent is acknowledged"},
	{In(Closed, Listen), UserTimeout, "nothing waits for an acknowledgment"},
	{In(FinWait2, TimeWait), UserTimeout, "all that was sent is acknowledged"},
	{In(Closed, Listen, SynSent, SynReceived, FinWait1, Closing, LastAck, TimeWait), KeepAliveTimeout, "probes are sent only on a synchronized connection with nothing outstanding (MUST-26)"},
	{^In(FinWait2) & all, FinWait2Timeout, "the timer runs only in FIN_WAIT_2"},
	{^In(TimeWait) & all, TimeWaitTimeout, "the timer runs only in TIME_WAIT"},
}

// all is the set of all states.
const all = States(1<<NumStates - 1)
