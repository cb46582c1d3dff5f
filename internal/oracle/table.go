package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// Deviations is every known difference from Linux 6.18, in the order of §3.10.
// A difference that no entry explains is a fault of lastack, or a new entry.
var Deviations = slices.Concat(openDeviations, callDeviations, handshakeDeviations, synchronizedDeviations, finWait2Deviations, timeWaitDeviations)

// openDeviations is those of OPEN and of LISTEN.
var openDeviations = []Deviation{
	{
		Name: "listen-connect", Where: "LISTEN, connect",
		RFC:     "§3.10.1: a passive OPEN becomes active",
		Linux:   "EISCONN",
		Why:     "a socket that listens has no connection to open",
		Example: MustWord("listen connect"),
		At:      func(m *Moment) bool { return m.in(fsm.Listen) && m.calls(Connect) },
		Ours:    both(told(OK), in(fsm.SynSent)),
		Theirs:  told(Exists),
	},
	{
		Name: "listen-syn-fin", Where: "LISTEN <- SYN,FIN",
		RFC:     "§3.10.7.2 third: the SYN opens, other controls are queued",
		Linux:   "drops the segment",
		Why:     "nobody sends both but scanners and T/TCP",
		Example: MustWord("listen FS"),
		At:      func(m *Moment) bool { return m.in(fsm.Listen) && m.arrives(wire.SYN|wire.FIN) },
		Ours:    both(answers(wire.SYN|wire.ACK), in(fsm.SynReceived)),
		Theirs:  silent,
	},
	{
		Name: "syn-text", Where: "LISTEN <- SYN with text; TIME_WAIT likewise, if it is newer",
		RFC:     "§3.10.7.2 third: text is queued until ESTABLISHED",
		Linux:   "ignores it; it has to be sent again",
		Why:     "a half-open connection of Linux is too small to hold text; fast open is off",
		Example: MustWord("listen S+10 . accept read"),
		Later:   true,
		At: func(m *Moment) bool {
			return m.in(fsm.Listen, fsm.TimeWait) && m.arrives(wire.SYN) && m.Symbol().Text && m.Ours.State == fsm.SynReceived
		},
	},
	{
		Name: "syn-sent-text-or-fin", Where: "SYN_SENT <- SYN or SYN,ACK with text or FIN",
		RFC:     "§3.10.7.3 fourth: text and FIN are processed, or queued until ESTABLISHED",
		Linux:   "ignores them; they have to be sent again",
		Why:     "the handshake has its own path through the code, which ends at the SYN; fast open is off",
		Example: MustWord("connect S+10 . read"),
		Later:   true,
		At:      synSentMore,
	},
	{
		Name: "syn-sent-text-or-fin-ack", Where: "SYN_SENT <- SYN,ACK with text or FIN",
		RFC:     "§3.10.7.3 fourth: text and FIN are processed",
		Linux:   "acknowledges only the SYN",
		Why:     "the same",
		Example: MustWord("connect FS."),
		At:      synSentMore,
		Ours:    both(answers(wire.ACK), in(fsm.Established, fsm.CloseWait)),
		Theirs:  both(answers(wire.ACK), in(fsm.Established)),
	},
}

// synSentMore recognises a SYN in SYN_SENT that is more than a SYN.
func synSentMore(m *Moment) bool {
	return m.in(fsm.SynSent) && m.arrives(wire.SYN) && m.len() > 1 && m.Ours.State != fsm.SynSent
}

