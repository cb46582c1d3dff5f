package explore

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A Config bounds one search: what the users do, what the network does, and how
// the ends are set up.
type Config struct {
	Name string // "loss", for people and programs
	Doc  string // what is in it, in a line

	Users [2]User

	Capacity int // segments on their way at a time, 1 to 4; what is sent beyond is lost
	Drops    int // segments that the network may lose
	Dups     int // segments that it may deliver and keep
	Spurious int // timers that may fire though segments are on their way
	Guesses  int // segments that an attacker off the path may forge
	ICMP     int // hard errors that may arrive

	Incarnations int     // how often each end may be opened; default 1
	ISNStep      seq.Num // how far apart their initial sequence numbers are; 0: the same again
	Reopens      bool    // a newer SYN in TIME_WAIT opens the next one, as in package stack

	SACK      bool // both ends permit selective acknowledgments; then RACK finds losses, at once, since time stands still
	Window    int  // the receive buffer in octets; default 4
	LazyRead  bool // users read when they like, not at once
	EagerACK  bool // the delayed ACK timer fires at once
	KeepAlive bool // keep-alive is on
	GivesUp   bool // R2 is one retransmission
	Throttles bool // one challenge ACK, then none until time has passed

	// Swap takes two worlds for one that differ only in which end is which. The
	// users must be alike.
	Swap bool

	// Skip leaves properties out that the configuration is not meant to have.
	Skip Set

	MaxStates int // beyond these the search is cut short, and fails; default 1<<30

	Hooks Hooks
}

// A User is what one end's user may do, each at any time.
type User struct {
	Connect, Listen, Close, Release, Abort bool

	Sends int // octets to SEND, each in a call of its own
}

// Hooks change what an end does, to see that the search notices. Each may be
// nil. They must depend on nothing but their arguments.
type Hooks struct {
	// Arriving may change a segment before c gets it, or keep it from c.
	Arriving func(c *tcp.Conn, seg *wire.Segment) (deliver bool)
	// Leaving may change a segment that c sends, or keep it from the network.
	Leaving func(c *tcp.Conn, seg *wire.Segment) (send bool)
	// After is called after every input, and may give c another.
	After func(c *tcp.Conn) tcp.Result
	// Fires may let a timer fire although the order of things forbids it.
	Fires func(s fsm.State, k tcp.Timer) bool
}

// Bounds of a Config.
const (
	maxCapacity = 4
	maxBudget   = 7 // of drops, duplicates ...
	maxSends    = 15
)

// withDefaults is c with what is zero filled in.
func (c Config) withDefaults() Config {
	if c.Incarnations == 0 {
		c.Incarnations = 1
	}
	if c.Window == 0 {
		c.Window = 4
	}
	if c.MaxStates == 0 {
		c.MaxStates = 1 << 30
	}
	return c
}

// mtu makes room for one octet of text in a segment.
const mtu = 41

// tcpConfig is how the ends are set up.
func (c *Config) tcpConfig() *tcp.Config {
	cfg := tcp.Config{
		SendBuffer: maxSends + 1, RecvBuffer: c.Window, NoDelay: true,
		NoTimestamps: true, NoWindowScale: true, NoSACK: !c.SACK,
		KeepAlive:     tcp.KeepAlive{Enable: c.KeepAlive, Count: 1},
		ChallengeACKs: 1 << 30,
		Congestion:    func() congestion.Controller { return constantWindow{} },
	}
	if c.GivesUp {
		cfg.SynRetries, cfg.SynAckRetries, cfg.DataRetries = 1, 1, 1
	}
	if c.Throttles {
		cfg.ChallengeACKs = 1
	}
	cfg = cfg.WithDefaults()
	return &cfg
}

// canon is what of a connection counts.
func (c *Config) canon() tcp.Canon {
	return tcp.Canon{GivesUp: c.GivesUp, Throttles: c.Throttles}
}

// initial is the first sequence numbers of the two roles: far apart, so that no
// number of one direction passes for one of the other; one of them where the
// sign changes; neither near 0, which is the number of a reset to nobody
// (§3.10.7.1), so that such a reset is exact only by chance.
var initial = [2]seq.Num{1<<31 - 3, 1 << 30}

// frame is where an end counts from. With Swap both ends play the first role,
// each in numbers of its own; they are translated on the way.
func frame(role uint8) tcp.Frame {
	return tcp.Frame{Snd: initial[role], Rcv: initial[1-role]}
}

// A constantWindow is a congestion control that never limits, and has no state.
type constantWindow struct{}

// Init does nothing.
func (constantWindow) Init(time.Duration, int) {}

// SetMSS does nothing.
func (constantWindow) SetMSS(int) {}

// Window is more than any search sends.
func (constantWindow) Window() int { return 1 << 16 }

// Threshold means nothing here.
func (constantWindow) Threshold() int { return 0 }

// PacingRate is none.
func (constantWindow) PacingRate() int64 { return 0 }

// PRR has nothing to reduce.
func (constantWindow) PRR() bool { return false }

// Sent does nothing.
func (constantWindow) Sent(time.Duration, int, int) {}

// Acked does nothing.
func (constantWindow) Acked(time.Duration, *congestion.Ack) {}

// Congested does nothing.
func (constantWindow) Congested(time.Duration, congestion.Signal, int) {}

// TimedOut does nothing.
func (constantWindow) TimedOut(time.Duration, int, bool) {}

// Recovered does nothing.
func (constantWindow) Recovered(time.Duration, int) {}

// Undo does nothing.
func (constantWindow) Undo(time.Duration) {}

// Idle does nothing.
func (constantWindow) Idle(time.Duration, time.Duration) {}
