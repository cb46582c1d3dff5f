package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// handshakeDeviations is those of SYN_RCVD, and of SYN_SENT with a bad ACK.
var handshakeDeviations = []Deviation{
	{
		Name: "syn-sent-resend", Where: "SYN_SENT <- acknowledgment of what was never sent",
		RFC:     "§3.10.7.3 first: a reset, and the SYN is sent again when its time comes",
		Linux:   "the SYN is sent again two clock ticks later",
		Why:     "the peer has an old connection; once the reset has ended that, the SYN will be welcome",
		Example: MustWord("connect .^unsent"),
		Timed:   true,
		At: func(m *Moment) bool {
			return m.in(fsm.SynSent) && slices.ContainsFunc(m.Word, func(s Symbol) bool { return s.Flags&wire.ACK != 0 })
		},
		Ours:   whatever,
		Theirs: synAgain,
	},
	{
		Name: "half-open-syn", Where: "SYN_RCVD of a listener <- SYN in the window",
		RFC:     "§3.10.7.4 fourth: back to LISTEN, without a word",
		Linux:   "sends a reset and drops the request",
		Why:     "the rule of RFC 793 for a SYN in the window",
		Example: MustWord("listen S S"),
		At:      func(m *Moment) bool { return m.in(fsm.SynReceived) && !m.active() && m.arrives(wire.SYN) },
		Ours:    either(vanished, both(quiet, in(fsm.TimeWait))),
		Theirs:  reset,
	},
	{
		Name: "half-open-syn-again", Where: "SYN_RCVD of a listener <- the SYN again",
		RFC:     "§3.10.7.4 first: not acceptable, an ACK",
		Linux:   "sends its SYN,ACK again",
		Why:     "the peer has not got the first, or it would not ask again",
		Example: MustWord("listen S S@old"),
		At: func(m *Moment) bool {
			return m.in(fsm.SynReceived) && !m.active() && m.arrives(wire.SYN) && m.segment(OldSeq)
		},
		Ours:   acked,
		Theirs: both(answers(wire.SYN|wire.ACK), in(fsm.SynReceived)),
	},
	{
		Name: "half-open-ack-first", Where: "SYN_RCVD of a listener <- wrong acknowledgment, out of the window or with SYN",
		RFC:     "§3.10.7.4: the sequence number is checked first, SYN fourth, the acknowledgment fifth",
		Linux:   "looks at the acknowledgment first, and sends a reset",
		Why:     "a request takes only the ACK of its SYN; everything else is the listener's",
		Example: MustWord("listen S .@beyond^una"),
		At: func(m *Moment) bool {
			return m.in(fsm.SynReceived) && !m.active() && m.acks(Una, OldAck, Unsent, Ancient)
		},
		Ours:   either(acked, vanished, both(quiet, in(fsm.TimeWait))),
		Theirs: both(answers(wire.RST), in(fsm.SynReceived)),
	},
	{
		Name: "reopened", Where: "SYN_RCVD that came from TIME_WAIT <- RST or SYN",
		RFC:     "§3.6.1 MAY-2: back to TIME_WAIT if the SYN was an old duplicate",
		Linux:   "the old connection is forgotten: back to LISTEN",
		Why:     "TIME_WAIT is deleted when the SYN is taken",
		Example: MustWord("listen S . accept close F. S@in R"),
		At: func(m *Moment) bool {
			return m.in(fsm.SynReceived) && m.was(fsm.TimeWait) && (m.arrives(wire.RST) || m.arrives(wire.SYN))
		},
		Ours:   both(quiet, in(fsm.TimeWait)),
		Theirs: gone,
	},
	{
		Name: "simultaneous-syn-ack", Where: "SYN_RCVD after a simultaneous open <- the peer's SYN,ACK",
		RFC:     "§3.5 figure 7: the open is complete, and there is no answer",
		Linux:   "the same with an ACK",
		Why:     "its SYN is old, and what is old is acknowledged (§3.10.7.4 first)",
		Example: MustWord("connect S S.@old"),
		At: func(m *Moment) bool {
			return m.in(fsm.SynReceived) && m.active() && m.segment(OldSeq) && m.arrives(wire.SYN|wire.ACK)
		},
		Ours:   both(quiet, in(fsm.Established)),
		Theirs: both(answers(wire.ACK), in(fsm.Established)),
	},
	{
		Name: "simultaneous-unacked-syn", Where: "SYN_RCVD after a simultaneous open <- acknowledgment of nothing of ours",
		RFC:     "§3.10.7.4 fifth: a reset",
		Linux:   "ESTABLISHED, though its SYN is not acknowledged",
		Why:     "the general test of acknowledgments takes SND.UNA for a duplicate",
		Example: MustWord("connect S .^una"),
		At:      func(m *Moment) bool { return m.in(fsm.SynReceived) && m.active() && m.acks(Una, OldAck) },
		Ours:    both(resets, in(fsm.SynReceived)),
		Theirs:  in(fsm.Established, fsm.CloseWait),
	},
}

