package stack

import (
	"net/netip"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
)

const (
	maxPaths = 256 // how many path MTUs are remembered, each for tcp.PathAge

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

// A pathMTU is what routers said about the way to one host, or what a connection
// has found out.
type pathMTU struct {
	mtu   int
	until clock.Time
}

// paths remembers the path MTUs that are smaller than the link's.
type paths map[netip.Addr]pathMTU

// mtu is the largest packet to send to ip, at most the link's, and until when it
// is believed.
func (p paths) mtu(now clock.Time, ip netip.Addr, link int) (mtu int, until clock.Time) {
	if path, ok := p[ip]; ok && now.Before(path.until) {
		return min(path.mtu, link), path.until
	}
	return link, clock.Never
}

// learn remembers the MTU of the way to ip, if there is room or an old one
// to forget.
func (p paths) learn(now clock.Time, ip netip.Addr, mtu int) {
	if _, ok := p[ip]; !ok && len(p) >= maxPaths {
		p.forget(now)
	}
	if _, ok := p[ip]; ok || len(p) < maxPaths {
		p[ip] = pathMTU{mtu, now.Add(tcp.PathAge)}
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
// packet of quoted bytes to ip. That the packet was not too large for what the
// message says shows that nobody has seen it (RFC 5927 §7.2). IPv6 has no smaller
// path MTUs than its minimum: such a message is discarded (RFC 8201 §4). For IPv4 it is at
// least minPathMTU4, and a plateau below the packet if the router did not tell (RFC 1191 §5).
func believable(ip netip.Addr, mtu, quoted int) (believed int, ok bool) {
	switch {
	case mtu >= quoted:
		return 0, false
	case ip.Is6():
		return mtu, mtu >= minPathMTU6
	case mtu == 0:
		mtu = plateauBelow(quoted)
	}
	return max(mtu, minPathMTU4), true
}

// found remembers what a connection has found out about the way to ip.
func (p paths) found(now clock.Time, ip netip.Addr, mtu, link int) {
	if mtu >= link {
		delete(p, ip)
		return
	}
	p.learn(now, ip, mtu)
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

// learnPath remembers the path MTU that c has found out, for the next connections.
func (c *Conn) learnPath(now clock.Time) {
	if mtu, ok := c.tcp.FoundMTU(); ok {
		c.core.paths.found(now, c.remote.Addr(), mtu, c.core.cfg.MTU)
	}
}

// followPath tells c when another connection has learnt that the path is
// narrower (RFC 8201 §5.2).
func (c *Conn) followPath(now clock.Time) {
	if c.pathNews != c.core.pathNews {
		c.pathNews = c.core.pathNews
		mtu, _ := c.core.paths.mtu(now, c.remote.Addr(), c.core.cfg.MTU)
		c.tcp.LimitMTU(now, mtu)
	}
}
