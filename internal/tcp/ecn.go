package tcp

import (
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// An ECNMode says how much a stack wants of explicit congestion notification:
// routers mark packets instead of dropping them, the receiver tells the sender,
// and the sender slows down.
type ECNMode uint8

// The modes.
const (
	ECNWhenAsked ECNMode = iota // RFC 3168 with a peer who asks for it
	ECNOff                      // never
	ECNClassic                  // RFC 3168: asked for, and agreed to
	ECNAccurate                 // RFC 9768: asked for, and agreed to; RFC 3168 with a peer who has only that
)

// ECNFeedback is what the SYNs agreed on: how marks are told to the sender. RFC
// 9768 §1.3 calls it the feedback mode.
type ECNFeedback uint8

// The kinds of feedback.
const (
	NoECN       ECNFeedback = iota
	ClassicECN              // one bit, until the sender has heard it (RFC 3168)
	AccurateECN             // a count of marked packets (RFC 9768)
)

// String is the kind's name.
func (f ECNFeedback) String() string {
	switch f {
	case NoECN:
		return "none"
	case ClassicECN:
		return "classic"
	case AccurateECN:
		return "accurate"
	}
	return "unknown"
}

// ecn is explicit congestion notification at one end: as receiver of the peer's
// packets, and as sender of our own.
//
// Accurate feedback is in the ACE field alone. The AccECN option, which RFC 9768
// §3.2.3 leaves to choice, is not sent, and one that comes is skipped.
type ecn struct {
	feedback ECNFeedback
	decided  bool // a SYN of the peer has set feedback, once and for all (RFC 9768 §3.1.5)
	mute     bool // nothing goes out as ECN-capable all the same
	deaf     bool // and feedback is not believed

	// As receiver.
	echo      bool     // classic: ECE goes out until CWR comes
	handshake bool     // accurate: the next pure ACK tells what field the SYN,ACK came with
	peerSYN   wire.ECN // that field, or the SYN's
	cep       uint8    // accurate: marked packets received (r.cep of RFC 9768 §3.2), modulo 8
	untold    uint8    // marks that no ACK has told
	marked    bool     // the latest packet was marked

	// As sender.
	told    uint8   // accurate: our marked packets that the peer has told of (s.cep), modulo 8
	cwr     bool    // classic: the next new text says that the window was reduced
	reduced bool    // the window was reduced for what was sent before until
	until   seq.Num // and is not reduced again before this is acknowledged
	newCE   int     // bytes that the ACK in hand tells to be marked
}

// firstCount is where the counts of marked packets start: not at 0, which is
// what a middlebox would write (RFC 9768 §3.2.1).
const firstCount = 5

// aceMask bounds the ACE field: a count modulo 8.
const aceMask = 7

// ecnFlags is the bits that ECN has in the TCP header. With accurate feedback
// they are one number, the ACE field.
const ecnFlags = wire.AE | wire.CWR | wire.ECE

// ace is the ACE field of a segment (RFC 9768 §3.2.2).
func ace(f wire.Flags) (n uint8) {
	for i, bit := range [...]wire.Flags{wire.ECE, wire.CWR, wire.AE} {
		if f&bit != 0 {
			n |= 1 << i
		}
	}
	return n
}

// aceFlags is the flags of an ACE field.
func aceFlags(n uint8) (f wire.Flags) {
	for i, bit := range [...]wire.Flags{wire.ECE, wire.CWR, wire.AE} {
		if n&(1<<i) != 0 {
			f |= bit
		}
	}
	return f
}

// handshakeACE is how a SYN,ACK and the ACK of it tell which ECN field the other
// one's packet came with (RFC 9768 tables 2 and 3).
var handshakeACE = [4]uint8{wire.NotECT: 0b010, wire.ECT1: 0b011, wire.ECT0: 0b100, wire.CE: 0b110}

// requestFlags is what a SYN asks for (RFC 3168 §6.1.1, RFC 9768 §3.1.1). One
// that was lost may have been so for these flags: classic ECN is left out of the
// first SYN that is sent again, accurate ECN of the second (RFC 9768 §3.1.4.1).
func (m ECNMode) requestFlags(tries uint) wire.Flags {
	switch {
	case m == ECNAccurate && tries <= 1:
		return ecnFlags
	case m == ECNClassic && tries == 0:
		return wire.CWR | wire.ECE
	}
	return 0
}

// asked takes in the peer's SYN. What the first one has set stays (RFC 9768
// §3.1.5).
func (e *ecn) asked(m ECNMode, f wire.Flags, field wire.ECN) {
	e.peerSYN = field
	if e.decided {
		e.mute = e.mute || f&ecnFlags == 0
		return
	}
	e.decided = true
	setup := f&wire.ECE != 0 && f&wire.CWR != 0
	switch {
	case m == ECNOff || f&ecnFlags == 0:
	case m == ECNAccurate && f&ecnFlags != wire.CWR|wire.ECE: // also what nobody sends yet (RFC 9768 §3.1.3)
		e.enter(AccurateECN)
	case setup:
		e.enter(ClassicECN)
	}
}

// answered takes in the peer's SYN,ACK, after tries SYNs without an answer (RFC
// 9768 table 2). A peer that sends back just what our SYN said has no ECN.
func (e *ecn) answered(m ECNMode, tries uint, f wire.Flags, field wire.ECN) {
	e.peerSYN = field
	if e.decided {
		return
	}
	e.decided = true
	got := f & ecnFlags
	switch {
	case m != ECNClassic && m != ECNAccurate:
	case got == ecnFlags, got == 0:
	case m == ECNAccurate && got != wire.ECE:
		e.enter(AccurateECN)
		e.handshake = true
		if field == wire.CE {
			e.cep++
		}
		// Our SYN left as Not-ECT. If it came otherwise, somebody rewrites the
		// field (RFC 9768 §3.2.2.3).
		e.mute = ace(f) != handshakeACE[wire.NotECT] && ace(f) != 0b101
	case f&wire.ECE != 0 && f&wire.CWR == 0:
		e.enter(ClassicECN)
		e.mute = m.requestFlags(tries) == 0 // a SYN that did not ask was sent as well (RFC 3168 §6.1.1)
	}
}

// answeredAgain takes in a SYN,ACK that comes again: its ACK tells the field again
// (RFC 9768 §3.2.2.1).
func (e *ecn) answeredAgain(field wire.ECN) {
	if e.feedback == AccurateECN {
		e.handshake, e.peerSYN = true, field
	}
}

// enter begins to give and take feedback.
func (e *ecn) enter(f ECNFeedback) {
	e.feedback = f
	e.cep, e.told = firstCount, firstCount
}

// replyFlags is what our SYN,ACK says (RFC 3168 §6.1.1, RFC 9768 table 2). When
// it has been sent twice without an answer, it goes without: the flags may be why
// (RFC 9768 §3.1.4.2); then nothing may be sent as ECN-capable.
func (e *ecn) replyFlags(tries uint) wire.Flags {
	switch {
	case e.feedback == NoECN:
		return 0
	case e.feedback == ClassicECN:
		return wire.ECE
	case tries > 1:
		e.mute = true
		return 0
	}
	return aceFlags(handshakeACE[e.peerSYN])
}

// acknowledged takes in the ACK of our SYN,ACK, if it is pure (RFC 9768 table
// 4). It reports whether the SYN,ACK was marked.
func (e *ecn) acknowledged(f wire.Flags) (marked bool) {
	switch n := ace(f); {
	case e.feedback != AccurateECN:
	case n == 0: // the peer, or the path, does without
		e.mute, e.deaf = true, true
	case n == handshakeACE[wire.CE]:
		e.told, e.mute, marked = firstCount+1, true, true
	case n == handshakeACE[wire.ECT0], n == handshakeACE[wire.ECT1]:
		e.mute = true // it left as Not-ECT
	}
	return marked
}

// arrived takes in an acceptable packet that is not a SYN, with text or without.
// It reports whether an ACK is to go at once (RFC 9768 §3.2.2.5.1): when marks
// begin, and before there are more than the peer can count. unacked tells that
// text waits for its ACK.
func (e *ecn) arrived(f wire.Flags, field wire.ECN, text, unacked bool) (ackNow bool) {
	marked := field == wire.CE
	switch e.feedback {
	case NoECN:
	case ClassicECN:
		if f&wire.CWR != 0 {
			e.echo = false
		}
		e.echo = e.echo || marked && text
	case AccurateECN:
		if marked {
			e.cep = (e.cep + 1) & aceMask
			e.untold++
		}
		ackNow = marked && text && !e.marked || e.untold >= 3 || e.untold == 2 && (text || unacked)
		e.marked = marked
	}
	return ackNow
}

// count is how many of our packets an ACK newly tells to be marked, when it
// acknowledges n packets. The field is a count modulo 8: if n could have brought
// it round, as many are counted as fit (RFC 9768 §3.2.2.5.2). An ACK that says
// what the last one said is taken by its word, since a peer acknowledges every
// second mark, and for the count to come round to the same four ACKs must be lost.
func (e *ecn) count(f wire.Flags, n int) int {
	more := int((ace(f) - e.told) & aceMask)
	e.told = ace(f)
	if more > 0 && n > aceMask {
		more = n - (n-more)&aceMask
	}
	return more
}

// capable reports whether new text goes out as ECN-capable.
func (e *ecn) capable() bool { return e.feedback != NoECN && !e.mute }

// mark is the flags of an outgoing segment that is neither SYN nor RST, and
// whether it is ECN-capable. Only text that is sent for the first time is: not a
// pure ACK, a retransmission or a probe (RFC 3168 §6.1.4-6.1.6).
func (e *ecn) mark(pure, fresh bool) (f wire.Flags, field wire.ECN) {
	if fresh && e.capable() {
		field = wire.ECT0
	}
	switch e.feedback {
	case NoECN:
	case ClassicECN:
		if e.echo {
			f |= wire.ECE
		}
		if e.cwr && fresh {
			f |= wire.CWR
			e.cwr = false
		}
	case AccurateECN:
		n := e.cep
		if e.handshake && pure {
			n = handshakeACE[e.peerSYN]
		}
		f = aceFlags(n)
		e.handshake, e.untold = false, 0
	}
	return f, field
}

// progress takes in an acknowledgment up to una: what was sent before the last
// reduction of the window may be behind it.
func (e *ecn) progress(una seq.Num) { e.reduced = e.reduced && !una.After(e.until) }

// reduce notes that the congestion window was reduced, for a mark or a loss, when
// all before nxt was sent. With classic feedback the peer is told.
func (e *ecn) reduce(nxt seq.Num) {
	if e.feedback == NoECN {
		return
	}
	e.reduced, e.until = true, nxt
	e.cwr = e.feedback == ClassicECN
}
