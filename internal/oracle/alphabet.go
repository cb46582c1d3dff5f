package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// An Opening is a shortest word to a state, from which words go on.
type Opening struct {
	Name  string
	Word  Word
	State fsm.State // where it leads
}

// Openings reaches every state, and those that have two sides by both: opened
// by either end, with the user still there or gone.
var Openings = []Opening{
	{"closed", MustWord(""), fsm.Closed},
	{"listen", MustWord("listen"), fsm.Listen},
	{"syn sent", MustWord("connect"), fsm.SynSent},
	{"syn received", MustWord("listen S"), fsm.SynReceived},
	{"simultaneous open", MustWord("connect S"), fsm.SynReceived},
	{"not accepted", MustWord("listen S ."), fsm.Established},
	{"accepted", MustWord("listen S . accept"), fsm.Established},
	{"connected", MustWord("connect S."), fsm.Established},
	{"shut down", MustWord("connect S. shutdown"), fsm.FinWait1},
	{"closed first", MustWord("connect S. close"), fsm.FinWait1},
	{"half closed", MustWord("connect S. shutdown ."), fsm.FinWait2},
	{"orphaned", MustWord("connect S. close ."), fsm.FinWait2},
	{"peer closed", MustWord("connect S. F."), fsm.CloseWait},
	{"simultaneous close", MustWord("connect S. shutdown F.^una"), fsm.Closing},
	{"closed last", MustWord("connect S. F. close"), fsm.LastAck},
	{"time wait", MustWord("connect S. close . F."), fsm.TimeWait},
	{"time wait of a server", MustWord("listen S . accept close . F."), fsm.TimeWait},
}

// Core is the alphabet of the exhaustive part: every call, and the segments
// that the checks of §3.10.7 tell apart.
var Core = MustWord(`listen connect accept send read shutdown close abort
	S S@in S. SF . .^una .^unsent .+10 .+10@in .@beyond F. F.^una F.@old R R@in R@beyond R. -`)

// Learnable is the alphabet of the learner: small, and without what counts, so
// that the machine is finite and of a size to look at.
var Learnable = MustWord(`listen connect accept shutdown close S S. . F. R`)

// Everything is the whole alphabet: calls, and flags x sequence number x
// acknowledgment x text.
var Everything = slices.Concat(calls(), segments())

func calls() (w Word) {
	for c := NoCall + 1; c < numCalls; c++ {
		w = append(w, Symbol{Call: c})
	}
	return w
}

// flagSets is the flags of segments. URG comes with ACK only, and points behind
// the text.
var flagSets = []wire.Flags{
	0, wire.SYN, wire.FIN, wire.RST, wire.SYN | wire.FIN,
	wire.ACK, wire.SYN | wire.ACK, wire.FIN | wire.ACK, wire.RST | wire.ACK, wire.SYN | wire.FIN | wire.ACK,
	wire.ACK | wire.URG, wire.FIN | wire.ACK | wire.URG,
}

func segments() (w Word) {
	for _, flags := range flagSets {
		for place := range Place(numPlaces) {
			acks := Acked(numAcked)
			if flags&wire.ACK == 0 {
				acks = 1
			}
			for ack := range acks {
				for _, text := range []bool{false, true} {
					w = append(w, Symbol{Flags: flags, Seq: place, Ack: ack, Text: text})
				}
			}
		}
	}
	return w
}
