package mutant

// timers is faults of what happens when nothing does.
var timers = []Mutant{
	{
		Name: "no-retransmission", Rule: "§3.8.1",
		Fault: "nothing is sent again when its acknowledgment does not come",
		Edits: []Edit{{timersFile, "t.arm(TimerRetransmit, now.Add(c.rtt.timeout()))", ""}},
	},
	{
		Name: "no-back-off", Rule: "RFC 6298 §5.5",
		Fault: "retransmissions come as fast as the first",
		Edits: []Edit{{timersFile, "c.rtt.backoff++", ""}},
	},
	{
		Name: "never-gives-up", Rule: "§3.8.3, MUST-20",
		Fault: "R2 is never reached: a peer that is gone is sent to for ever",
		Edits: []Edit{{timersFile, "if c.timers.tries >= c.maxTries() {", "if false {"}},
	},
	{
		Name: "keep-alive-never-ends", Rule: "§3.8.4",
		Fault: "a peer that answers no keep-alive probe is probed for ever",
		Edits: []Edit{{"internal/tcp/keepalive.go", "case k.unanswered >= k.Count:", "case false:"}},
	},
	{
		Name: "keep-alive-ends-live-peers", Rule: "MUST-29",
		Fault: "answers to keep-alive probes do not count: a peer that lives is given up",
		Edits: []Edit{{"internal/tcp/keepalive.go", "k.last, k.unanswered = now, 0", "k.last = now"}},
	},
	{
		Name: "probes-give-up", Rule: "MUST-37",
		Fault: "a peer whose window stays closed is given up, though it answers every probe",
		Edits: []Edit{{stepsFile, "c.timers.unanswered = 0 // the peer lives (MUST-37)", ""}},
	},
}
