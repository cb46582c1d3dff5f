package lastack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	mrand "math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/trace"
)

// A Config says what a Stack is like. Only Addrs is required: every other zero
// field means the default that its comment names.
type Config struct {
	// Addrs is the stack's own addresses, each with the length of its
	// network's prefix, such as 10.0.0.2/24 or fd00::2/64. At least one.
	Addrs []netip.Prefix

	// Name is what traces call this stack. Default "stack".
	Name string

	// Observer, if not nil, is told everything that connections do, in order
	// and by one goroutine at a time. Nothing is locked meanwhile, so it may
	// call the stack, except for Stack.Close. The stack's packets wait for
	// it, so it should be quick. It has been told everything when
	// Stack.Close returns.
	Observer func(trace.Event)

	// Resolver finds the addresses of a host name for DialContext. They are
	// tried in the order it gives. Default none: only IP addresses can be
	// dialled. The Resolver of package net fits:
	//
	//	func(ctx context.Context, host string) ([]netip.Addr, error) {
	//		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	//	}
	Resolver func(ctx context.Context, host string) ([]netip.Addr, error)

	// SendBuffer and RecvBuffer fix what a connection may hold, in bytes: data
	// written but not yet acknowledged by the peer, and data received but not
	// yet read. An idle connection holds nothing. At least 4 KiB, at most
	// 1 GiB. Default 0: the sizes follow the traffic, the one by the congestion
	// window, the other by what is read in a round trip, from 64 and 128 KiB
	// up to MaxSendBuffer and MaxRecvBuffer.
	SendBuffer, RecvBuffer int

	// MaxSendBuffer and MaxRecvBuffer bound what the sizes grow to that nobody
	// has fixed, in bytes. Default 16 MiB each, which fills 1 Gbit/s over
	// 100 ms; at least 4 KiB, at most 1 GiB.
	MaxSendBuffer, MaxRecvBuffer int

	// MemoryLimit bounds what all connections together hold, in bytes. From
	// three quarters of it on buffers grow no more, fixed ones are cut to 64 KiB,
	// and windows close as data arrives; at the limit, data that came out of
	// order is given up. Every connection still gets 16 KiB either way,
	// also beyond the limit, so that none stands still. At least 1 MiB;
	// default 0: no limit.
	MemoryLimit int

	// Backlog is how many connections may wait for Accept at a listener.
	// Default 4096.
	Backlog int

	// SynQueue is how many handshakes may be under way at a listener.
	// Default 1024. SYNs beyond that are answered by SYN cookies (RFC 4987
	// §3.6), which remember nothing of them: their connections have window
	// scaling and SACK only if the peer sends timestamps.
	SynQueue int

	// NoSYNCookies drops the SYNs beyond SynQueue instead.
	NoSYNCookies bool

	// PortRange is the first and the last of the ports that connections are
	// given when they ask for none. Default 32768 to 60999.
	PortRange [2]uint16

	// KeepAlive is the idle time and the interval of keep-alive probes, as
	// net.ListenConfig has it: 0 is 15 s, negative is off. It is ignored if
	// KeepAliveConfig.Enable is set. Single connections change it with
	// Conn.SetKeepAliveConfig.
	//
	// Deviation: MUST-25 of RFC 9293 wants keep-alive off by default; on at
	// 15 s is what users of package net know.
	KeepAlive time.Duration

	// KeepAliveConfig sets all of keep-alive. In it, 0 means the defaults of
	// package net: idle 15 s, interval 15 s, 9 probes.
	KeepAliveConfig net.KeepAliveConfig

	// UserTimeout is how long sent data may stay unacknowledged before the
	// connection fails (§3.8.3, §3.10.8). Default 0: until the
	// retransmissions are used up, about 15 minutes.
	UserTimeout time.Duration

	// UserTimeoutOption tells peers of the UserTimeout, if there is one, and lets
	// theirs lengthen ours, up to an hour (RFC 5482).
	// A connection whose timeout is set by Conn.SetUserTimeout keeps that.
	UserTimeoutOption bool

	// TimeWait is how long a connection stays in TIME_WAIT: 2 MSL in all
	// (§3.4.1). Default 60 s.
	TimeWait time.Duration

	// FinWait2 is how long a closed connection waits in FIN_WAIT_2 for the
	// peer's FIN. It does not limit a half-closed connection, whose user may
	// still read. Default 60 s.
	FinWait2 time.Duration

	// TTL is the time to live, or hop limit, of the packets sent (§3.9.2,
	// MUST-49). Default 64.
	TTL uint8

	// DSCP is the Diffserv codepoint that connections start with, 0 to 63
	// (§3.9.1.9, MUST-48). Conn.SetDSCP changes a connection's.
	DSCP uint8

	// NoTimestamps leaves out the timestamps option (RFC 7323 §3), and with
	// it PAWS.
	NoTimestamps bool

	// NoWindowScale leaves out the window scale option (RFC 7323 §2), so that
	// windows stay below 64 KiB.
	NoWindowScale bool

	// NoSACK leaves out selective acknowledgments (RFC 2018).
	NoSACK bool

	// Congestion makes the congestion control of a connection, once for each.
	// Default congestion.Cubic. Package congestion has more, by name:
	//
	//	cfg.Congestion, err = congestion.New("bbr")
	//
	// What it makes is called while the stack is locked, so it should be quick,
	// and must not call the stack. Conn.SetCongestion changes a connection's.
	Congestion func() congestion.Controller

	// MTUProbing is how path MTUs are found where routers do not tell them.
	// Default MTUProbingOnBlackHole.
	MTUProbing MTUProbing

	// ECN is explicit congestion notification. Default ECNWhenAsked.
	ECN ECN

	// FastOpen is where data travel in SYNs. Default FastOpenDial.
	FastOpen FastOpen

	// Rand is where secrets, sequence numbers and ports come from. Default
	// crypto/rand.Reader. For a run that can be repeated give a seeded one,
	// such as rand.NewChaCha8 of math/rand/v2; everybody else leaves it nil,
	// or the connections can be forged.
	Rand io.Reader
}

