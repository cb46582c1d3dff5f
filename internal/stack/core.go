// Package stack is the TCP of one host, without its I/O: IP packets go in,
// IP packets are asked for, and a deadline says when to come back. It gives
// each segment to the connection or the listener that it belongs to, keeps
// listeners, ports, TIME_WAIT and path MTUs, answers ICMP, and refuses what
// belongs to nobody. What a segment does to a connection is in package tcp.
//
// Like package tcp it has no locks, no clock, no goroutines and no randomness
// of its own: whoever runs a Core calls it from one goroutine at a time.
//
// Deviation: IP fragments are refused, in both families, and counted
// (Fragment), though RFC 1122 §3.3.2 asks for reassembly. TCP sends none with
// path MTU discovery, and reassembly is a well-known way to exhaust a host.
package stack

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/siphash"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wheel"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// What a Config that does not say gets.
const (
	DefaultMTU      = 1500 // bytes, the IP header included
	DefaultBacklog  = 4096 // connections that wait for Accept
	DefaultSynQueue = 1024 // half-open connections of a listener

	minMTU = 576 // bytes: what every IPv4 host must take (§3.7.1)
)

// DefaultPortRange is the ephemeral ports, as in Linux.
var DefaultPortRange = [2]uint16{32768, 60999}

// Config is what a core is made with.
type Config struct {
	Name     string         // the name of this end in traces
	Addrs    []netip.Prefix // our addresses, each with the network that it is in
	MTU      int            // of the link, in bytes, the IP header included; default DefaultMTU
	TTL      uint8          // of packets sent, in hops (MUST-49); default wire.DefaultTTL
	DSCP     uint8          // the Diffserv codepoint that connections start with, 0 to 63 (MUST-48)
	TCP      tcp.Config     // for every connection
	Memory   int            // what all queues together may hold, in bytes; 0: no limit
	Secret   [32]byte       // the key of sequence numbers, timestamps and ports; drawn from Rand if zero
	Rand     func() uint64  // all randomness comes from here; required
	Backlog  int            // the accept queue of a listener that does not say; default DefaultBacklog
	SynQueue int            // half-open connections of a listener; default DefaultSynQueue
	// NoSYNCookies drops SYNs past SynQueue instead of answering them by cookies.
	NoSYNCookies bool
	FastOpen     FastOpenMode
	FastOpenKey  siphash.Key // of cookies, for hosts that share one; zero: our own, changed from time to time
	FastPending  int         // believed handshakes of a listener; default DefaultFastPending
	PortRange    [2]uint16   // the ephemeral ports, first and last; default DefaultPortRange

	// Observer, if not nil, is told everything that happens, at once. The
	// event is reused: an observer that keeps it copies it.
	Observer func(*trace.Event)
}

// A Core is the TCP of one host.
type Core struct {
	cfg       Config
	addrs     addrs
	secrets   secrets
	conns     map[tuple]*Conn
	listeners map[netip.AddrPort]*Listener
	listening []*Listener // the same, in order of creation
	all       list
	wheel     *wheel.Wheel[*Conn]
	pool      tcp.Pool
	paths     paths
	fast      fastPeers
	pathNews  uint32 // how often a router has made a path MTU smaller
	nextPort  uint32 // the counter of RFC 6056 §3.3.3
	stats     Stats
	trace     *tracer // nil if nobody observes
	closed    bool

	// Output.
	ready   list
	turn    int     // segments that the first of ready has sent in its turn
	replies replies // resets to nobody and echo replies
	resets  bucket
	ipID    uint16

	// Scratch, so that no segment is allocated.
	in, out wire.Segment
	nobody  *tcp.Conn // answers what belongs to nobody; always CLOSED
}

