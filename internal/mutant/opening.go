package mutant

// The files that most mutants change.
const (
	tableFile  = "fsm/table.go"
	openFile   = "internal/tcp/open.go"
	stepsFile  = "internal/tcp/steps.go"
	connFile   = "internal/tcp/conn.go"
	callFile   = "internal/tcp/call.go"
	emitFile   = "internal/tcp/emit.go"
	timersFile = "internal/tcp/timers.go"
	optionFile = "internal/tcp/options.go"
)

// opening is faults of the handshake.
var opening = []Mutant{
	{
		Name: "syn-not-counted", Rule: "§3.4, §3.10.7.2 third",
		Fault: "the peer's SYN occupies no sequence number",
		Edits: []Edit{{openFile, "t.Rcv.IRS, t.Rcv.Nxt = seg.Seq, seg.Seq+1", "t.Rcv.IRS, t.Rcv.Nxt = seg.Seq, seg.Seq"}},
	},
	{
		Name: "bad-ack-opens", Rule: "§3.10.7.3 first",
		Fault: "SYN_SENT takes any acknowledgment for that of its SYN",
		Edits: []Edit{{openFile, "case seg.Has(wire.ACK) && !seg.Ack.In(snd.Una+1", "case false && !seg.Ack.In(snd.Una+1"}},
	},
	{
		Name: "bad-ack-of-syn-ignored", Rule: "§3.10.7.4 fifth",
		Fault: "SYN_RCVD does not reset who acknowledges what was not sent",
		Edits: []Edit{{tableFile, "{In(SynReceived), RcvBadACK, Always, Same, SndRST,", "{In(SynReceived), RcvBadACK, Always, Same, 0,"}},
	},
	{
		Name: "syn-sent-hears-any-reset", Rule: "§3.10.7.3 second",
		Fault: "SYN_SENT believes a reset that acknowledges nothing",
		Edits: []Edit{{openFile, "case seg.Has(wire.RST) && !seg.Has(wire.ACK): // second", "case false: // second"}},
	},
	{
		Name: "no-simultaneous-open", Rule: "§3.10.7.3 fourth, MUST-10",
		Fault: "SYN_SENT waits for a SYN,ACK and does not hear a SYN",
		Edits: []Edit{{tableFile, "{In(SynSent), RcvSYN, Always, SynReceived, SndSYNACK,", "{In(SynSent), RcvSYN, Always, Same, 0,"}},
	},
	{
		Name: "crossed-syn-ack-unheard", Rule: "§3.5, figure 7",
		Fault: "after a simultaneous open the peer's SYN,ACK is an old duplicate",
		Edits: []Edit{{stepsFile, "if t.State != fsm.SynReceived || t.Origin != fsm.Active ||", "if true ||"}},
	},
	{
		Name: "listener-hears-acks", Rule: "§3.10.7.2 second",
		Fault: "LISTEN drops an acknowledgment silently, and does not reset its sender",
		Edits: []Edit{{tableFile, "{In(Listen), RcvBadACK, Always, Same, SndRST,", "{In(Listen), RcvBadACK, Always, Same, 0,"}},
	},
}
