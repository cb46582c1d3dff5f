package mutant

// acknowledgments is faults of the fifth check of §3.10.7.4.
var acknowledgments = []Mutant{
	{
		Name: "ack-of-unsent-taken", Rule: "§3.10.7.4 fifth",
		Fault: "an acknowledgment of what was never sent moves SND.UNA",
		Edits: []Edit{
			{stepsFile, "isNew := seg.Ack.In(snd.Una+1, uint32(snd.Nxt-snd.Una))", "isNew := seg.Ack.After(snd.Una)"},
			{stepsFile, "seg.Ack.After(snd.Nxt): // RFC 5961 §5.2", "false:"},
		},
	},
	{
		Name: "ack-of-unsent-unanswered", Rule: "§3.10.7.4 fifth",
		Fault: "an acknowledgment of what was never sent is dropped without an answer",
		Edits: []Edit{{tableFile, "{synchronized, RcvBadACK, Always, Same, ChallengeACK,", "{synchronized, RcvBadACK, Always, Same, 0,"}},
	},
	{
		Name: "old-ack-moves-back", Rule: "§3.10.7.4 fifth",
		Fault: "an old acknowledgment moves SND.UNA back",
		Edits: []Edit{{stepsFile, "isNew := seg.Ack.In(snd.Una+1, uint32(snd.Nxt-snd.Una))", "isNew := seg.Ack != snd.Una && !seg.Ack.After(snd.Nxt) && (c.tcb.synAcked() || seg.Ack.After(snd.Una))"}},
	},
	{
		Name: "text-without-ack", Rule: "§3.10.7.4 fifth",
		Fault: "text and FIN are taken from segments without the ACK bit",
		Edits: []Edit{{stepsFile, "return r.drop(NoACK)", "return true"}},
	},
	{
		Name: "ancient-ack-accepted", Rule: "RFC 5961 §5.2, MAY-12",
		Fault: "text is taken though its acknowledgment is older than any window: blind injection is easy",
		Edits: []Edit{{stepsFile, "case seg.Ack.Before(snd.oldest()), seg.Ack.After(snd.Nxt):", "case seg.Ack.After(snd.Nxt):"}},
	},
	{
		Name: "unacceptable-unanswered", Rule: "§3.10.7.4 first",
		Fault: "a segment out of the window is dropped without an acknowledgment",
		Edits: []Edit{{stepsFile, "\t\tc.replyToUnacceptable(now, seg)\n", ""}},
	},
	{
		Name: "ack-never-delayed-out", Rule: "§3.8.6.3, MUST-40",
		Fault: "a delayed acknowledgment waits for company for ever",
		Edits: []Edit{{timersFile, "if c.ack.delayed && !c.ack.now {", "if false {"}},
	},
}
