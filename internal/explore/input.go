package explore

import "github.com/lastack/lastack/internal/tcp"

// An input is what happens to one end: a kind, and with it a number.
type input uint32

// A kind is what an input is.
type kind uint8

// The kinds of inputs. The users' calls are in the order of callNames.
const (
	arrives    kind = iota // a segment arrives: its segID
	expires                // a timer fires: the tcp.Timer
	connects               // active OPEN
	listens                // passive OPEN
	sends                  // SEND of one octet
	closes                 // CLOSE
	releases               // CLOSE, and nobody reads any more
	aborts                 // ABORT
	reads                  // RECEIVE
	forged                 // a forged segment arrives: the number of the guess
	icmp                   // a hard error arrives
	unthrottle             // time passes, so that challenge ACKs are sent again
)

// callNames is the calls as scripts write them.
var callNames = map[kind]string{
	connects: "connect", listens: "listen", sends: "send", closes: "close",
	releases: "release", aborts: "abort", reads: "read", icmp: "icmp", unthrottle: "unthrottle",
}

func of(k kind, n uint32) input { return input(k)<<24 | input(n) }

func (in input) kind() kind { return kind(in >> 24) }

func (in input) arg() uint32 { return uint32(in) & (1<<24 - 1) }

// timerNames is the timers as scripts write them.
var timerNames = [tcp.NumTimers]string{
	tcp.TimerPace: "pace", tcp.TimerReorder: "reorder", tcp.TimerProbe: "tail-probe", tcp.TimerRetransmit: "retransmission", tcp.TimerPersist: "persist", tcp.TimerDelayedACK: "delayed-ack",
	tcp.TimerKeepAlive: "keep-alive", tcp.TimerFinWait2: "fin-wait-2", tcp.TimerTimeWait: "time-wait", tcp.TimerUser: "user-timeout",
}
