//go:build linux

package interop

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/link"
)

// A narrow is a router in the middle of a link: it drops packets of more than mtu
// bytes, and says so to their sender unless it is silent.
type narrow struct {
	link.Link
	mtu    int
	silent bool

	mu      sync.Mutex // one call of receive at a time
	receive func(pkts [][]byte)
}

// through is a setup with a narrow link.
func through(mtu int, silent bool) setup {
	return setup{
		Config: lastack.Config{TimeWait: quick.TimeWait},
		wrap:   func(l link.Link) link.Link { return &narrow{Link: l, mtu: mtu, silent: silent} },
	}
}

// Start lets packets of the kernel through.
func (n *narrow) Start(receive func(pkts [][]byte)) error {
	n.receive = receive
	return n.Link.Start(func(pkts [][]byte) {
		pass, back := n.sort(pkts)
		n.deliver(pass)
		if len(back) > 0 {
			_ = n.Link.Send(back)
		}
	})
}

// Send lets packets of lastack through.
func (n *narrow) Send(pkts [][]byte) error {
	pass, back := n.sort(pkts)
	n.deliver(back)
	if len(pass) == 0 {
		return nil
	}
	return n.Link.Send(pass)
}

func (n *narrow) deliver(pkts [][]byte) {
	if len(pkts) > 0 {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.receive(pkts)
	}
}

// sort is the packets that pass, and the messages that go back about the others.
func (n *narrow) sort(pkts [][]byte) (pass, back [][]byte) {
	for _, pkt := range pkts {
		switch {
		case len(pkt) <= n.mtu:
			pass = append(pass, pkt)
		case !n.silent:
			back = append(back, tooBig(pkt, n.mtu))
		}
	}
	return pass, back
}

// tooBig is a router's message that it cannot pass a packet on.
func tooBig(pkt []byte, mtu int) []byte {
	var p wire.Packet
	if why := wire.ParseIP(pkt, &p); why != wire.OK {
		panic("BUG: a packet that does not parse: " + why.String())
	}
	router := netip.MustParseAddr("10.99.0.9")
	if p.Src.Is6() {
		router = netip.MustParseAddr("fd99::9")
	}
	b := make([]byte, link.DefaultMTU)
	m := wire.ICMP{Kind: wire.PacketTooBig, MTU: mtu, Data: pkt[:512]}
	return b[:wire.PutICMP(b, &wire.Packet{Src: router, Dst: p.Src, TTL: 64}, &m)]
}

// Both ends believe a router that says what the path carries (RFC 1191, RFC 8201).
func TestBothEndsBelieveARouter(t *testing.T) {
	bothFamilies(t, through(1300, false), func(l *lab) {
		theirs := l.listen(at(l.host, 0))
		c, err := l.dialHere(theirs.Addr().(*net.TCPAddr).AddrPort())
		must(l.t, err)
		k := l.accept(theirs)
		transfer(l.t, k, c, noise(300_000))
		l.shows("pmtu:1300")
		transfer(l.t, c, k, noise(300_000))
		if got := c.Info().PathMTU; got != 1300 {
			l.t.Errorf("lastack's path MTU is %d, the router said 1300", got)
		}
	})
}

// lastack gets its data to the kernel through a path that drops large packets
// without a word (RFC 4821 §7.7), and finds out what it carries.
func TestKernelIsReachedThroughABlackHole(t *testing.T) {
	bothFamilies(t, through(1400, true), func(l *lab) {
		theirs := l.listen(at(l.host, 0))
		c, err := l.dialHere(theirs.Addr().(*net.TCPAddr).AddrPort())
		must(l.t, err)
		k := l.accept(theirs)
		transfer(l.t, c, k, noise(1<<20))
		if got := c.Info().PathMTU; got < 1280 || got > 1400 {
			l.t.Errorf("lastack's path MTU is %d, the path carries 1400", got)
		}
	})
}