// The bounds of buffers and of all memory, in bytes. A window cannot exceed 1 GiB (RFC 7323
// §2.3).
const (
	minBuffer = 4 << 10
	maxBuffer = 1 << 30
	minMemory = 1 << 20
)

// check says what is wrong with a Config and what to do about it.
func (cfg *Config) check() error {
	if len(cfg.Addrs) == 0 {
		return errors.New("no address in Config.Addrs: give the stack one, " +
			`such as netip.MustParsePrefix("10.0.0.2/24")`)
	}
	for _, p := range cfg.Addrs {
		if !p.IsValid() || p.Addr().IsUnspecified() || p.Addr().IsMulticast() {
			return fmt.Errorf("bad address %v in Config.Addrs: use the address of one host "+
				"with its prefix, such as 10.0.0.2/24", p)
		}
	}
	for _, f := range []struct {
		name     string
		n        int64
		min, max int64
	}{
		{"SendBuffer", int64(cfg.SendBuffer), minBuffer, maxBuffer},
		{"RecvBuffer", int64(cfg.RecvBuffer), minBuffer, maxBuffer},
		{"MaxSendBuffer", int64(cfg.MaxSendBuffer), minBuffer, maxBuffer},
		{"MaxRecvBuffer", int64(cfg.MaxRecvBuffer), minBuffer, maxBuffer},
		{"MemoryLimit", int64(cfg.MemoryLimit), minMemory, math.MaxInt},
		{"Backlog", int64(cfg.Backlog), 1, math.MaxInt32},
		{"SynQueue", int64(cfg.SynQueue), 1, math.MaxInt32},
		{"UserTimeout", int64(cfg.UserTimeout), 1, math.MaxInt64},
		{"TimeWait", int64(cfg.TimeWait), 1, math.MaxInt64},
		{"FinWait2", int64(cfg.FinWait2), 1, math.MaxInt64},
	} {
		if f.n != 0 && (f.n < f.min || f.n > f.max) {
			return fmt.Errorf("%s is %d: use 0 for the default, or %d to %d", f.name, f.n, f.min, f.max)
		}
	}
	if lo, hi := cfg.PortRange[0], cfg.PortRange[1]; lo > hi || lo == 0 && hi != 0 {
		return fmt.Errorf("PortRange is %d to %d: use {0, 0} for the default, "+
			"or a first port of at least 1 and a last one not below it", lo, hi)
	}
	if int(cfg.MTUProbing) >= len(mtuProbings) {
		return fmt.Errorf("MTUProbing is %d: use MTUProbingOnBlackHole, MTUProbingOff or MTUProbingAlways", cfg.MTUProbing)
	}
	if int(cfg.ECN) >= len(ecnModes) {
		return fmt.Errorf("ECN is %d: use ECNWhenAsked, ECNOff, ECNClassic or ECNAccurate", cfg.ECN)
	}
	if int(cfg.FastOpen) >= len(fastOpenModes) {
		return fmt.Errorf("FastOpen is %d: use FastOpenDial, FastOpenOff or FastOpenServe", cfg.FastOpen)
	}
	return nil
}

