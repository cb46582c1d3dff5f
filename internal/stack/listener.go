package stack

import (
	"net/netip"
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A Listener is a passive OPEN for anybody (§3.10.1). It stays in LISTEN; each
// SYN makes a connection that starts there too.
//
// Two queues bound what strangers can make it hold. The SYN queue has the
// connections whose handshake is not complete: when it is full, further SYNs
// are answered by cookies (see cookie.go), which take no memory. The accept queue has those that
// Accept has not taken: when it is full, SYNs are dropped, and so is the ACK
// that would complete a handshake; the connection stays in SYN_RCVD and sends
// its SYN,ACK again, until there is room or it gives up. Nobody is reset, as in
// Linux with tcp_abort_on_overflow off.
type Listener struct {
	// Notify is called when Accept may give a connection, and when the
	// listener is closed; nil: nobody waits.
	Notify func()
	User   any // the owner's

	core     *Core
	tcp      *tcp.Conn // in LISTEN; answers what opens nothing
	local    netip.AddrPort
	backlog  int // the length of accept, at most
	halfOpen list
	accept   list
	cookies  clock.Time // until when a cookie may come back
	closed   bool

	dscp        uint8 // of what is sent, until the connection has its own
	fastPending int   // believed handshakes (see offerFast)
	fastLimit   int   // of them; 0: the listener does not know fast open
}

// Listen is a passive OPEN at local. Port 0 stands for a free one. An
// unspecified address stands for all of ours in its family, an invalid one
// (the zero netip.Addr) for all of ours. A listener at an address goes before
// one at all of them. backlog is the length of the accept queue; 0 and less
// stand for the Config's.
//
// Connections of the same port do not matter (MUST-42), in TIME_WAIT neither: a
// server can start again at once. Nothing happens to them either (MUST-41).
func (s *Core) Listen(now clock.Time, local netip.AddrPort, backlog int) (*Listener, error) {
	local, err := s.listenAddr(local)
	if err != nil {
		return nil, err
	}
	if backlog <= 0 {
		backlog = s.cfg.Backlog
	}
	l := &Listener{
		core: s, local: local, backlog: backlog, dscp: s.cfg.DSCP, fastLimit: s.cfg.FastPending,
		halfOpen: list{slot: inListener},
		accept:   list{slot: inListener},
		tcp:      tcp.New(&s.cfg.TCP, tcp.Params{MTU: s.cfg.MTU, IPv6: local.Addr().Is6(), Pool: &s.pool}),
	}
	s.listeners[local] = l
	s.listening = append(s.listening, l)
	state := l.tcp.State()
	s.trace.listener(now, l, "listen", state, l.tcp.Listen(now))
	return l, nil
}

// listenAddr checks the address for a listener, and chooses the port.
func (s *Core) listenAddr(local netip.AddrPort) (netip.AddrPort, error) {
	ip := local.Addr().WithZone("")
	if ip.Is4In6() {
		ip = ip.Unmap()
	}
	switch {
	case s.closed:
		return local, errClosed
	case ip.IsValid() && !ip.IsUnspecified() && !s.addrs.has(ip):
		return local, errNotOurs(ip)
	case local.Port() == 0:
		return s.listenPort(ip)
	}
	local = netip.AddrPortFrom(ip, local.Port())
	for at := range s.listeners {
		if at.Port() == local.Port() && overlap(at.Addr(), ip) {
			return local, errTaken(local)
		}
	}
	return local, nil
}

// overlap reports whether listeners at a and b would be the same choice for
// some segment: the same address, or both any address and not of two families.
func overlap(a, b netip.Addr) bool {
	anyA, anyB := !a.IsValid() || a.IsUnspecified(), !b.IsValid() || b.IsUnspecified()
	return a == b || anyA && anyB && (!a.IsValid() || !b.IsValid())
}

// listenerAt finds the listener for segments to one of our addresses: at that
// address, at all of its family, or at all.
func (s *Core) listenerAt(to netip.AddrPort) *Listener {
	if len(s.listeners) == 0 {
		return nil
	}
	if l := s.listeners[to]; l != nil {
		return l
	}
	family := netip.IPv4Unspecified()
	if to.Addr().Is6() {
		family = netip.IPv6Unspecified()
	}
	if l := s.listeners[netip.AddrPortFrom(family, to.Port())]; l != nil {
		return l
	}
	return s.listeners[netip.AddrPortFrom(netip.Addr{}, to.Port())]
}

// arrive takes a segment to the listener that no connection has. A SYN starts
// a connection; LISTEN answers or ignores the rest (§3.10.7.2).
func (l *Listener) arrive(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment) {
	if !opens(seg) {
		if !l.redeem(now, local, remote, seg) {
			l.core.answer(now, l.tcp, local, remote, seg)
		}
		return
	}
	if l.halfOpen.n >= l.core.cfg.SynQueue && !l.full() && !l.core.cfg.NoSYNCookies {
		l.sendCookie(now, local, remote, seg)
		return
	}
	if !l.room(now, local, remote, seg) {
		return
	}
	c := l.core.newConn(now, local, remote, l.core.secrets.iss(now, tupleOf(local, remote)))
	c.dscp = l.dscp
	l.offerFast(now, c, seg)
	c.tcp.Listen(now)
	state := c.tcp.State()
	r := c.tcp.Arrive(now, seg)
	l.adopt(c)
	c.arrived(now, state, seg, r)
}

// opens reports whether seg can open a connection: a SYN and nothing that says
// otherwise.
func opens(seg *wire.Segment) bool {
	return seg.Has(wire.SYN) && !seg.Has(wire.RST|wire.ACK)
}

// room reports whether one more half-open connection may be; the SYN is
// dropped otherwise.
func (l *Listener) room(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment) bool {
	switch {
	case l.full():
		l.core.dropSegment(now, local, remote, seg, AcceptQueueFull)
	case l.halfOpen.n >= l.core.cfg.SynQueue:
		l.core.dropSegment(now, local, remote, seg, SynQueueFull)
	default:
		return true
	}
	return false
}

// full reports whether the accept queue is.
func (l *Listener) full() bool { return l.accept.n >= l.backlog }

// adopt puts a connection that a SYN has made into the tables and the SYN
// queue.
func (l *Listener) adopt(c *Conn) {
	c.enter()
	c.parent, c.stage = l, halfOpen
	l.halfOpen.push(c)
	l.core.stats.HalfOpen++
}

// completed moves c, whose handshake is complete, to the accept queue.
func (l *Listener) completed(c *Conn) {
	l.halfOpen.remove(c)
	l.accept.push(c)
	c.stage = waiting
	l.core.stats.HalfOpen--
	l.core.stats.Accepted++
	if l.Notify != nil {
		l.Notify()
	}
}

// Accept gives the connection that has waited longest, nil if none does. It
// may have been reset since: then it is CLOSED and its Err says why.
func (l *Listener) Accept(now clock.Time) *Conn {
	c := l.accept.pop()
	if c == nil {
		return nil
	}
	c.parent, c.stage = nil, owned
	l.core.trace.called(now, c, "accept", 0, nil, c.tcp.State(), tcp.Result{})
	return c
}

// Addr is where the listener listens.
func (l *Listener) Addr() netip.AddrPort { return l.local }

// State is LISTEN, and CLOSED after Close.
func (l *Listener) State() fsm.State { return l.tcp.State() }

// Close ends the listener. Connections that nobody has accepted are aborted,
// complete or not, as in Linux: resets are owed to their peers.
func (l *Listener) Close(now clock.Time) {
	if l.closed {
		return
	}
	l.closed = true
	s := l.core
	delete(s.listeners, l.local)
	s.listening = slices.DeleteFunc(s.listening, func(other *Listener) bool { return other == l })
	state := l.tcp.State()
	s.trace.listener(now, l, "close", state, l.tcp.Close(now))
	for _, c := range slices.Concat(l.halfOpen.all(), l.accept.all()) {
		c.Abort(now)
	}
	if l.Notify != nil {
		l.Notify()
	}
}