// synchronizedDeviations is those of the checks of §3.10.7.4, in their order.
var synchronizedDeviations = []Deviation{
	{
		Name: "no-ack", Where: "synchronized and SYN_RCVD <- neither ACK nor SYN nor RST, out of the window",
		RFC:     "§3.10.7.4 first: an ACK",
		Linux:   "drops it, as it does in the window by §3.10.7.4 fifth",
		Why:     "it looks for ACK before all, since without it there is nothing to do",
		Example: MustWord("connect S. -@beyond"),
		At: func(m *Moment) bool {
			return m.Before() >= fsm.SynReceived && m.segment(OldSeq, Beyond) && m.Symbol().Flags&(wire.ACK|wire.SYN|wire.RST) == 0
		},
		Ours:   acked,
		Theirs: silent,
	},
	{
		Name: "left-edge", Where: "synchronized and SYN_RCVD <- a segment that ends at RCV.NXT",
		RFC:     "§3.10.7.4 first: not acceptable, so neither its RST nor its ACK is looked at",
		Linux:   "takes it for acceptable: the RST is challenged, the ACK processed",
		Why:     "the test is on the number after the segment, so that an old segment's news are not lost",
		Example: MustWord("connect S. close F.^una F.@old"),
		At: func(m *Moment) bool {
			return m.Before() >= fsm.SynReceived && m.segment(OldSeq) && m.len() > 0 && (m.arrives(wire.ACK) || m.arrives(wire.RST))
		},
		Ours:   either(acked, silent),
		Theirs: leftEdge,
	},
	{
		Name: "reset-at-fin", Where: "after the peer's FIN <- RST at RCV.NXT-1, the FIN's own number",
		RFC:     "§3.10.7.4 first: not acceptable, dropped",
		Linux:   "the connection is reset",
		Why:     "some systems send FIN and then RST without counting the FIN",
		Example: MustWord("connect S. F. R@old"),
		At: func(m *Moment) bool {
			return m.in(fsm.CloseWait, fsm.Closing, fsm.LastAck) && m.segment(OldSeq) && m.arrives(wire.RST)
		},
		Ours:   silent,
		Theirs: vanished,
	},
	{
		Name: "ack-of-nothing", Where: "synchronized <- acknowledgment of ISS, before anything was acknowledged but our SYN",
		RFC:     "RFC 5961 §5.2: taken as old; lastack refuses what is before ISS",
		Linux:   "challenged: it counts what has been acknowledged, and of a passive open not the SYN",
		Why:     "no peer sends it: one number more or less for an attacker to guess",
		Example: MustWord("listen S . .^old"),
		At:      func(m *Moment) bool { return m.Before() >= fsm.Established && m.acks(OldAck) },
		Ours:    whatever,
		Theirs:  acked,
	},
	{
		Name: "header-prediction", Where: "ESTABLISHED <- text in order, with an acknowledgment that is too old",
		RFC:     "§3.10.7.4 fifth, RFC 5961 §5.2: an ACK, and the text is not taken",
		Linux:   "takes the text",
		Why:     "on its fast path it takes what is expected next before it looks at the acknowledgment",
		Example: MustWord("connect S. .+10 .+10^ancient"),
		At: func(m *Moment) bool {
			return m.in(fsm.Established) && m.segment(Exact) && m.acks(Ancient) && m.Symbol().Text
		},
		Ours:   acked,
		Theirs: acked,
	},
	{
		Name: "lone-fast-retransmit", Where: "one segment is out <- the third duplicate ACK",
		RFC:     "RFC 5681 §3.2: the segment is sent again",
		Linux:   "nothing",
		Why:     "without SACK, duplicates count only as far as there are segments that may have caused them",
		Example: MustWord("connect S. close .^una .^una .^una"),
		At:      func(m *Moment) bool { return m.acks(Una) && m.len() == 0 && m.resent() },
		Ours:    whatever,
		Theirs:  silent,
	},
	{
		Name: "gap-after-close", Where: "FIN_WAIT_1 and FIN_WAIT_2 without a user <- text or FIN behind a gap",
		RFC:     "§3.6.1 SHLD-3: a reset if new data come after CLOSE; when they are in order is not said",
		Linux:   "a reset at once; lastack resets when the gap is filled",
		Why:     "lastack looks at text when it takes it, as §3.10.7.4 seventh does",
		Example: MustWord("connect S. close .+10@in"),
		At: func(m *Moment) bool {
			return m.in(fsm.FinWait1, fsm.FinWait2) && m.UserGone && m.segment(InWindow) && m.len() > 0
		},
		Ours:   both(answers(wire.ACK), in(fsm.FinWait1, fsm.FinWait2)),
		Theirs: reset,
	},
	{
		Name: "reset-number", Where: "FIN_WAIT_1 and FIN_WAIT_2 without a user <- text that does not acknowledge everything",
		RFC:     "§3.10.5: the reset has SND.NXT",
		Linux:   "it has SEG.ACK",
		Why:     "it is made as an answer to the segment, by the rule for CLOSED",
		Example: MustWord("connect S. close .+10^una"),
		At: func(m *Moment) bool {
			return m.in(fsm.FinWait1, fsm.FinWait2) && m.UserGone && m.Symbol().Text && m.acks(Una, OldAck)
		},
		Ours:   reset,
		Theirs: reset,
	},
}

