package mutant

// text is faults of the seventh step of §3.10.7.4.
var text = []Mutant{
	{
		Name: "overlap-kept", Rule: "§3.10.7.4 seventh",
		Fault: "text that a segment repeats is not cut off, but delivered again",
		Edits: []Edit{{stepsFile, "if old := rcv.Nxt.Sub(left); old > 0 {", "if old := rcv.Nxt.Sub(left); old > 0 {\n\t\tleft = rcv.Nxt\n\t}\n\tif old := rcv.Nxt.Sub(left); old > 0 {"}},
	},
	{
		Name: "gap-ignored", Rule: "§3.10.7.4 seventh, MUST-58",
		Fault: "text beyond a gap is delivered as if it came next",
		Edits: []Edit{{stepsFile, "case left == rcv.Nxt && c.in.spans == nil && c.receives():", "case c.receives():"}},
	},
	{
		Name: "span-ends-short", Rule: "§3.10.7.4 seventh",
		Fault: "of text that waits beyond a gap the last octet is left out when it joins another piece",
		Edits: []Edit{{"internal/tcp/queue.go", "s.left, s.right = seq.Min(s.left, q.spans[j].left), seq.Max(s.right, q.spans[j].right)", "s.left, s.right = seq.Min(s.left, q.spans[j].left), s.right"}},
	},
	{
		Name: "text-after-fin-taken", Rule: "§3.10.7.4 seventh",
		Fault: "text that follows the peer's FIN is delivered",
		Edits: []Edit{{stepsFile, "return fsm.In(fsm.Established, fsm.FinWait1, fsm.FinWait2).Has(c.tcb.State)", "return fsm.In(fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.CloseWait).Has(c.tcb.State)"}},
	},
	{
		Name: "urgent-pointer-one-off", Rule: "§3.8.5, MUST-62",
		Fault: "the urgent pointer that is sent names the last urgent octet, and not the one after",
		Edits: []Edit{{emitFile, "seg.Up = uint16(min(up, 65535))", "seg.Up = uint16(min(up, 65535) - 1)"}},
	},
}