// core is the configuration of the stack's core for a link of the given MTU.
func (cfg *Config) core(mtu int) (stack.Config, error) {
	out := stack.Config{
		Name:      cfg.Name,
		Addrs:     cfg.Addrs,
		MTU:       mtu,
		TTL:       cfg.TTL,
		DSCP:      cfg.DSCP,
		SynQueue:  cfg.SynQueue,
		FastOpen:  fastOpenModes[cfg.FastOpen],
		PortRange: cfg.PortRange,
		Memory:    cfg.MemoryLimit,

		NoSYNCookies: cfg.NoSYNCookies,

		TCP: tcp.Config{
			SendBuffer:        cfg.SendBuffer,
			RecvBuffer:        cfg.RecvBuffer,
			MaxSendBuffer:     cfg.MaxSendBuffer,
			MaxRecvBuffer:     cfg.MaxRecvBuffer,
			NoDelay:           true,
			KeepAlive:         cfg.keepAlive(),
			UserTimeout:       cfg.UserTimeout,
			UserTimeoutOption: cfg.UserTimeoutOption,
			TimeWait:          cfg.TimeWait,
			FinWait2Timeout:   cfg.FinWait2,
			NoTimestamps:      cfg.NoTimestamps,
			NoWindowScale:     cfg.NoWindowScale,
			MTUProbing:        mtuProbings[cfg.MTUProbing],
			ECN:               ecnModes[cfg.ECN],
			NoSACK:            cfg.NoSACK,
			Congestion:        cfg.Congestion,
		},
	}
	if out.Name == "" {
		out.Name = "stack"
	}
	return out, cfg.seed(&out)
}

// seed draws the secret and the seed of the core's random numbers.
func (cfg *Config) seed(out *stack.Config) error {
	source := cfg.Rand
	if source == nil {
		source = rand.Reader
	}
	var seed [32]byte
	for _, b := range [][]byte{out.Secret[:], seed[:]} {
		if _, err := io.ReadFull(source, b); err != nil {
			return fmt.Errorf("reading random bytes: %w", err)
		}
	}
	out.Rand = mrand.NewChaCha8(seed).Uint64
	return nil
}

// keepAlive is what connections start with.
func (cfg *Config) keepAlive() tcp.KeepAlive {
	if cfg.KeepAliveConfig.Enable {
		return applyKeepAlive(tcp.KeepAlive{}, cfg.KeepAliveConfig)
	}
	d := cfg.KeepAlive
	return applyKeepAlive(tcp.KeepAlive{}, net.KeepAliveConfig{Enable: d >= 0, Idle: d, Interval: d})
}

// The defaults of package net for keep-alive.
const (
	keepAliveIdle     = 15 * time.Second
	keepAliveInterval = 15 * time.Second
	keepAliveCount    = 9
)

// applyKeepAlive changes k as net.TCPConn.SetKeepAliveConfig does: 0 sets the
// default, and a negative value leaves what k has, or the default if that is
// nothing.
func applyKeepAlive(k tcp.KeepAlive, set net.KeepAliveConfig) tcp.KeepAlive {
	return tcp.KeepAlive{
		Enable:   set.Enable,
		Idle:     choose(set.Idle, k.Idle, keepAliveIdle),
		Interval: choose(set.Interval, k.Interval, keepAliveInterval),
		Count:    choose(set.Count, k.Count, keepAliveCount),
	}
}

// choose is set if it is positive, the default if it is 0, and otherwise what
// there was.
func choose[T int | time.Duration](set, was, byDefault T) T {
	switch {
	case set > 0:
		return set
	case set < 0 && was > 0:
		return was
	}
	return byDefault
}