// leftEdge is what Linux does with a segment that ends at RCV.NXT: the same as
// with one in the window. In SYN_RCVD a bad acknowledgment is refused.
func leftEdge(m *Moment, o Observation) bool {
	switch {
	case m.in(fsm.SynReceived) && resets(m, o):
		return o.State == m.Before() && m.acks(OldAck, Unsent, Ancient)
	case o.State != m.Before():
		return !resets(m, o) && !m.acks(Unsent, Ancient)
	}
	return silent(m, o) || acked(m, o)
}

// text is a segment with text.
func text(m *Moment, _ Observation) bool { return m.Symbol().Text }

// finWait2Deviations is those of FIN_WAIT_2 when the user is gone. Linux then
// keeps a small record in the place of the connection, which has tests of its
// own.
var finWait2Deviations = []Deviation{
	{
		Name: "orphan-reset-in-window", Where: "FIN_WAIT_2 without a user <- RST in the window, not at RCV.NXT",
		RFC:     "RFC 5961 §3.2: a challenge ACK",
		Linux:   "the connection ends",
		Why:     "the rule of RFC 793, in the small record",
		Example: MustWord("connect S. close . R@in"),
		At: func(m *Moment) bool {
			return orphan(m) && m.arrives(wire.RST) && (m.Symbol().Seq == InWindow || m.Symbol().Seq == OldSeq)
		},
		Ours:   either(acked, silent),
		Theirs: vanished,
	},
	{
		Name: "orphan-reset-beyond", Where: "FIN_WAIT_2 without a user <- RST out of the window",
		RFC:     "§3.10.7.4 first: dropped",
		Linux:   "acknowledged like any segment out of the window",
		Why:     "the small record does not look at the flags first",
		Example: MustWord("connect S. close . R@beyond"),
		At:      func(m *Moment) bool { return orphan(m) && m.arrives(wire.RST) && m.Symbol().Seq != Exact },
		Ours:    silent,
		Theirs:  acked,
	},
	{
		Name: "orphan-syn", Where: "FIN_WAIT_2 without a user <- SYN in the window",
		RFC:     "RFC 5961 §4.2: a challenge ACK",
		Linux:   "sends a reset, and the connection ends",
		Why:     "the rule of RFC 793, in the small record",
		Example: MustWord("connect S. close . S"),
		At:      func(m *Moment) bool { return orphan(m) && m.arrives(wire.SYN) },
		Ours:    acked,
		Theirs:  reset,
	},
	{
		Name: "orphan-ack", Where: "FIN_WAIT_2 without a user <- ACK of what was never sent, or no ACK at all",
		RFC:     "§3.10.7.4 fifth: an ACK; a segment without ACK is dropped",
		Linux:   "does not look at the acknowledgment; text gets a reset",
		Why:     "the small record does not know what was sent",
		Example: MustWord("connect S. close . .^unsent"),
		At: func(m *Moment) bool {
			return orphan(m) && m.Symbol().Call == NoCall && (m.Symbol().Ack != Good || m.Symbol().Flags&wire.ACK == 0)
		},
		Ours:   whatever,
		Theirs: either(silent, both(resets, text), gone, in(fsm.TimeWait), acked),
	},
}

