package stack

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

const (
	pathAge  = 10 * time.Minute // how long a path MTU is believed (RFC 1191 §6.3, RFC 8201 §4)
	maxPaths = 256              // how many are remembered

	// The smallest path MTUs, in bytes, that a message is believed about.
	// IPv6 promises 1280 (RFC 8200 §5).
	//
	// Deviation: IPv4 promises 68 only, but no real path is below 552, and
	// forged messages would ask for tiny segments.
	minPathMTU4 = 552
	minPathMTU6 = 1280
)

// plateaus are the MTUs of RFC 1191 §7, for routers that do not tell theirs.
var plateaus = [...]int{32000, 17914, 8166, 4352, 2002, 1492, 1006, minPathMTU4}

// A pathMTU is what routers said about the way to one host.
type pathMTU struct {
	mtu   int
	until clock.Time
}

// paths remembers the path MTUs that are smaller than the link's.
type paths map[netip.Addr]pathMTU

// mtu is the largest packet to send to ip, at most the link's.
func (p paths) mtu(now clock.Time, ip netip.Addr, link int) int {
	if path, ok := p[ip]; ok && now.Before(path.until) {
		return min(path.mtu, link)
	}
	return link
}

// learn remembers the MTU of the way to ip, if there is room or an old one
// to forget.
func (p paths) learn(now clock.Time, ip netip.Addr, mtu int) {
	if _, ok := p[ip]; !ok && len(p) >= maxPaths {
		p.forget(now)
	}
	if _, ok := p[ip]; ok || len(p) < maxPaths {
		p[ip] = pathMTU{mtu, now.Add(pathAge)}
	}
}

// forget removes what is too old.
func (p paths) forget(now clock.Time) {
	for ip, path := range p {
		if !now.Before(path.until) {
			delete(p, ip)
		}
	}
}

// believable is the path MTU to use for a message that says mtu about a
// packet of quoted bytes to ip. IPv6 has no smaller ones than its minimum: such
// a message is discarded (RFC 8201 §4). For IPv4 it is at least minPathMTU4,
// and a plateau below the packet if the router did not tell (RFC 1191 §5).
func believable(ip netip.Addr, mtu, quoted int) (believed int, ok bool) {
	if ip.Is6() {
		return mtu, mtu >= minPathMTU6
	}
	if mtu == 0 {
		mtu = plateauBelow(quoted)
	}
	return max(mtu, minPathMTU4), true
}

// plateauBelow is the largest plateau that is smaller than a packet of n bytes.
func plateauBelow(n int) int {
	for _, mtu := range plateaus {
		if mtu < n {
			return mtu
		}
	}
	return minPathMTU4
}
