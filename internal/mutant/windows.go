package mutant

// windows is faults of flow control.
var windows = []Mutant{
	{
		Name: "sender-ignores-window", Rule: "§3.8.6, §3.10.2",
		Fault: "text is sent whatever the peer's window is",
		Edits: []Edit{{emitFile, "room := t.Snd.Una.Add(int(t.Snd.Wnd)).Sub(from)", "room := 1 << 30"}},
	},
	{
		Name: "receiver-ignores-window", Rule: "§3.10.7.4 first, table 6",
		Fault: "text is acceptable wherever it is",
		Edits: []Edit{{"internal/tcp/tcb.go", "return first.In(nxt, wnd) || (seg.End()-1).In(nxt, wnd)", "return true"}},
	},
	{
		Name: "text-beyond-window-kept", Rule: "§3.10.7.4 seventh",
		Fault: "text is not trimmed at the right edge of the window",
		Edits: []Edit{{stepsFile, "left.Sub(rcv.Nxt); len(text) > room {", "left.Sub(rcv.Nxt); false && len(text) > room {"}},
	},
	{
		Name: "right-edge-moves-back", Rule: "SHLD-14",
		Fault: "the window is taken back while segments are on their way to it",
		Edits: []Edit{{stepsFile, "rcv.Wnd -= uint32(n)", "rcv.Wnd -= min(rcv.Wnd, 2*uint32(n))"}},
	},
	{
		Name: "window-grows-with-text", Rule: "§3.8.6.2.2",
		Fault: "text that arrives takes nothing from the window",
		Edits: []Edit{{stepsFile, "rcv.Wnd -= uint32(n)", "_ = n"}},
	},
	{
		Name: "old-segment-sets-window", Rule: "§3.10.7.4 fifth",
		Fault: "SND.WL1 and SND.WL2 are not looked at: an old segment sets the window",
		Edits: []Edit{{stepsFile, "(snd.Wl1.Before(seg.Seq) || snd.Wl1 == seg.Seq && !snd.Wl2.After(seg.Ack))", "true"}},
	},
	{
		Name: "zero-window-not-probed", Rule: "MUST-36",
		Fault: "a window that has closed is never probed: if the news of its opening is lost, both ends wait for ever",
		Edits: []Edit{{timersFile, "t.arm(TimerPersist, now.Add(c.probeInterval()))", ""}},
	},
	{
		Name: "zero-window-hears-nothing", Rule: "MUST-66",
		Fault: "at a zero window not even the acknowledgment of a segment is processed",
		Edits: []Edit{{stepsFile, "case t.acceptable(seg), t.Rcv.Wnd == 0 && seg.Seq.In(t.Rcv.Nxt, 2):", "case t.acceptable(seg) && t.Rcv.Wnd > 0:"}},
	},
	{
		Name: "reading-not-announced", Rule: "§3.8.6.2.2",
		Fault: "a window that reading has opened is told only when the peer asks",
		Edits: []Edit{{callFile, "if c.receives() && c.worthOpening(free)", "if false && c.worthOpening(free)"}},
	},
	{
		Name: "nagle-inverted", Rule: "§3.7.4, SHLD-7, MUST-17",
		Fault: "Nagle's algorithm is on where it was turned off, and off where it is on",
		Edits: []Edit{{emitFile, "idle := snd.Nxt == snd.Una || snd.Nxt == snd.ISS+1 || c.tcb.NoDelay", "idle := snd.Nxt == snd.Una || snd.Nxt == snd.ISS+1 || !c.tcb.NoDelay"}},
	},
}
