package stack

import "net/netip"

// ephemeral finds a local port for a connection from local to remote by
// algorithm 3 of RFC 6056 §3.3.3: a keyed hash of the destination says where
// to begin, and a counter steps on with each port tried. A port is free for
// this remote when no connection to it has the port, in TIME_WAIT neither, and
// no listener does.
func (s *Core) ephemeral(local netip.Addr, remote netip.AddrPort) (netip.AddrPort, error) {
	offset := s.secrets.portOffset(tupleOf(netip.AddrPortFrom(local, 0), remote))
	for range s.portCount() {
		at := netip.AddrPortFrom(local, s.nthPort(offset+s.nextPort))
		s.nextPort++
		if s.conns[tupleOf(at, remote)] == nil && s.listenerAt(at) == nil {
			return at, nil
		}
	}
	return netip.AddrPort{}, errNoPort(remote.String())
}

// listenPort finds a port for a listener at addr that no other listener has at
// any address, beginning at random.
func (s *Core) listenPort(addr netip.Addr) (netip.AddrPort, error) {
	taken := make(map[uint16]bool, len(s.listeners))
	for at := range s.listeners {
		taken[at.Port()] = true
	}
	start := uint32(s.cfg.Rand())
	for i := range s.portCount() {
		if port := s.nthPort(start + i); !taken[port] {
			return netip.AddrPortFrom(addr, port), nil
		}
	}
	return netip.AddrPort{}, errNoPort("a listener")
}

// portCount is how many ephemeral ports there are.
func (s *Core) portCount() uint32 {
	return uint32(s.cfg.PortRange[1]) - uint32(s.cfg.PortRange[0]) + 1
}

// nthPort is the n-th ephemeral port, counted round and round.
func (s *Core) nthPort(n uint32) uint16 {
	return s.cfg.PortRange[0] + uint16(n%s.portCount())
}
