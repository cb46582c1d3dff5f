// Package trace tells what connections do: their changes of state with the row
// of fsm.Table that caused them, the segments they send and receive, their
// timers, what was dropped and why, and what their users called.
//
// Every lens of lastack eats these events, whoever made them.
package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lastack/lastack/fsm"
)

// A Kind says what an Event is about, and with that which of its fields are
// set.
type Kind uint8

// The kinds of events.
const (
	State Kind = iota + 1 // From, To, Event, Row
	Send                  // Seg, Pkt
	Recv                  // Seg, Pkt
	Drop                  // Reason; Seg, Pkt; Event and Row if a row was taken
	Timer                 // Timer, Op, Deadline; Event and Row if it fired
	Call                  // Call, N, Err
	ICMP                  // Reason; N: the MTU that it tells, if it does
)

var kindNames = [...]string{State: "state", Send: "send", Recv: "recv", Drop: "drop", Timer: "timer", Call: "call", ICMP: "icmp"}

// String is the kind as the JSON form has it.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// An Event is one thing that happened at one end of a connection.
type Event struct {
	Time time.Duration // since the origin of the trace, which its maker chose
	End  string        // who: "client", "server", or the stack's name
	Conn Conn          // which connection; Remote is not valid for a listener's own events
	Kind Kind

	From, To fsm.State // State: the change. Otherwise both are the state at the time
	Event    fsm.Event // the cause, if Row is set
	Row      int       // the row of fsm.Table that was taken, counted from one; 0: none

	Seg Segment // Send, Recv, Drop
	Pkt uint64  // Send, Recv, Drop: the packet's number, the same at both ends; 0: not known

	Reason string // Drop: why; ICMP: what the error says

	Timer    TimerKind     // Timer: which
	Op       TimerOp       // Timer: what happened to it
	Deadline time.Duration // Timer, when armed: when it will fire, since the origin

	Call string // Call: "connect", "listen", "accept", "write", "read", "close-write", "close-read", "close", "abort" ...
	N    int    // Call: bytes taken or given; ICMP: the MTU of the path, in bytes
	Err  string // Call: the error, empty if there was none
}

// Ref is the section that the event's row stands in, empty without a row.
func (e *Event) Ref() string {
	if e.Row == 0 {
		return ""
	}
	return fsm.Row(e.Row).Ref
}

// A Conn names a connection as one of its ends sees it.
type Conn struct{ Local, Remote netip.AddrPort }

// String is "10.0.0.1:40000>10.0.0.2:80": the local end first. A listener has
// "*" for its peer, and for its address if it listens at all of them.
func (c Conn) String() string { return endString(c.Local) + ">" + endString(c.Remote) }

// IsListener reports whether this names a listener, which has no peer.
func (c Conn) IsListener() bool { return !c.Remote.IsValid() }

// Reverse is the same connection as its other end sees it.
func (c Conn) Reverse() Conn { return Conn{c.Remote, c.Local} }

// A Segment is a TCP segment in a trace.
type Segment struct {
	Flags  Flags
	Seq    uint32 // as in the header
	Ack    uint32 // as in the header; meaningful with the ACK bit
	RelSeq uint32 // Seq less the sender's initial sequence number, so that its SYN is 0
	RelAck uint32 // Ack less the receiver's initial sequence number
	Wnd    uint32 // in bytes: the window field, scaled if scaling is in force
	Up     uint16 // the urgent pointer
	Len    int    // bytes of payload
	Opts   Options
	ECN    ECN // of its IP packet
}

// An ECN is the field of an IP packet for explicit congestion notification (RFC
// 3168 §5).
type ECN uint8

// The codepoints.
const (
	NotECT ECN = iota // the transport does not take part
	ECT1              // it does
	ECT0              // it does: what senders set
	CE                // a router on the way is congested
)

var ecnNames = [...]string{"", "ect1", "ect0", "ce"}

// String is the codepoint as packetdrill has it, as "ect0", and nothing for
// NotECT.
func (e ECN) String() string { return ecnNames[e&CE] }

// Flags is the control bits of a segment, as in the header: FIN is 1.
type Flags uint16

// The control bits.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

var flagNames = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"}

