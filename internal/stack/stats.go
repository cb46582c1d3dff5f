package stack

import (
	"fmt"
	"iter"

	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A Reason is why a packet was dropped before a connection saw it. What a
// connection itself does not use has a tcp.Reason.
type Reason uint8

// The reasons.
const (
	NotForUs        Reason = iota // the destination is not an address of ours (MUST-57)
	Fragment                      // part of a packet: this stack does not reassemble
	BadSource                     // a source that nobody can have, or that only we can have (MUST-63)
	OtherProtocol                 // neither TCP nor ICMP, or an IPv6 header that we do not walk
	SynQueueFull                  // a SYN, while the listener has too many half-open connections
	AcceptQueueFull               // a SYN or a handshake's last ACK, while Accept is not called fast enough
	ResetLimit                    // a reset owed to nobody's segment, when too many were sent in this second
	ReplyQueueFull                // a reset or an echo reply, while Output is not called fast enough
	ICMPIgnored                   // an ICMP message that asks nothing of us: source quench, neighbour discovery ...
	ICMPUnmatched                 // an ICMP error that quotes no connection, or one too large to be true
	ICMPOutOfWindow               // an ICMP error that quotes what is not in flight (RFC 5927 §4.1)
	ClosedCore                    // anything after Close

	NumReasons = iota // how many reasons there are
)

var reasonNames = [NumReasons]string{
	NotForUs:        "not for us",
	Fragment:        "fragment",
	BadSource:       "bad source",
	OtherProtocol:   "other protocol",
	SynQueueFull:    "SYN queue full",
	AcceptQueueFull: "accept queue full",
	ResetLimit:      "reset limit",
	ReplyQueueFull:  "reply queue full",
	ICMPIgnored:     "ICMP ignored",
	ICMPUnmatched:   "ICMP unmatched",
	ICMPOutOfWindow: "ICMP out of window",
	ClosedCore:      "stack closed",
}

// String is the reason in two or three words.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Stats counts what a core has done since it was made.
type Stats struct {
	PacketsIn, BytesIn   uint64 // IP packets that Input was given
	PacketsOut, BytesOut uint64 // IP packets that Output gave, without looped ones
	Looped               uint64 // packets to an address of our own, delivered inside

	SegmentsIn, SegmentsOut uint64 // TCP segments to and from connections, listeners and nobody
	Resets                  uint64 // segments sent with RST
	EchoReplies             uint64 // ICMP echo replies owed
	ICMPErrors              uint64 // ICMP errors delivered to a connection
	PathMTUs                uint64 // of these, changes of a path MTU

	Opened       uint64 // connections begun with Dial
	Accepted     uint64 // handshakes completed at a listener
	Reopened     uint64 // connections made from one in TIME_WAIT (MAY-2)
	CookiesSent  uint64 // SYNs answered by a cookie, because the SYN queue was full
	CookiesTaken uint64 // connections that a cookie has made
	FastAccepted uint64 // SYNs whose text was believed (RFC 7413)
	HalfOpen     uint64 // handshakes at a listener that are not complete, now
	Conns        uint64 // connections in the table, now

	QueueBytes uint64 // memory that connections hold for data, now

	WireDrops [wire.NumReasons]uint64 // packets that cannot be parsed, or have a bad checksum (MUST-3)
	Drops     [NumReasons]uint64      // packets dropped before a connection saw them
	TCPDrops  [tcp.NumReasons]uint64  // segments that a machine did not use, in part or whole
}

// Dropped yields the reasons for which packets were dropped, with how many.
func (s *Stats) Dropped() iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		for r, n := range s.WireDrops {
			if n > 0 && !yield(wire.Reason(r).String(), n) {
				return
			}
		}
		for r, n := range s.Drops {
			if n > 0 && !yield(Reason(r).String(), n) {
				return
			}
		}
		for r, n := range s.TCPDrops {
			if n > 0 && !yield(tcp.Reason(r).String(), n) {
				return
			}
		}
	}
}