// New makes a core. Rand is required, and so is at least one address.
func New(cfg Config) (*Core, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	own, err := newAddrs(cfg.Addrs)
	if err != nil {
		return nil, err
	}
	s := &Core{
		cfg:       cfg,
		addrs:     own,
		secrets:   newSecrets(cfg.Secret),
		conns:     map[tuple]*Conn{},
		listeners: map[netip.AddrPort]*Listener{},
		all:       list{slot: inAll},
		wheel:     wheel.New[*Conn](0),
		paths:     paths{},
		fast:      fastPeers{},
		nextPort:  uint32(cfg.Rand()),
		ipID:      uint16(cfg.Rand()),
		ready:     list{slot: inReady},
		trace:     newTracer(cfg.Name, cfg.Observer),
		pool:      tcp.Pool{Limit: cfg.Memory},
	}
	s.nobody = tcp.New(&s.cfg.TCP, tcp.Params{MTU: cfg.MTU, Pool: &s.pool})
	return s, nil
}

// withDefaults is the configuration with everything set, or why it cannot be.
func (c Config) withDefaults() (Config, error) {
	if c.Rand == nil {
		return c, errors.New("Config.Rand is nil: give a source of randomness")
	}
	if len(c.Addrs) == 0 {
		return c, errors.New("Config.Addrs is empty: give at least one address with its network, as 10.0.0.1/24")
	}
	if c.MTU == 0 {
		c.MTU = DefaultMTU
	}
	if c.MTU < minMTU || c.MTU > 65535 {
		return c, fmt.Errorf("the MTU is %d: use %d to 65535", c.MTU, minMTU)
	}
	if c.DSCP > maxDSCP {
		return c, errBadDSCP(c.DSCP)
	}
	if c.Backlog <= 0 {
		c.Backlog = DefaultBacklog
	}
	if c.FastPending <= 0 {
		c.FastPending = DefaultFastPending
	}
	if c.SynQueue <= 0 {
		c.SynQueue = DefaultSynQueue
	}
	if c.PortRange == [2]uint16{} {
		c.PortRange = DefaultPortRange
	}
	if c.PortRange[0] == 0 || c.PortRange[0] > c.PortRange[1] {
		return c, fmt.Errorf("the port range is %d-%d: give the first and the last port", c.PortRange[0], c.PortRange[1])
	}
	if c.Secret == [32]byte{} {
		for i := range c.Secret {
			c.Secret[i] = byte(c.Rand())
		}
	}
	c.TCP = c.TCP.WithDefaults()
	return c, nil
}

// Deadline is when Expire is to be called, clock.Never if no timer runs.
func (s *Core) Deadline() clock.Time { return s.wheel.Next() }

// Expire runs the timers that are due.
func (s *Core) Expire(now clock.Time) {
	for e := range s.wheel.Expire(now) {
		e.Value.expire(now)
	}
}

// Conns yields every connection that is not CLOSED, in order of creation. The
// body may do anything with them.
func (s *Core) Conns() iter.Seq[*Conn] {
	return func(yield func(*Conn) bool) {
		for _, c := range s.all.all() {
			if !yield(c) {
				return
			}
		}
	}
}

// Listeners yields the listeners in order of creation. The body may do
// anything with them.
func (s *Core) Listeners() iter.Seq[*Listener] {
	return func(yield func(*Listener) bool) {
		for _, l := range append([]*Listener(nil), s.listening...) {
			if !yield(l) {
				return
			}
		}
	}
}

// Stats is a copy of the counters.
func (s *Core) Stats() Stats {
	stats := s.stats
	stats.Conns = uint64(s.all.n)
	stats.QueueBytes = uint64(s.pool.Lent())
	return stats
}

// Close closes every listener and aborts every connection. Resets are owed
// afterwards; once Output has given them, nothing is left. Later input is
// dropped, and later OPENs are refused.
func (s *Core) Close(now clock.Time) {
	if s.closed {
		return
	}
	s.closed = true
	for l := range s.Listeners() {
		l.Close(now)
	}
	for c := range s.Conns() {
		c.Abort(now)
	}
}