// orphan recognises FIN_WAIT_2 without a user.
func orphan(m *Moment) bool { return m.in(fsm.FinWait2) && m.UserGone && m.Symbol().Call == NoCall }

// timeWaitDeviations is those of TIME_WAIT.
var timeWaitDeviations = []Deviation{
	{
		Name: "time-wait-no-number", Where: "TIME_WAIT <- no ACK, or an empty segment right of RCV.NXT, in the window",
		RFC:     "§3.10.7.4 fifth: without ACK it is dropped; a pure ACK is not answered",
		Linux:   "acknowledges everything but an empty segment at RCV.NXT",
		Why:     "it can only be old, or the peer has lost its state: the ACK tells it",
		Example: MustWord("connect S. close F. F"),
		At: func(m *Moment) bool {
			return m.in(fsm.TimeWait) && m.segment(Exact, InWindow) && !m.arrives(wire.SYN) &&
				(m.len() > 0 && !m.arrives(wire.ACK) || m.len() == 0 && m.segment(InWindow))
		},
		Ours:   silent,
		Theirs: acked,
	},
	{
		Name: "time-wait-unsent", Where: "TIME_WAIT <- empty segment, whatever it acknowledges",
		RFC:     "RFC 5961 §5.2: an ACK for what was never sent",
		Linux:   "ignores it",
		Why:     "TIME_WAIT does not know what was sent",
		Example: MustWord("connect S. close F. .^unsent"),
		At: func(m *Moment) bool {
			return m.in(fsm.TimeWait) && m.acks(Unsent, Ancient) && m.len() == 0
		},
		Ours:   acked,
		Theirs: silent,
	},
	{
		Name: "time-wait-reset-in-window", Where: "TIME_WAIT <- RST in the window, not at RCV.NXT",
		RFC:     "RFC 5961 §3.2: a challenge ACK",
		Linux:   "ignores it",
		Why:     "RFC 1337: TIME_WAIT has no use for resets",
		Example: MustWord("connect S. close F. R@in"),
		At: func(m *Moment) bool {
			return m.in(fsm.TimeWait) && m.arrives(wire.RST) && m.Symbol().Seq == InWindow
		},
		Ours:   acked,
		Theirs: silent,
	},
	{
		Name: "time-wait-syn", Where: "TIME_WAIT at a listener's port <- SYN at RCV.NXT",
		RFC:     "§3.6.1 MAY-2: may open, as its number is larger than any before",
		Linux:   "wants one larger than RCV.NXT, and acknowledges",
		Why:     "MAY",
		Example: MustWord("listen S . accept close F. S"),
		At: func(m *Moment) bool {
			return m.in(fsm.TimeWait) && m.arrives(wire.SYN) && m.Symbol().Seq == Exact
		},
		Ours:   both(answers(wire.SYN|wire.ACK), in(fsm.SynReceived)),
		Theirs: acked,
	},
	{
		Name: "time-wait-syn-fin", Where: "TIME_WAIT at a listener's port <- SYN,FIN that is newer",
		RFC:     "§3.6.1 MAY-2, §3.10.7.2 third: may open",
		Linux:   "TIME_WAIT ends, and the listener drops the segment",
		Why:     "that the SYN is newer is found before that a FIN is with it",
		Example: MustWord("listen S . accept close F. FS@in"),
		At:      func(m *Moment) bool { return m.in(fsm.TimeWait) && m.arrives(wire.SYN|wire.FIN) },
		Ours:    both(answers(wire.SYN|wire.ACK), in(fsm.SynReceived)),
		Theirs:  both(quiet, in(fsm.Listen)),
	},
}
