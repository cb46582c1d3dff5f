package mutant

// Equivalent is edits that look like faults, and that nobody can notice from
// outside: each with the reason. They are not counted. If one of them is noticed
// some day, it belongs among the mutants.
var Equivalent = []struct {
	Mutant
	Why string
}{
	{
		Mutant{
			Name: "passive-open-forgotten", Rule: "§3.10.7.4 second, MUST-11",
			Fault: "a reset in SYN_RCVD closes an end that a listener opened, as if it had connected",
			Edits: []Edit{{tableFile, "{In(SynReceived), RcvRST, Passive, Listen, DeleteTCB,", "{In(SynReceived), RcvRST, Passive, Closed, SigRefused | DeleteTCB,"}},
		},
		"the listener is another object than the connection that its SYN made, and goes on listening whatever becomes of that",
	},
}
