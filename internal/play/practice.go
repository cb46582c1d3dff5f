package play

import "github.com/lastack/lastack/fsm"

// Ways that several of the scenarios of practice share.
var (
	activeReset  = states("CLOSED SYN_SENT ESTABLISHED CLOSED")
	passiveReset = states("CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED")
	failed       = states("CLOSED SYN_SENT CLOSED")
)

// practice is the scenarios that practice adds to the paths of the tutorial: first
// the handshake, then data, then the end, then attacks.
var practice = []*Scenario{
	{Name: "lost-syn", Client: active, Server: passive, Next: "lost-synack", script: lostSYN},
	{Name: "lost-synack", Client: active, Server: passive, Next: "lost-handshake-ack", script: lostSYNACK},
	{Name: "lost-handshake-ack", Client: active, Server: passive, Next: "old-duplicate-syn", script: lostHandshakeACK},
	{
		Name: "old-duplicate-syn", Client: active, Server: states("LISTEN SYN_RCVD LISTEN"),
		Next: "half-open", script: oldDuplicateSYN,
	},
	{Name: "half-open", Client: active, Server: states("ESTABLISHED CLOSED"), Next: "active-end-finds-half-open", script: halfOpenFound},
	{
		Name: "active-end-finds-half-open", Client: states("CLOSED"), Server: states("ESTABLISHED CLOSED"),
		Next: "accept-queue-full", script: activeEndFindsHalfOpen,
	},
	{Name: "accept-queue-full", Client: active, Server: passive, Next: "host-unreachable", script: acceptQueueFull, setup: fullHost},
	{Name: "host-unreachable", Next: "path-mtu", Cases: unreachableCases},
	{Name: "path-mtu", Client: active, Server: passive, Next: "rto", script: pathMTU},
	{Name: "rto", Client: active, Server: passive, Next: "fast-recovery", script: rto},
	{Name: "fast-recovery", Client: active, Server: passive, Next: "reordering", script: fastRecovery},
	{Name: "reordering", Client: active, Server: passive, Next: "zero-window", script: reordering},
	{Name: "zero-window", Client: active, Server: passive, Next: "keepalive-dead-peer", script: zeroWindow, setup: smallHost},
	{
		Name: "keepalive-dead-peer", Client: activeReset, Server: states("CLOSED LISTEN SYN_RCVD ESTABLISHED"),
		Next: "partition", script: keepAliveDeadPeer,
	},
	{Name: "partition", Client: activeReset, Server: passiveReset, Next: "server-closes-first", script: partition},
	{
		Name:   "server-closes-first",
		Client: states("CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"),
		Server: states("CLOSED LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"),
		Next:   "abort", script: serverClosesFirst,
	},
	{Name: "abort", Client: activeReset, Server: passiveReset, Next: "close-with-unread-data", script: abort},
	{Name: "close-with-unread-data", Client: activeReset, Server: passiveReset, Next: "fin-wait-2-orphan", script: closeWithUnreadData},
	{
		Name:   "fin-wait-2-orphan",
		Client: states("CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED"),
		Server: passive, Next: "close-wait-leak", script: finWait2Orphan,
	},
	{
		Name:   "close-wait-leak",
		Client: states("CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED"),
		Server: states("CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT"),
		Next:   "port-reuse", script: closeWaitLeak,
	},
	{Name: "port-reuse", Client: active, Server: passive, Next: "time-wait-assassination", script: portReuse},
	{Name: "time-wait-assassination", Client: active, Server: passive, Next: "blind-rst", script: timeWaitAssassination},
	{Name: "blind-rst", Client: active, Server: passive, Next: "blind-syn", script: blindRST},
	{Name: "blind-syn", Client: active, Server: passive, Next: "syn-flood", script: blindSYN},
	{Name: "syn-flood", Client: active, Server: passive, Next: "lifecycle", script: synFlood, setup: floodedHost},
}

// unreachableCases is the cases of host-unreachable.
var unreachableCases = []*Scenario{
	{Name: "host-unreachable/soft", Client: active, Server: passive, Next: "host-unreachable/hard", script: softError},
	{
		Name: "host-unreachable/hard", Client: failed, Server: []fsm.State{fsm.Closed, fsm.Listen},
		Next: "host-unreachable/open", script: hardError,
	},
	{Name: "host-unreachable/open", Client: active, Server: passive, Next: "path-mtu", script: softErrorLater},
}
