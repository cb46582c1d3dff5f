// Package script is the language of packetdrill: scripts that say what a TCP is
// told, what its user calls, and what it is expected to send and to answer.
//
// Parse reads a script, and its String method writes it again. What is not in
// the language is an error that names the place and what was expected there;
// nothing is guessed.
package script

import (
	"fmt"
	"time"
)

// A Pos is a place in a script. Both numbers count from one.
type Pos struct{ Line, Col int }

// An Error is what is wrong with a script, and where.
type Error struct {
	File string
	Pos
	Msg string
}

// Error is "file:line:column: what is wrong".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg) }

// A Script is a parsed script.
type Script struct {
	File    string
	Options []Option
	Init    *Command // before the first event; nil: none
	Events  []Event
	Cleanup *Command // after the last event; nil: none
}

// An Option is --name or --name=value at the head of a script.
type Option struct {
	Pos
	Name, Value string
	HasValue    bool
}

// A Command is text for a shell.
type Command struct {
	Pos
	Text string
}

// Code is Python between %{ and }%.
type Code struct {
	Pos
	Text string
}

// An Event is an action with its time. Exactly one of the pointers is set.
type Event struct {
	Pos
	Time    Time
	Packet  *Packet
	Call    *Call
	Command *Command
	Code    *Code
}

// A TimeKind is the form of an event's time.
type TimeKind uint8

// The forms of times.
const (
	Absolute      TimeKind = iota // T: since the start of the script
	Relative                      // +T: since the event before
	AbsoluteRange                 // T~T
	RelativeRange                 // +T~+T
	AnyTime                       // *
)

// A Time says when an event is to happen. End is used by ranges only.
type Time struct {
	Kind       TimeKind
	Start, End time.Duration
}

// IsRelative reports whether the time counts from the event before.
func (t Time) IsRelative() bool { return t.Kind == Relative || t.Kind == RelativeRange }

// A Direction says who sends a packet.
type Direction byte

// The directions, in their own notation.
const (
	Inbound  Direction = '<' // the script injects it
	Outbound Direction = '>' // the TCP under test is expected to send it
)

// A Packet is a packet that is injected or expected. Exactly one of TCP, ICMP
// and UDP is set.
type Packet struct {
	Dir   Direction
	Encap []string // outer headers as written: "ipv4 192.0.2.1 > 192.0.2.2", "gre", "mpls ..."
	IP    IPInfo
	TCP   *TCP
	ICMP  *ICMP
	UDP   *UDP
}

// An ECN is what a script says about the ECN field of the IP header.
type ECN uint8

// What may be said about ECN.
const (
	ECNUnchecked ECN = iota
	NoECN            // noecn: 0
	ECT1             // ect1: 1
	ECT0             // ect0: 2
	CE               // ce: 3
	ECT01            // ect01: 1 or 2; only expected, never injected
)

// IPInfo is what a script says about the IP header. -1 is unsaid.
type IPInfo struct {
	ECN       ECN
	TOS       int // the whole octet
	DSCP      int // the six bits of the octet that are not the ECN field
	TTL       int // in hops; 0 is not looked at
	FlowLabel int // IPv6
}

// noIPInfo is that nothing is said.
var noIPInfo = IPInfo{TOS: -1, DSCP: -1, TTL: -1, FlowLabel: -1}

// Ports is the port numbers of a packet as written; 0 and 0 if they are left to
// the interpreter.
type Ports struct{ Src, Dst uint16 }

// TCP is a TCP segment in a script.
type TCP struct {
	Ports      Ports
	Flags      Flags
	ACE        int // the ACE count (RFC 9768); -1: the flags A, W and E are meant
	Seq        uint32
	Len        int  // bytes of payload
	AnySeq     bool // "...": any sequence number is right
	LiteralSeq bool // "!": Seq is the number on the wire, not relative
	Ack        uint32
	HasAck     bool // "ack" is written; without it the field is 0
	Win        int  // the window field as it is in the header; -1: unsaid
	Urg        uint16
	Opts       []TCPOption
	AnyOpts    bool   // "<...>": options are not looked at
	UDPEncap   *Ports // "/udp(a > b)": the segment travels in UDP (RFC 6951 for TCP)
}

// Flags is the control bits, as package wire has them.
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

// flagLetters is the letters of the flags, in the order in which they are
// written.
var flagLetters = []struct {
	letter byte
	flag   Flags
}{{'F', FIN}, {'S', SYN}, {'R', RST}, {'P', PSH}, {'U', URG}, {'E', ECE}, {'W', CWR}, {'A', AE}}

// An OptionKind is a TCP option of the language.
type OptionKind uint8

// The options. Two of them share a kind number on the wire with others, so
// these are not the wire's numbers.
const (
	OptEOL    OptionKind = iota // eol
	OptNOP                      // nop
	OptMSS                      // mss N
	OptWScale                   // wscale N
	OptSACKOK                   // sackOK
	OptSACK                     // sack a:b ...
	OptTS                       // TS val N ecr N
	OptMD5                      // md5 HEX, md5 valid
	OptFO                       // FO HEX (RFC 7413)
	OptFOExp                    // FOEXP HEX: the experimental number of the same
	OptECN0                     // ECN e0b N ceb N e1b N: AccECN, order 0 (RFC 9768)
	OptECN1                     // ECN e1b N ceb N e0b N: AccECN, order 1
	OptOther                    // anything else; only seen, never written
)

// A TCPOption is one option in a script.
type TCPOption struct {
	Kind       OptionKind
	N          uint32      // mss, wscale; for OptOther the kind's number
	Val, Ecr   uint32      // TS
	AnyVal     bool        // TS: "val ..." is any number
	LiteralEcr bool        // TS: "ecr N!" is the number on the wire
	Digest     string      // md5: "valid" or "invalid", in the place of Data
	Blocks     []SACKBlock // sack
	Data       []byte      // md5, FO, FOEXP, other
	Counters   []uint32    // ECN: none to three 24-bit counters
}

// A SACKBlock is a stretch of sequence numbers, Left =< n < Right.
type SACKBlock struct{ Left, Right uint32 }

// ICMP is an ICMP or ICMPv6 message about a segment.
type ICMP struct {
	Type, Code string // by name; Code may be empty
	MTU        int    // -1: unsaid
	EchoID     int    // -1: unsaid
	HasQuote   bool   // the sequence numbers of the segment are told
	QuoteSeq   uint32
	QuoteLen   int
	QuoteOther string // "udp" or "raw" if the quoted packet is not TCP
}

// UDP is a UDP datagram.
type UDP struct {
	Ports Ports
	Len   int // bytes of payload
}

// A Call is a system call with what it is expected to return.
type Call struct {
	Blocking bool          // "...": it returns only at End
	End      time.Duration // of the same kind as the event's time
	Name     string
	Args     []*Expr
	Result   *Expr
	Errno    string // "EINPROGRESS"; empty: not looked at
	Note     string // what stands in brackets behind
}
