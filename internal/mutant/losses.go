package mutant

// The files that mutants of loss recovery and of congestion marks change.
const (
	rackFile  = "internal/recovery/rack.go"
	judgeFile = "internal/recovery/judge.go"
	ecnFile   = "internal/tcp/ecn.go"
)

// losses is faults of loss recovery and of congestion control.
var losses = []Mutant{
	{
		Name: "sack-ignored", Rule: "RFC 2018 §5, RFC 8985 §6",
		Fault: "the sender does not read the SACK blocks that come",
		Edits: []Edit{{"internal/recovery/deliver.go", "s.selective(now, a, &d)", "s.countDuplicates(a, &d)"}},
	},
	{
		Name: "sack-not-sent", Rule: "RFC 2018 §3",
		Fault: "the receiver agrees to SACK and sends no blocks",
		Edits: []Edit{{"internal/tcp/sackreport.go", "if seg.Has(wire.SYN) || !c.hasSACK() {", "if true {"}},
	},
	{
		Name: "d-sack-not-sent", Rule: "RFC 2883 §4",
		Fault: "text that comes twice is acknowledged, and not reported",
		Edits: []Edit{{"internal/tcp/sackreport.go", "\t\tadd(k.dup)\n", ""}},
	},
	{
		Name: "no-reordering-window", Rule: "RFC 8985 §6.2 step 4",
		Fault: "what is overtaken is lost at once: the reordering window does not adapt",
		Edits: []Edit{{rackFile, "return min(time.Duration(k.mult+1)*(k.minRTT/4), srtt)", "return 0"}},
	},
	{
		Name: "no-tail-loss-probe", Rule: "RFC 8985 §7",
		Fault: "the loss of the last segment is left to the retransmission timeout",
		Edits: []Edit{{"internal/recovery/tail.go", "s.noTLP ||", "true ||"}},
	},
	{
		Name: "recovery-ends-at-once", Rule: "RFC 6582 §3.2 step 2, RFC 6675 §5",
		Fault: "the recovery point is SND.UNA: each loss of a flight reduces the window anew",
		Edits: []Edit{{judgeFile, "= Recovery, a.Nxt, true, true, false", "= Recovery, a.Una, true, true, false"}},
	},
	{
		Name: "no-rate-reduction", Rule: "RFC 9937 §6",
		Fault: "in a recovery everything goes out at once: PRR has no say",
		Edits: []Edit{{"internal/recovery/prr.go", "p.cwnd = flight + max(n, 0)", "p.cwnd = 1 << 30"}},
	},
	{
		Name: "loss-changes-nothing", Rule: "RFC 5681 §3.2, RFC 9438 §4.6",
		Fault: "a loss is repaired, and the congestion window stays what it was",
		Edits: []Edit{{"congestion/ackclock.go", "c.cwnd = min(c.cwnd, max(n, floor))", "_, _ = n, floor"}},
	},
	{
		Name: "timeout-changes-nothing", Rule: "RFC 5681 §3.1",
		Fault: "after a retransmission timeout the congestion window stays what it was",
		Edits: []Edit{{judgeFile, "\ts.cc.TimedOut(time.Duration(now), flight, again)\n", "\t_ = flight\n"}},
	},
	{
		Name: "undo-never", Rule: "RFC 4015 §3, RFC 5682 §2",
		Fault: "a reduction that proves to have been for nothing is not taken back",
		Edits: []Edit{{judgeFile, "case s.undo.spurious(a, d), s.phase == Loss && s.judgeFRTO(a, d):", "case false:"}},
	},
	{
		Name: "initial-window-of-everything", Rule: "RFC 6928 §2",
		Fault: "a new connection sends as much as the peer's window takes",
		Edits: []Edit{{"congestion/window.go", "return min(10*mss, max(2*mss, 14600))", "return 1 << 20"}},
	},
	{
		Name: "echo-never-ends", Rule: "RFC 3168 §6.1.3",
		Fault: "the receiver goes on echoing a mark though the sender has answered by CWR",
		Edits: []Edit{{ecnFile, "\t\t\te.echo = false\n", ""}},
	},
	{
		Name: "marks-not-echoed", Rule: "RFC 3168 §6.1.3",
		Fault: "the receiver agrees to ECN and does not tell of marks",
		Edits: []Edit{{ecnFile, "e.echo = e.echo || marked && text", "_ = marked && text"}},
	},
	{
		Name: "marks-not-answered", Rule: "RFC 3168 §6.1.2",
		Fault: "the sender agrees to ECN and does not slow down for marks",
		Edits: []Edit{{"internal/tcp/congested.go", "if c.loss.Phase() == recovery.Recovery || c.ecn.reduced {", "if c.loss.Phase() != recovery.Recovery || c.ecn.reduced {"}},
	},
	{
		Name: "tiny-path-believed", Rule: "RFC 1191 §7, RFC 5927 §7.2",
		Fault: "an ICMP message is believed however small the path MTU is that it tells",
		Edits: []Edit{{"internal/stack/paths.go", "return max(mtu, minPathMTU4), true", "return mtu, true"}},
	},
}