// String is the names of the flags as the RFC's figures have them: "SYN,ACK",
// with SYN, FIN and RST first.
func (f Flags) String() string {
	out := ""
	for _, i := range [...]int{1, 0, 2, 3, 5, 4, 6, 7, 8} {
		if f&(1<<i) != 0 {
			if out != "" {
				out += ","
			}
			out += flagNames[i]
		}
	}
	if out == "" {
		return "none"
	}
	return out
}

// Options is the options of a segment that lastack knows.
type Options struct {
	MSS       uint16 // 0: absent
	HasWScale bool
	WScale    uint8
	SACKOK    bool
	HasTS     bool
	TSVal     uint32
	TSEcr     uint32
	SACK      []Block // relative, like RelAck

	UserTimeout time.Duration // RFC 5482; 0: absent
	HasFO       bool          // fast open (RFC 7413)
	FO          string        // the cookie in hexadecimal; empty: the wish for one
}

// any reports whether there is an option at all.
func (o *Options) any() bool {
	return o.MSS != 0 || o.HasWScale || o.SACKOK || o.HasTS || len(o.SACK) > 0 || o.UserTimeout != 0 || o.HasFO
}

// String is the options as packetdrill writes them, without brackets:
// "mss 1460,wscale 7,sackOK,TS val 1 ecr 0".
func (o *Options) String() string {
	var out []string
	if o.MSS != 0 {
		out = append(out, fmt.Sprintf("mss %d", o.MSS))
	}
	if o.HasWScale {
		out = append(out, fmt.Sprintf("wscale %d", o.WScale))
	}
	if o.SACKOK {
		out = append(out, "sackOK")
	}
	if o.HasTS {
		out = append(out, fmt.Sprintf("TS val %d ecr %d", o.TSVal, o.TSEcr))
	}
	for i, b := range o.SACK {
		word := ""
		if i == 0 {
			word = "sack "
		}
		out = append(out, fmt.Sprintf("%s%d:%d", word, b.Left, b.Right))
	}
	if o.UserTimeout != 0 {
		out = append(out, "uto "+o.UserTimeout.String())
	}
	if o.HasFO {
		out = append(out, strings.TrimSpace("FO "+o.FO))
	}
	return strings.Join(out, ",")
}

// A Block is a stretch of sequence numbers, Left =< n < Right.
type Block struct{ Left, Right uint32 }

// A TimerKind is one of a connection's timers.
type TimerKind uint8

// The timers.
const (
	Retransmission TimerKind = iota + 1 // §3.8.1
	Persist                             // zero-window probes (§3.8.6.1)
	DelayedACK                          // §3.8.6.3
	KeepAlive                           // §3.8.4
	FinWait2                            // the peer's FIN after the user is gone
	TimeWait                            // 2 MSL
	UserTimeout                         // §3.10.8
	Reorder                             // what has not come by now is lost (RFC 8985 §6.2)
	TailProbe                           // the tail loss probe (RFC 8985 §7.2)
	Pace                                // something waits for the pace
)

var timerNames = [...]string{
	Retransmission: "retransmission", Persist: "persist", DelayedACK: "delayed-ack", KeepAlive: "keep-alive",
	FinWait2: "fin-wait-2", TimeWait: "time-wait", UserTimeout: "user-timeout",
	Reorder: "reorder", TailProbe: "tail-probe", Pace: "pace",
}

// String is the timer's name as the JSON form has it.
func (k TimerKind) String() string {
	if int(k) < len(timerNames) && timerNames[k] != "" {
		return timerNames[k]
	}
	return fmt.Sprintf("TimerKind(%d)", uint8(k))
}

// A TimerOp is what happens to a timer.
type TimerOp uint8

// What happens to timers.
const (
	Armed TimerOp = iota + 1
	Fired
	Stopped
)

var opNames = [...]string{Armed: "armed", Fired: "fired", Stopped: "stopped"}

// String is the operation's name as the JSON form has it.
func (o TimerOp) String() string {
	if int(o) < len(opNames) && opNames[o] != "" {
		return opNames[o]
	}
	return fmt.Sprintf("TimerOp(%d)", uint8(o))
}