// callDeviations is those of SEND, CLOSE and ABORT, and of what calls say.
var callDeviations = []Deviation{
	{
		Name: "send-before-open", Where: "SYN_SENT and SYN_RCVD, send",
		RFC:     "§3.10.2: data are queued until ESTABLISHED",
		Linux:   "EAGAIN; a blocking socket waits",
		Why:     "the socket interface promises that what write took is on its way to a peer that exists",
		Example: MustWord("connect send"),
		At:      func(m *Moment) bool { return m.in(fsm.SynSent, fsm.SynReceived) && m.calls(Send) },
		Ours:    told(OK),
		Theirs:  told(NotYet),
	},
	{
		Name: "simultaneous-shutdown", Where: "SYN_RCVD after a simultaneous open, shutdown",
		RFC:     "§3.10.4: a FIN is sent, FIN_WAIT_1",
		Linux:   "sends no FIN and stays in SYN_RECV",
		Why:     "shutdown works in the states that the socket calls connected; SYN_RECV was a listener's alone",
		Example: MustWord("connect S shutdown"),
		At:      func(m *Moment) bool { return m.in(fsm.SynReceived) && m.calls(Shutdown) },
		Ours:    both(answers(wire.FIN|wire.ACK), in(fsm.FinWait1)),
		Theirs:  silent,
	},
	{
		Name: "half-open-listener-closed", Where: "SYN_RCVD, the listener is closed",
		RFC:     "§3.10.4: there are no listeners with several connections; CLOSE sends a FIN, ABORT a reset. lastack aborts, as both do with complete connections",
		Linux:   "leaves the half-open connection to its timer; the ACK gets a reset then",
		Why:     "the request is found by its ports and not through the listener",
		Example: MustWord("listen S close"),
		At:      func(m *Moment) bool { return m.in(fsm.SynReceived) && m.UserGone && m.calls(Close) },
		Ours:    reset,
		Theirs:  silent,
	},
	{
		Name: "closing-unread", Where: "CLOSING and LAST_ACK after shutdown, close or abort with text unread",
		RFC:     "§3.10.5: nothing is sent; §3.6.1 SHLD-3 speaks of a first CLOSE",
		Linux:   "sends a reset",
		Why:     "it looks at what is unread whatever the state",
		Example: MustWord("connect S. shutdown F.+10^una close"),
		At:      func(m *Moment) bool { return m.in(fsm.Closing, fsm.LastAck) && m.calls(Close, Abort) },
		Ours:    either(silent, vanished),
		Theirs:  reset,
	},
	{
		Name: "time-wait-abort", Where: "TIME_WAIT, abort",
		RFC:     "§3.10.5: the TCB is deleted",
		Linux:   "stays in TIME_WAIT",
		Why:     "the socket has parted from the connection when TIME_WAIT began",
		Example: MustWord("connect S. shutdown F. abort"),
		At:      func(m *Moment) bool { return m.in(fsm.TimeWait) && m.calls(Abort) },
		Ours:    vanished,
		Theirs:  silent,
	},
	{
		Name: "syn-sent-shutdown-error", Where: "after shutdown in SYN_SENT, read and send",
		RFC:     "§3.10.3: connection does not exist",
		Linux:   "ECONNRESET",
		Why:     "shutdown of an unconnected socket disconnects it, which counts as a reset",
		Example: MustWord("connect shutdown read"),
		At: func(m *Moment) bool {
			return m.in(fsm.Closed) && m.calls(Read, Send) && m.called(Shutdown, fsm.SynSent)
		},
		Ours:   told(NotOpen),
		Theirs: told(WasReset),
	},
	{
		Name: "closing-reset-error", Where: "after a reset in CLOSING or LAST_ACK, read and send",
		RFC:     "§3.10.7.4 second: no error is signalled: connection does not exist",
		Linux:   "ECONNRESET",
		Why:     "a reset is one, whoever has closed",
		Example: MustWord("connect S. shutdown F.^una R send"),
		At:      func(m *Moment) bool { return m.Ours.Result == NotOpen && (m.was(fsm.Closing) || m.was(fsm.LastAck)) },
		Ours:    told(NotOpen),
		Theirs:  told(WasReset, Closing),
	},
	{
		Name: "simultaneous-refused", Where: "after a reset in SYN_RCVD of a simultaneous open, read and send",
		RFC:     "§3.10.7.4 second: connection refused",
		Linux:   "ECONNRESET",
		Why:     "only SYN_SENT counts as being refused",
		Example: MustWord("connect S R read"),
		At:      func(m *Moment) bool { return m.Ours.Result == Refused && m.was(fsm.SynReceived) },
		Ours:    told(Refused),
		Theirs:  told(WasReset),
	},
	{
		Name: "close-wait-reset-error", Where: "after a reset in CLOSE_WAIT, read and send",
		RFC:     "§3.10.7.4 second: connection reset",
		Linux:   "EPIPE, which read does not tell: it says EOF",
		Why:     "the user has had the peer's FIN, so nothing of the peer's was lost",
		Example: MustWord("connect S. F. R read"),
		At:      func(m *Moment) bool { return m.Ours.Result == WasReset && m.was(fsm.CloseWait) },
		Ours:    told(WasReset),
		Theirs:  told(EOF, Closing),
	},
}
