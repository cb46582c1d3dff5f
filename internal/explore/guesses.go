package explore

import (
	"fmt"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// An attacker off the path does not see the connection. What a segment of his
// does is decided by its flags and by where its numbers fall, so these stand
// for all that he can guess.

var (
	guessFlags = []wire.Flags{
		wire.RST, wire.RST | wire.ACK, wire.SYN, wire.SYN | wire.ACK, wire.SYN | wire.FIN,
		wire.ACK, wire.FIN | wire.ACK, wire.FIN, 0,
	}
	guessSeqs = []string{"left", "nxt", "inside", "edge", "right"}
	guessAcks = []string{"old", "una", "nxt", "beyond"}
)

// numGuesses is how many guesses there are.
var numGuesses = uint32(len(guessFlags) * len(guessSeqs) * len(guessAcks))

// parts is which flags, seq and ack a guess has, as indices.
func parts(n uint32) (flags, seqAt, ackAt int) {
	i := int(n)
	ackAt, i = i%len(guessAcks), i/len(guessAcks)
	seqAt, i = i%len(guessSeqs), i/len(guessSeqs)
	return i, seqAt, ackAt
}

// guessName is the guess as scripts write it: "S. seq=inside ack=una".
func guessName(n uint32) string {
	f, s, a := parts(n)
	return fmt.Sprintf("%v seq=%s ack=%s", guessFlags[f], guessSeqs[s], guessAcks[a])
}

// guess is a forged segment for a connection. It is not ok if it says nothing
// that another guess does not say, or if it is exact. See also
// believed.
func guess(n uint32, t tcp.TCB, f tcp.Frame) (seg wire.Segment, ok bool) {
	fl, sq, ak := parts(n)
	seg = wire.Segment{Flags: guessFlags[fl], Wnd: 4}
	nxt, wnd, beside := t.Rcv.Nxt, seq.Num(t.Rcv.Wnd), seq.Num(1)
	switch {
	case t.State == fsm.Closed:
		return seg, false
	case t.State < fsm.SynReceived: // the peer's numbers are not known yet
		nxt, wnd = f.Rcv+50, 4
		fallthrough
	case t.State == fsm.SynReceived: // a reset with SEG.SEQ=SEG.ACK may be the answer
		beside = 50
	}
	seg.Seq = [...]seq.Num{nxt - 1, nxt, nxt + 1, nxt + wnd - 1, nxt + wnd}[sq]
	if seg.Has(wire.ACK) {
		seg.Ack = [...]seq.Num{t.Snd.Una - beside, t.Snd.Una, t.Snd.Nxt, t.Snd.Nxt + beside}[ak]
	} else if ak != 0 {
		return seg, false
	}
	return seg, !exact(&seg, &t)
}

// exact reports whether the segment hits the one number in 2³² on which the
// safety of the connection rests: that of a reset (RFC 5961 §3), and before the
// connection is synchronized that of our SYN, by which one knows the peer.
func exact(seg *wire.Segment, t *tcp.TCB) bool {
	if t.State == fsm.SynSent || t.State == fsm.SynReceived {
		if seg.Has(wire.ACK) && seg.Ack == t.Snd.Nxt {
			return true
		}
	}
	return seg.Has(wire.RST) && seg.Seq == t.Rcv.Nxt
}

// believed reports whether a forged segment was taken for the peer's: its FIN
// was noted, or it acknowledged something. An attacker can do that who hits the
// window and the few numbers that are outstanding besides (RFC 5961 §5); then he
// is part of the connection, and the search does not ask what he makes of it.
func believed(before, after tcp.TCB) bool {
	b, a := &before.Rcv, &after.Rcv
	if before.State < fsm.SynReceived || after.State == fsm.Listen {
		return false
	}
	return a.FinSeen && (!b.FinSeen || a.Fin != b.Fin) || a.Nxt != b.Nxt || after.Snd.Una != before.Snd.Una
}
