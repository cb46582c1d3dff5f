package tcp

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// Config is what the connections of a stack have in common. The zero value of a
// field means its default, which WithDefaults fills in.
type Config struct {
	// SendBuffer and RecvBuffer fix, in bytes, what a user may have queued
	// and unacknowledged, and received and unread. 0: they follow the traffic,
	// up to MaxSendBuffer and MaxRecvBuffer, which are 16 MiB by default: enough
	// for 1 Gbit/s over 100 ms.
	SendBuffer, RecvBuffer       int
	MaxSendBuffer, MaxRecvBuffer int
	// NoDelay turns Nagle's algorithm off (§3.7.4).
	NoDelay bool
	// KeepAlive is the connections' keep-alive setting at the start (§3.8.4).
	KeepAlive KeepAlive
	// UserTimeout is how long data may stay unacknowledged; 0 leaves it to the
	// counts of retransmissions (§3.8.3).
	UserTimeout time.Duration
	// UserTimeoutOption tells the peer of UserTimeout, and lets the peer's have a
	// say in ours while the user has not set it himself (RFC 5482).
	UserTimeoutOption bool
	// TimeWait is 2 MSL: how long TIME_WAIT lasts in all (MUST-13). Default 60 s,
	// as on Linux: the RFC's MSL of two minutes is an engineering choice that
	// experience may change (§3.4.2).
	TimeWait time.Duration
	// FinWait2Timeout is how long FIN_WAIT_2 lasts once the user is gone.
	// Default 60 s.
	FinWait2Timeout time.Duration
	// SynRetries, SynAckRetries and DataRetries are R2 (§3.8.3): how often a
	// SYN, a SYN,ACK and anything else is sent again before the connection is
	// given up. Defaults 7 (over four minutes, MUST-23), 5 and 15 (over 100 s
	// whatever the RTO, SHLD-11).
	//
	// Deviation: a SYN,ACK is given up after 63 s, not three minutes, as on Linux:
	// most that stay unanswered are a flood's.
	SynRetries, SynAckRetries, DataRetries int
	// DelayedACK is how long an acknowledgment may wait for company; less than
	// 500 ms (MUST-40). Default 40 ms.
	DelayedACK time.Duration
	// InitialRTO, MinRTO and MaxRTO bound the retransmission timeout (RFC 6298).
	// Defaults 1 s, 200 ms and 120 s.
	//
	// Deviation: RFC 6298 §2.4 rounds up to 1 s; 200 ms is what Linux and
	// others have used for decades.
	InitialRTO, MinRTO, MaxRTO time.Duration
	// MTUProbing is whether path MTUs are found out without routers.
	MTUProbing MTUProbing
	// NoTimestamps and NoWindowScale leave the options of RFC 7323 out.
	NoTimestamps, NoWindowScale bool
	// NoSACK leaves selective acknowledgments out (RFC 2018).
	NoSACK bool
	// ECN says whether explicit congestion notification is asked for, and agreed
	// to. Default ECNWhenAsked, as Linux's tcp_ecn=2.
	ECN ECNMode
	// ChallengeACKs bounds the acknowledgments sent in answer to segments that
	// may be forged or echoes of our own, in each 5 s (RFC 5961 §7). Default 10.
	ChallengeACKs int
	// NoRACK finds losses by counting (RFC 6675) and not by time (RFC 8985).
	NoRACK bool
	// NoTLP leaves tail loss probes out (RFC 8985 §7).
	NoTLP bool
	// NoIdleRestart keeps the congestion window over a silence of more than an RTO,
	// which RFC 5681 §4.1 says should restart. Linux has it as a setting.
	NoIdleRestart bool
	// Congestion makes the congestion control of a connection. Default: what
	// congestion.New("") does.
	Congestion func() congestion.Controller
}

// KeepAlive is a keep-alive setting (§3.8.4).
//
// Deviation: the durations' defaults are 15 s, as in package net, and not the
// two hours of MUST-28: they are what Go programs expect.
type KeepAlive struct {
	Enable   bool
	Idle     time.Duration // without a segment from the peer, before the first probe; default 15 s
	Interval time.Duration // between probes; default 15 s
	Count    int           // unanswered probes until the peer is held dead; default 9
}

// WithDefaults is k with its zero fields filled in.
func (k KeepAlive) WithDefaults() KeepAlive {
	orElse(&k.Idle, 15*time.Second)
	orElse(&k.Interval, 15*time.Second)
	orElse(&k.Count, 9)
	return k
}

// WithDefaults is cfg with its zero fields filled in.
func (cfg Config) WithDefaults() Config {
	orElse(&cfg.MaxSendBuffer, 16<<20)
	orElse(&cfg.MaxRecvBuffer, 16<<20)
	orElse(&cfg.TimeWait, 60*time.Second)
	orElse(&cfg.FinWait2Timeout, 60*time.Second)
	orElse(&cfg.SynRetries, 7)
	orElse(&cfg.SynAckRetries, 5)
	orElse(&cfg.DataRetries, 15)
	orElse(&cfg.DelayedACK, 40*time.Millisecond)
	orElse(&cfg.InitialRTO, time.Second)
	orElse(&cfg.MinRTO, 200*time.Millisecond)
	orElse(&cfg.MaxRTO, 120*time.Second)
	orElse(&cfg.ChallengeACKs, 10)
	cfg.KeepAlive = cfg.KeepAlive.WithDefaults()
	if cfg.Congestion == nil {
		cfg.Congestion, _ = congestion.New("") // the default has no error
	}
	return cfg
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Params is what sets one connection apart.
type Params struct {
	ISS      seq.Num    // the initial send sequence number (RFC 6528)
	TSOffset uint32     // added to the timestamp clock (RFC 7323 §5.4)
	MTU      int        // largest IP packet of the path, in bytes
	RaiseAt  clock.Time // when packets larger than MTU are to be tried, if the link takes them
	LinkMTU  int        // largest IP packet of our link, in bytes; 0: MTU
	IPv6     bool
	Pool     *Pool // where queue memory comes from; nil: a pool of its own
}

// Sizes of headers without options, and of the timestamps option with padding,
// in bytes.
const (
	tcpHeader  = 20
	ipv4Header = 20
	ipv6Header = 40
	tsOption   = 12
)

// headers is the length of the IP and TCP headers without options.
func (p *Params) headers() int {
	if p.IPv6 {
		return ipv6Header + tcpHeader
	}
	return ipv4Header + tcpHeader
}

// defaultMSS is the send MSS towards a peer that announces none (MUST-15).
func (p *Params) defaultMSS() int {
	if p.IPv6 {
		return 1220
	}
	return 536
}
