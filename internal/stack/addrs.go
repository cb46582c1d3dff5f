package stack

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/lastack/lastack/internal/wire"
)

// addrs is the addresses that are ours, with the networks that they are in.
type addrs struct {
	prefixes  []netip.Prefix
	own       map[netip.Addr]bool
	broadcast map[netip.Addr]bool // the directed broadcasts of our IPv4 networks, both forms
}

// newAddrs checks the addresses given in a Config.
func newAddrs(prefixes []netip.Prefix) (addrs, error) {
	a := addrs{own: map[netip.Addr]bool{}, broadcast: map[netip.Addr]bool{}}
	for _, p := range prefixes {
		ip := p.Addr().WithZone("")
		if !p.IsValid() || !wire.IsUnicast(ip) {
			return a, fmt.Errorf("%v cannot be an address of this stack: give a unicast address with its network, as 10.0.0.1/24", p)
		}
		a.prefixes = append(a.prefixes, netip.PrefixFrom(ip, p.Bits()))
		a.own[ip] = true
		if ip.Is4() && p.Bits() < 31 {
			first, last := ends(p)
			a.broadcast[first], a.broadcast[last] = true, true
		}
	}
	return a, nil
}

// ends is the first and the last address of an IPv4 network: the two that
// mean everybody in it (RFC 1122 §3.3.6).
func ends(p netip.Prefix) (first, last netip.Addr) {
	ip := p.Masked().Addr().As4()
	n := binary.BigEndian.Uint32(ip[:])
	binary.BigEndian.PutUint32(ip[:], n|^uint32(0)>>p.Bits())
	return p.Masked().Addr(), netip.AddrFrom4(ip)
}

// has reports whether ip is one of our addresses.
func (a *addrs) has(ip netip.Addr) bool { return a.own[ip] }

// isHost reports whether ip can be the address of one host: of a peer, or of
// whoever sends us something (RFC 1122 §3.2.1.3, MUST-46, MUST-63).
func (a *addrs) isHost(ip netip.Addr) bool {
	return wire.IsUnicast(ip) && !a.broadcast[ip]
}

// mayArrive reports whether a packet from ip may come from the link: ours and
// loopback addresses stay inside a host (RFC 1122 §3.2.1.3 (g)).
func (a *addrs) mayArrive(ip netip.Addr) bool { return !ip.IsLoopback() && !a.own[ip] }

// sourceFor is the address of ours to talk to remote from: the one whose
// network holds remote most closely, or else the first of the family (MUST-44,
// RFC 1122 §3.3.4.2).
func (a *addrs) sourceFor(remote netip.Addr) (best netip.Addr, ok bool) {
	if a.own[remote] {
		return remote, true
	}
	bits := -1
	for _, p := range a.prefixes {
		switch {
		case p.Addr().Is4() != remote.Is4():
		case p.Contains(remote) && p.Bits() > bits:
			best, bits, ok = p.Addr(), p.Bits(), true
		case !ok:
			best, ok = p.Addr(), true
		}
	}
	return best, ok
}

// hasFamily reports whether an address of ours is in ip's family.
func (a *addrs) hasFamily(ip netip.Addr) bool {
	_, ok := a.sourceFor(ip)
	return ok
}

// A tuple names a connection: the two addresses, IPv4 ones in the form
// ::ffff:a.b.c.d, and the two ports. It holds no pointers, so that it makes a
// fast map key.
type tuple struct {
	local, remote         [16]byte
	localPort, remotePort uint16
}

// tupleOf is the tuple of a connection between the two.
func tupleOf(local, remote netip.AddrPort) tuple {
	return tuple{local.Addr().As16(), remote.Addr().As16(), local.Port(), remote.Port()}
}

// bytes is the tuple as the input of a hash.
func (t *tuple) bytes() (b [36]byte) {
	copy(b[0:], t.local[:])
	copy(b[16:], t.remote[:])
	binary.BigEndian.PutUint16(b[32:], t.localPort)
	binary.BigEndian.PutUint16(b[34:], t.remotePort)
	return b
}
