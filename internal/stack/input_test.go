package stack

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// A packet from or to an address that is no one host's is dropped without a
// word (MUST-57, MUST-63).
func TestAddressesThatAreNobodys(t *testing.T) {
	for _, tt := range []struct {
		src, dst string
		why      Reason
	}{
		{"10.0.0.255", "10.0.0.2", BadSource},
		{"10.0.0.0", "10.0.0.2", BadSource},
		{"255.255.255.255", "10.0.0.2", BadSource},
		{"224.0.0.1", "10.0.0.2", BadSource},
		{"0.0.0.0", "10.0.0.2", BadSource},
		{"0.1.2.3", "10.0.0.2", BadSource},
		{"127.0.0.1", "10.0.0.2", BadSource},
		{"10.0.0.2", "10.0.0.2", BadSource},
		{"fd00::2", "fd00::2", BadSource},
		{"::", "fd00::2", BadSource},
		{"::1", "fd00::2", BadSource},
		{"ff02::1", "fd00::2", BadSource},
		{"::ffff:10.0.0.1", "fd00::2", BadSource},
		{"10.0.0.1", "10.0.0.255", NotForUs},
		{"10.0.0.1", "255.255.255.255", NotForUs},
		{"10.0.0.1", "224.0.0.1", NotForUs},
		{"10.0.0.1", "10.0.0.3", NotForUs},
		{"fd00::1", "ff02::1", NotForUs},
		{"fd00::1", "::ffff:10.0.0.2", NotForUs},
	} {
		n := newNetwork(t)
		n.listen(netip.AddrPortFrom(netip.Addr{}, 80), 0)
		src, dst := netip.AddrPortFrom(netip.MustParseAddr(tt.src), 1000), netip.AddrPortFrom(netip.MustParseAddr(tt.dst), 80)
		n.inject(n.server, src, dst, wire.Segment{Flags: wire.SYN})
		if got := n.server.Stats(); got.Drops[tt.why] != 1 {
			t.Errorf("%s > %s: not dropped as %v", tt.src, tt.dst, tt.why)
		}
		if n.server.Output(n.now, n.buf[:]) != 0 {
			t.Errorf("%s > %s is answered", tt.src, tt.dst)
		}
	}
}

// MUST-3: the receiver checks the checksum.
func TestBadChecksumsAreDropped(t *testing.T) {
	n := newNetwork(t)
	n.listen(netip.AddrPortFrom(netip.Addr{}, 80), 0)
	for _, at := range []netip.AddrPort{server80, server80v6} {
		from := peer
		if at.Addr().Is6() {
			from = netip.AddrPortFrom(clientIP6, 1000)
		}
		pkt := segment(from, at, wire.Segment{Flags: wire.SYN, Payload: []byte("x")})
		pkt[len(pkt)-1] ^= 1
		n.server.Input(n.now, pkt)
	}
	pkt := segment(peer, server80, wire.Segment{Flags: wire.SYN})
	pkt[10] ^= 1 // the IPv4 header's
	n.server.Input(n.now, pkt)
	b := make([]byte, 100)
	pkt = b[:wire.PutICMP(b, &wire.Packet{Src: clientIP, Dst: serverIP}, &wire.ICMP{Kind: wire.EchoRequest})]
	pkt[23] ^= 1 // the ICMP message's
	n.server.Input(n.now, pkt)
	got := n.server.Stats().WireDrops
	if got[wire.BadTCPChecksum] != 2 || got[wire.BadHeaderChecksum] != 1 || got[wire.BadICMPChecksum] != 1 {
		t.Errorf("%d, %d and %d dropped; want 2, 1 and 1", got[wire.BadTCPChecksum], got[wire.BadHeaderChecksum], got[wire.BadICMPChecksum])
	}
	if n.server.Output(n.now, b) != 0 {
		t.Error("a damaged packet is answered")
	}
}

func TestFragmentsAreRefused(t *testing.T) {
	for _, ends := range [][2]netip.Addr{{clientIP, serverIP}, {clientIP6, serverIP6}} {
		n := newNetwork(t)
		for _, p := range []wire.Packet{{MF: true}, {FragOff: 64}} {
			p.Src, p.Dst, p.Proto, p.ID = ends[0], ends[1], wire.ProtoTCP, 5
			b := make([]byte, 200)
			n.server.Input(n.now, b[:wire.PutIP(b, &p, 64)+64])
		}
		if got := n.server.Stats().Drops[Fragment]; got != 2 {
			t.Errorf("%v: %d fragments refused, want 2", ends[0], got)
		}
	}
}

func TestOtherProtocolsAreDropped(t *testing.T) {
	n := newNetwork(t)
	b := make([]byte, 200)
	p := wire.Packet{Src: clientIP, Dst: serverIP, Proto: wire.ProtoUDP}
	n.server.Input(n.now, b[:wire.PutIP(b, &p, 20)+20])
	n.server.Input(n.now, nil)
	n.server.Input(n.now, []byte{0x45})
	stats := n.server.Stats()
	if stats.Drops[OtherProtocol] != 1 || stats.WireDrops[wire.ShortIP] != 2 || stats.PacketsIn != 3 {
		t.Errorf("%+v", stats)
	}
	seen := map[string]uint64{}
	for why, times := range stats.Dropped() {
		seen[why] = times
	}
	if len(seen) != 2 || seen["other protocol"] != 1 || seen[wire.ShortIP.String()] != 2 {
		t.Errorf("Dropped gives %v", seen)
	}
}

func TestEveryReasonHasAName(t *testing.T) {
	for r := range Reason(NumReasons) {
		if name := r.String(); name == "" || strings.HasPrefix(name, "Reason(") {
			t.Errorf("reason %d has no name", r)
		}
	}
}

// After Close nothing is answered.
func TestInputAfterClose(t *testing.T) {
	n := newNetwork(t)
	n.server.Close(n.now)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN})
	checkAnswer(t, n.owed(n.server), nil)
	if n.server.Stats().Drops[ClosedCore] != 1 {
		t.Error("the segment is not counted")
	}
}

// A segment that nobody takes is in the trace, with the reason.
func TestDropsAreTraced(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.SynQueue, c.NoSYNCookies = 1, true })
	n.listen(server80, 0)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: 5})
	n.inject(n.server, netip.AddrPortFrom(clientIP, 2000), server80, wire.Segment{Flags: wire.SYN, Seq: 5})
	last := n.events[len(n.events)-1]
	if last.Kind != trace.Drop || last.Reason != SynQueueFull.String() || last.Conn.Remote.Port() != 2000 || last.Seg.RelSeq != 0 {
		t.Errorf("the last event is %+v", last)
	}
}
