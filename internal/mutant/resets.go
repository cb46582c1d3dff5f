package mutant

// resets is faults of resets, and of what may be forged.
var resets = []Mutant{
	{
		Name: "any-reset-in-window", Rule: "RFC 5961 §3.2",
		Fault: "a reset anywhere in the window is obeyed, as RFC 793 had it",
		Edits: []Edit{{stepsFile, "case seg.Seq != c.tcb.Rcv.Nxt:", "case !c.tcb.acceptable(seg):"}},
	},
	{
		Name: "any-reset-at-all", Rule: "§3.10.7.4 first",
		Fault: "a reset is obeyed whatever its sequence number is",
		Edits: []Edit{{stepsFile, "case !c.checkTimestamp(now, seg, r):", "case seg.Has(wire.RST):\n\t\tc.fire(now, fsm.RcvRST, seg, r)\n\tcase !c.checkTimestamp(now, seg, r):"}},
	},
	{
		Name: "exact-reset-challenged", Rule: "RFC 5961 §3.2",
		Fault: "no reset is believed, not even one at RCV.NXT",
		Edits: []Edit{{stepsFile, "case seg.Seq != c.tcb.Rcv.Nxt:", "case true:"}},
	},
	{
		Name: "syn-resets", Rule: "RFC 5961 §4.2",
		Fault: "a SYN in the window resets a connection, as RFC 793 had it",
		Edits: []Edit{{tableFile, "\t{synchronized, RcvSYN, Always, Same, ChallengeACK, false, \"RFC 5961 §4.2\"},\n", ""}},
	},
	{
		Name: "no-challenge", Rule: "RFC 5961 §3.2, §4.2, §5.2",
		Fault: "what may be forged is dropped, and the peer never asked: one that has restarted is not found out",
		Edits: []Edit{{stepsFile, "if c.throttle.allow(now) {", "if false {"}},
	},
	{
		Name: "challenges-unlimited", Rule: "RFC 5961 §7",
		Fault: "challenge ACKs are not limited: two ends can acknowledge each other for ever",
		Edits: []Edit{{"internal/tcp/throttle.go", "if t.sent >= t.limit {", "if false {"}},
	},
	{
		Name: "reset-ends-time-wait", Rule: "RFC 1337 §3",
		Fault: "a reset ends TIME_WAIT",
		Edits: []Edit{{tableFile, "\t{In(TimeWait), RcvRST, Always, Same, 0, false, \"RFC 1337 §3\"},\n", ""}},
	},
	{
		Name: "reset-of-a-reset", Rule: "§3.10.7.1",
		Fault: "CLOSED answers a reset by a reset",
		Edits: []Edit{{tableFile, "{In(Closed), RcvRST, Always, Same, 0,", "{In(Closed), RcvRST, Always, Same, SndRST,"}},
	},
	{
		Name: "reset-at-zero", Rule: "§3.10.7.1, §3.5.2",
		Fault: "the answer to an acknowledgment is a reset at sequence number 0, which nobody believes",
		Edits: []Edit{{connFile, "c.reset = wire.Segment{Flags: wire.RST, Seq: seg.Ack}", "c.reset = wire.Segment{Flags: wire.RST}"}},
	},
	{
		Name: "reset-acks-nothing-new", Rule: "§3.10.7.1",
		Fault: "the reset of a SYN does not acknowledge it, so that nobody believes it",
		Edits: []Edit{{connFile, "Flags: wire.RST | wire.ACK, Ack: seg.End()}", "Flags: wire.RST | wire.ACK, Ack: seg.Seq}"}},
	},
	{
		Name: "icmp-kills", Rule: "SHLD-26, RFC 5461 §2.1",
		Fault: "an ICMP hard error ends a connection that is synchronized",
		Edits: []Edit{{tableFile, "\t{synchronized, RcvHardError, Always, Same, 0, false, \"RFC 5461 §2.1\"},\n", ""}},
	},
	{
		Name: "initial-numbers-again", Rule: "MAY-2, §3.4.1",
		Fault: "a connection reopened from TIME_WAIT starts with the numbers of the old one",
		Edits: []Edit{{"internal/stack/timewait.go", "return seq.Max(s.secrets.iss(now, old.tuple), old.tcp.TCB().Snd.Nxt+issGap)", "return old.tcp.TCB().Snd.ISS"}},
	},
}
