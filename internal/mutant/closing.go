package mutant

// closing is faults of the end of a connection.
var closing = []Mutant{
	{
		Name: "no-time-wait", Rule: "§3.10.7.4 eighth, MUST-13",
		Fault: "FIN_WAIT_2 acknowledges the peer's FIN and is CLOSED at once",
		Edits: []Edit{{tableFile, "{In(FinWait2), RcvFIN, Always, TimeWait, SndACK | SigEOF | StartTimeWait,", "{In(FinWait2), RcvFIN, Always, Closed, SigEOF | DeleteTCB,"}},
	},
	{
		Name: "time-wait-not-restarted", Rule: "§3.10.7.4 eighth",
		Fault: "TIME_WAIT does not begin anew when the peer's FIN comes again",
		Edits: []Edit{{tableFile, "{In(TimeWait), RcvFIN, Always, Same, SndACK | StartTimeWait,", "{In(TimeWait), RcvFIN, Always, Same, SndACK,"}},
	},
	{
		Name: "closing-skips-time-wait", Rule: "§3.10.7.4 fifth",
		Fault: "CLOSING is CLOSED when the FIN is acknowledged",
		Edits: []Edit{{tableFile, "{In(Closing), RcvACKofFIN, Always, TimeWait, StartTimeWait,", "{In(Closing), RcvACKofFIN, Always, Closed, DeleteTCB,"}},
	},
	{
		Name: "simultaneous-close-too-soon", Rule: "§3.10.7.4 eighth, figure 13",
		Fault: "FIN_WAIT_1 goes to TIME_WAIT on the peer's FIN, whether its own is acknowledged or not",
		Edits: []Edit{{tableFile, "{In(FinWait1), RcvFIN, Always, Closing, SndACK | SigEOF,", "{In(FinWait1), RcvFIN, Always, TimeWait, SndACK | SigEOF | StartTimeWait,"}},
	},
	{
		Name: "any-ack-ends-last-ack", Rule: "§3.10.7.4 fifth",
		Fault: "LAST_ACK ends with an acknowledgment of anything",
		Edits: []Edit{{stepsFile, "if c.tcb.finAcked(c.out.end()) && c.awaitsACKofFIN()", "if (c.tcb.finAcked(c.out.end()) || c.tcb.State == fsm.LastAck) && c.awaitsACKofFIN()"}},
	},
	{
		Name: "any-ack-ends-fin-wait-1", Rule: "§3.10.7.4 fifth",
		Fault: "FIN_WAIT_1 takes the acknowledgment of text for that of its FIN",
		Edits: []Edit{{stepsFile, "if c.tcb.finAcked(c.out.end()) && c.awaitsACKofFIN()", "if (c.tcb.finAcked(c.out.end()) || isNew && c.tcb.State == fsm.FinWait1) && c.awaitsACKofFIN()"}},
	},
	{
		Name: "close-wait-sends-no-fin", Rule: "§3.10.4 CLOSE-WAIT",
		Fault: "CLOSE in CLOSE_WAIT sends no FIN",
		Edits: []Edit{{tableFile, "{In(CloseWait), CallClose, Always, LastAck, SndFIN,", "{In(CloseWait), CallClose, Always, LastAck, 0,"}},
	},
	{
		Name: "fin-not-counted", Rule: "§3.4, §3.10.7.4 eighth",
		Fault: "the peer's FIN occupies no sequence number",
		Edits: []Edit{{stepsFile, "\trcv.Nxt++\n", ""}},
	},
	{
		Name: "fin-out-of-order", Rule: "§3.10.7.4 eighth",
		Fault: "a FIN is obeyed when it comes, though text before it is missing",
		Edits: []Edit{{stepsFile, "if !rcv.FinSeen || rcv.FinDone || rcv.Nxt != rcv.Fin {", "if !rcv.FinSeen || rcv.FinDone {"}},
	},
	{
		Name: "fin-sent-once", Rule: "§3.8.1",
		Fault: "a FIN that was lost is not sent again",
		Edits: []Edit{{emitFile, "fin = t.FinQueued && from.Add(n) == end", "fin = t.FinQueued && !t.finSent(end) && from.Add(n) == end"}},
	},
	{
		Name: "deaf-in-fin-wait-2", Rule: "§3.10.7.4 seventh",
		Fault: "FIN_WAIT_2 takes no text: whoever has closed is thought to read no more",
		Edits: []Edit{{stepsFile, "return fsm.In(fsm.Established, fsm.FinWait1, fsm.FinWait2).Has(c.tcb.State)", "return fsm.In(fsm.Established, fsm.FinWait1).Has(c.tcb.State)"}},
	},
	{
		Name: "fin-wait-2-for-ever", Rule: "RFC 1122 §4.2.2.20",
		Fault: "FIN_WAIT_2 has no end, though nobody waits for the peer's FIN",
		Edits: []Edit{{timersFile, "if c.tcb.State == fsm.FinWait2 && c.tcb.UserGone {", "if false {"}},
	},
	{
		Name: "late-text-swallowed", Rule: "§3.6.1, MUST-12",
		Fault: "text for a user who is gone is acknowledged as if he read it",
		Edits: []Edit{{stepsFile, "n > 0 && c.tcb.UserGone {", "n < 0 {"}},
	},
	{
		Name: "unread-text-lost", Rule: "§3.6.1, RFC 2525 §2.17",
		Fault: "a user who goes while text waits for him closes in order: the peer thinks all was read",
		Edits: []Edit{{callFile, "unread := c.Unread() > 0 && !c.tcb.NoReader", "unread := false"}},
	},
}
