package stack

import (
	"net/netip"

	"github.com/lastack/lastack/internal/clock"
)

// Dial is an active OPEN to remote (§3.10.1); a SYN is owed afterwards.
//
// The local address may be chosen (MUST-43). An invalid or unspecified one stands
// for the one of ours that suits remote best, port 0 for an ephemeral port (RFC
// 6056). A port that is
// given must be free for this remote: no listener has it at this address, and
// no connection has the same two ends. A connection in TIME_WAIT counts, even
// where RFC 6191 would let its place be taken.
func (s *Core) Dial(now clock.Time, local, remote netip.AddrPort) (*Conn, error) {
	remote, err := s.dialRemote(remote)
	if err != nil {
		return nil, err
	}
	local, err = s.dialLocal(local, remote)
	if err != nil {
		return nil, err
	}
	return s.connect(now, local, remote, func(*Conn) {})
}

// Dial turns a passive OPEN into an active one: a connection leaves from the
// listener's port, LISTEN -> SYN_SENT (§3.10.1). The listener goes on
// listening for others.
func (l *Listener) Dial(now clock.Time, remote netip.AddrPort) (*Conn, error) {
	s := l.core
	if l.closed {
		return nil, errClosed
	}
	remote, err := s.dialRemote(remote)
	if err != nil {
		return nil, err
	}
	ip, err := s.dialSource(l.local.Addr(), remote.Addr())
	if err != nil {
		return nil, err
	}
	return s.connect(now, netip.AddrPortFrom(ip, l.local.Port()), remote, func(c *Conn) { c.tcp.Listen(now) })
}

// connect makes the connection. What is to be done with it in CLOSED before is
// prepare's.
func (s *Core) connect(now clock.Time, local, remote netip.AddrPort, prepare func(*Conn)) (*Conn, error) {
	t := tupleOf(local, remote)
	if s.conns[t] != nil {
		return nil, errInUse(local.String() + " to " + remote.String())
	}
	c := s.newConn(now, local, remote, s.secrets.iss(now, t))
	c.stage = owned
	prepare(c)
	c.enter()
	s.stats.Opened++
	state := c.tcp.State()
	r := c.tcp.Connect(now)
	s.trace.called(now, c, "connect", 0, nil, state, r)
	c.settle(now, r)
	return c, nil
}

// dialRemote checks the peer's address (MUST-46).
func (s *Core) dialRemote(remote netip.AddrPort) (netip.AddrPort, error) {
	ip := remote.Addr().Unmap().WithZone("")
	switch {
	case s.closed:
		return remote, errClosed
	case !s.addrs.isHost(ip):
		return remote, errBadRemote(remote, "not the address of one host")
	case remote.Port() == 0:
		return remote, errBadRemote(remote, "the port is 0")
	case !s.addrs.hasFamily(ip), ip.IsLoopback() && !s.addrs.has(ip):
		return remote, errNoRoute(ip)
	}
	return netip.AddrPortFrom(ip, remote.Port()), nil
}

// dialLocal is our end for a connection to remote.
func (s *Core) dialLocal(local, remote netip.AddrPort) (netip.AddrPort, error) {
	ip, err := s.dialSource(local.Addr(), remote.Addr())
	if err != nil {
		return local, err
	}
	if local.Port() == 0 {
		return s.ephemeral(ip, remote)
	}
	local = netip.AddrPortFrom(ip, local.Port())
	if s.listenerAt(local) != nil {
		return local, errInUse(local.String())
	}
	return local, nil
}

// dialSource is our address for a connection to remote: the one wanted, or the
// best.
func (s *Core) dialSource(want, remote netip.Addr) (netip.Addr, error) {
	want = want.Unmap().WithZone("")
	if want.IsValid() && !want.IsUnspecified() {
		if !s.addrs.has(want) {
			return want, errNotOurs(want)
		}
		if want.Is4() != remote.Is4() {
			return want, errNoRoute(remote)
		}
		return want, nil
	}
	if want.IsValid() && want.Is4() != remote.Is4() {
		return want, errNoRoute(remote)
	}
	ip, _ := s.addrs.sourceFor(remote)
	return ip, nil
}
