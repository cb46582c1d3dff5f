package stack

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// icmp is a message from a router about a segment that c sent with a sequence
// number.
func icmp(c *Conn, q seq.Num, m wire.ICMP) []byte {
	router := netip.MustParseAddr("10.0.0.254")
	if c.Remote().Addr().Is6() {
		router = netip.MustParseAddr("fd00::fe")
	}
	m.Data = segment(c.Local(), c.Remote(), wire.Segment{Flags: wire.ACK, Seq: q, Payload: make([]byte, 1400)})
	b := make([]byte, 2000)
	return b[:wire.PutICMP(b, &wire.Packet{Src: router, Dst: c.Local().Addr()}, &m)]
}

// What each ICMP error does: in SYN_SENT a hard one ends the attempt, a soft
// one is told if the attempt times out; neither ends a synchronized connection
// (§3.9.2.2, MUST-54, MUST-56, RFC 5461).
func TestICMPErrors(t *testing.T) {
	for _, tt := range []struct {
		ip6  bool
		kind wire.ICMPKind
		code uint8
		hard bool
		want error
	}{
		{false, wire.Unreachable, 0, false, syscall.ENETUNREACH},
		{false, wire.Unreachable, 1, false, syscall.EHOSTUNREACH},
		{false, wire.Unreachable, 2, true, syscall.ENOPROTOOPT},
		{false, wire.Unreachable, 3, true, syscall.ECONNREFUSED},
		{false, wire.Unreachable, 5, false, syscall.EHOSTUNREACH},
		{false, wire.Unreachable, 6, false, syscall.ENETUNREACH},
		{false, wire.Unreachable, 7, false, syscall.EHOSTUNREACH},
		{false, wire.Unreachable, 9, false, syscall.ENETUNREACH},
		{false, wire.Unreachable, 10, false, syscall.EHOSTUNREACH},
		{false, wire.Unreachable, 13, false, syscall.EHOSTUNREACH},
		{false, wire.Unreachable, 200, false, syscall.EHOSTUNREACH},
		{false, wire.TimeExceeded, 0, false, syscall.EHOSTUNREACH},
		{false, wire.TimeExceeded, 1, false, syscall.EHOSTUNREACH},
		{false, wire.ParameterProblem, 0, false, syscall.EPROTO},
		{false, wire.ParameterProblem, 3, false, syscall.EPROTO},
		{true, wire.Unreachable, 0, false, syscall.ENETUNREACH},
		{true, wire.Unreachable, 1, true, syscall.EACCES},
		{true, wire.Unreachable, 2, false, syscall.EHOSTUNREACH},
		{true, wire.Unreachable, 3, false, syscall.EHOSTUNREACH},
		{true, wire.Unreachable, 4, true, syscall.ECONNREFUSED},
		{true, wire.Unreachable, 5, false, syscall.EHOSTUNREACH},
		{true, wire.TimeExceeded, 0, false, syscall.EHOSTUNREACH},
		{true, wire.TimeExceeded, 1, false, syscall.EHOSTUNREACH},
		{true, wire.ParameterProblem, 0, false, syscall.EPROTO},
		{true, wire.ParameterProblem, 1, false, syscall.EPROTO},
		{true, wire.ParameterProblem, 2, false, syscall.EPROTO},
	} {
		at := server80
		if tt.ip6 {
			at = server80v6
		}
		name := fmt.Sprintf("ip6=%v/%v/%d", tt.ip6, tt.kind, tt.code)
		m := wire.ICMP{Kind: tt.kind, Code: tt.code}

		t.Run(name+"/SYN_SENT", func(t *testing.T) {
			n := newNetwork(t)
			n.fate = func(int, *wire.Packet) fate { return fate{drop: true} }
			c := n.dial(at)
			n.flush()
			n.client.Input(n.now, icmp(c, c.tcp.ISS()+1, m)) // not sent: not believed
			n.want(c, fsm.SynSent)
			n.client.Input(n.now, icmp(c, c.tcp.ISS(), m))
			if tt.hard != (c.State() == fsm.Closed) {
				t.Errorf("state %v after an error that is hard: %v", c.State(), tt.hard)
			}
			n.run(10 * time.Minute)
			n.want(c, fsm.Closed)
			if !errors.Is(c.Err(), tt.want) {
				t.Errorf("error %v, want %v", c.Err(), tt.want)
			}
			n.empty(n.client)
		})
		t.Run(name+"/ESTABLISHED", func(t *testing.T) {
			n := newNetwork(t)
			c, d, _ := n.open(at)
			n.write(c, "lost at first")
			n.owed(n.client)
			n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una-1, m))
			n.client.Input(n.now, icmp(c, c.tcp.SndNxt(), m))
			if got := n.client.Stats(); got.Drops[ICMPOutOfWindow] != 2 || got.ICMPErrors != 0 {
				t.Errorf("%d out of the window, %d believed; want 2 and 0", got.Drops[ICMPOutOfWindow], got.ICMPErrors)
			}
			n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una, m))
			if got := n.client.Stats().ICMPErrors; got != 1 {
				t.Errorf("%d believed, want one", got)
			}
			n.want(c, fsm.Established)
			n.run(5 * time.Second)
			if got, _ := n.readAll(d); string(got) != "lost at first" {
				t.Errorf("read %q", got)
			}
		})
	}
}

// What an ICMP error says is told at once, and passes (MUST-47, SHLD-25, SHLD-26:
// in a synchronized state a hard error is no worse).
func TestICMPErrorIsTold(t *testing.T) {
	for code, want := range map[uint8]error{1: syscall.EHOSTUNREACH, wire.Unreach4Port: syscall.ECONNREFUSED} {
		n := newNetwork(t)
		c, _, _ := n.open(server80)
		woken := wakes(c)
		n.write(c, "lost at first")
		n.owed(n.client)
		n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una, wire.ICMP{Kind: wire.Unreachable, Code: code}))
		if err := c.Info().Trouble; !errors.Is(err, want) || *woken&tcp.WakeTrouble == 0 {
			t.Errorf("code %d: %v, woken %b; want %v", code, err, *woken, want)
		}
		n.run(5 * time.Second)
		if err := c.Info().Trouble; err != nil {
			t.Errorf("code %d: %v after the data were acknowledged", code, err)
		}
	}
}

// A hard error about a SYN,ACK leads a half-open connection back to LISTEN.
func TestHardErrorInSynReceived(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: 100})
	n.owed(n.server)
	for c := range n.server.Conns() {
		n.server.Input(n.now, icmp(c, c.tcp.ISS(), wire.ICMP{Kind: wire.Unreachable, Code: wire.Unreach4Port}))
		n.want(c, fsm.Listen)
	}
	n.owed(n.server)
	n.empty(n.server)
}

// MUST-55: source quench does nothing. Nor do messages that are not for us.
func TestICMPIgnored(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	n.write(c, "x")
	n.owed(n.client)
	before := c.tcp.TCB()
	n.client.Input(n.now, icmp(c, before.Snd.Una, wire.ICMP{Kind: wire.SourceQuench}))
	b := make([]byte, 200)
	echo := b[:wire.PutICMP(b, &wire.Packet{Src: serverIP, Dst: clientIP}, &wire.ICMP{Kind: wire.EchoReply})]
	n.client.Input(n.now, echo)
	other := *c
	other.local = netip.AddrPortFrom(clientIP, 1)
	n.client.Input(n.now, icmp(&other, before.Snd.Una, wire.ICMP{Kind: wire.Unreachable}))
	if got := n.client.Stats(); got.Drops[ICMPIgnored] != 2 || got.Drops[ICMPUnmatched] != 1 || got.ICMPErrors != 0 {
		t.Errorf("%d ignored, %d unmatched, %d believed", got.Drops[ICMPIgnored], got.Drops[ICMPUnmatched], got.ICMPErrors)
	}
	if c.tcp.TCB() != before {
		t.Error("the connection has changed")
	}
}

// pathMTUOf is the path MTU over a link of 1500 bytes.
func pathMTUOf(p paths, now clock.Time, ip netip.Addr) int {
	mtu, _ := p.mtu(now, ip, 1500)
	return mtu
}

func TestPathMTU(t *testing.T) {
	for _, tt := range []struct {
		name      string
		at        netip.AddrPort
		says      int
		want, mss int // the largest packet after it, and the text in it
	}{
		{"IPv4", server80, 1400, 1400, 1400 - 40 - 12},
		{"IPv4, not told", server80, 0, 1006, 1006 - 40 - 12},
		{"IPv4, tiny", server80, 68, minPathMTU4, minPathMTU4 - 40 - 12},
		{"IPv4, not smaller", server80, 1500, 1500, 1500 - 40 - 12},
		{"IPv6", server80v6, 1300, 1300, 1300 - 60 - 12},
		{"IPv6, below the minimum", server80v6, 1279, 1500, 1500 - 60 - 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork(t)
			c, d, _ := n.open(tt.at)
			data := bytes.Repeat([]byte("x"), 5000)
			n.write(c, string(data))
			n.owed(n.client) // all lost
			m := wire.ICMP{Kind: wire.PacketTooBig, MTU: tt.says}
			n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una, m))
			largest := 0
			n.fate = func(_ int, p *wire.Packet) fate {
				largest = max(largest, len(p.Payload)+p.HeaderLen())
				return fate{}
			}
			n.run(10 * time.Second)
			if got, _ := n.readAll(d); len(got) != len(data) {
				t.Errorf("%d bytes arrived, want %d", len(got), len(data))
			}
			if largest > tt.want {
				t.Errorf("a packet of %d bytes was sent, want at most %d", largest, tt.want)
			}
			if got := c.Info().SndMSS; got != tt.mss {
				t.Errorf("%d bytes of text in a segment, want %d", got, tt.mss)
			}
			if next := n.dial(tt.at); pathMTUOf(n.client.paths, n.now, next.Remote().Addr()) != tt.want {
				t.Error("the next connection does not know")
			}
			n.run(tcp.PathAge)
			if got := pathMTUOf(n.client.paths, n.now, tt.at.Addr()); got != 1500 {
				t.Errorf("after %v the path MTU is %d, want the link's", tcp.PathAge, got)
			}
		})
	}
}

// A message that says no less than the packet had is not believed: whoever sent it
// has not seen the packet (RFC 5927 §7.2).
func TestPathMTUIsBelowThePacketThatItIsAbout(t *testing.T) {
	const quoted = 20 + 20 + 1400 // see icmp
	for mtu, want := range map[int]int{quoted + 1: 1500, quoted: 1500, quoted - 1: quoted - 1} {
		n := newNetwork(t)
		c, _, _ := n.open(server80)
		n.write(c, "x")
		n.owed(n.client)
		n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una, wire.ICMP{Kind: wire.PacketTooBig, MTU: mtu}))
		if got := c.Info().PathMTU; got != want {
			t.Errorf("told %d about a packet of %d bytes: the path MTU is %d, want %d", mtu, quoted, got, want)
		}
	}
}

// All connections to a host learn what a router said about one (RFC 8201 §5.2),
// and none to another host does.
func TestPathMTUIsSharedByConnectionsToAHost(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	d := n.dial(server80)
	n.run(time.Second)
	other, _, _ := n.open(server80v6)
	n.write(c, "x")
	n.owed(n.client)
	n.client.Input(n.now, icmp(c, c.tcp.TCB().Snd.Una, wire.ICMP{Kind: wire.PacketTooBig, MTU: 1300}))
	n.write(d, "y")
	n.write(other, "z")
	n.run(time.Second)
	for conn, want := range map[*Conn]int{c: 1300, d: 1300, other: 1500} {
		if got := conn.Info().PathMTU; got != want {
			t.Errorf("the path MTU to %v is %d, want %d", conn.Remote(), got, want)
		}
	}
}

// What a search has found is known to the next connections, until the path
// carries what the link does.
func TestFoundPathMTUIsRemembered(t *testing.T) {
	p := paths{}
	p.found(0, serverIP, 1400, 1500)
	if got := pathMTUOf(p, 0, serverIP); got != 1400 {
		t.Errorf("the path MTU is %d, want 1400", got)
	}
	p.found(0, serverIP, 1500, 1500)
	if len(p) != 0 {
		t.Errorf("%d paths are remembered, want none", len(p))
	}
}

func TestPathsAreBounded(t *testing.T) {
	p := paths{}
	for i := range 2 * maxPaths {
		p.learn(0, netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 1000)
	}
	if len(p) != maxPaths {
		t.Errorf("%d paths, want %d", len(p), maxPaths)
	}
	late := netip.MustParseAddr("10.2.0.1")
	p.learn(clock.Time(tcp.PathAge), late, 1000)
	if got := pathMTUOf(p, clock.Time(tcp.PathAge), late); len(p) != 1 || got != 1000 {
		t.Errorf("%d paths, the new one %d: want the old ones forgotten", len(p), got)
	}
}

func TestEchoReply(t *testing.T) {
	for _, tt := range []struct{ from, to netip.Addr }{{clientIP, serverIP}, {clientIP6, serverIP6}} {
		n := newNetwork(t)
		b := make([]byte, 2000)
		ask := wire.ICMP{Kind: wire.EchoRequest, ID: 7, Seq: 9, Data: []byte("are you there?")}
		n.server.Input(n.now, b[:wire.PutICMP(b, &wire.Packet{Src: tt.from, Dst: tt.to}, &ask)])
		var p wire.Packet
		var got wire.ICMP
		m := n.server.Output(n.now, b)
		if wire.ParseIP(b[:m], &p) != wire.OK || wire.ParseICMP(&p, &got) != wire.OK {
			t.Fatal("no good reply")
		}
		if p.Src != tt.to || p.Dst != tt.from || got.Kind != wire.EchoReply || got.ID != 7 || got.Seq != 9 || string(got.Data) != "are you there?" {
			t.Errorf("%v > %v: %+v", p.Src, p.Dst, got)
		}
		if n.server.Output(n.now, b) != 0 {
			t.Error("more than one reply")
		}
	}
}

// What strangers can make the stack owe is bounded.
func TestReplyQueueIsBounded(t *testing.T) {
	n := newNetwork(t)
	b := make([]byte, 200)
	ask := b[:wire.PutICMP(b, &wire.Packet{Src: clientIP, Dst: serverIP}, &wire.ICMP{Kind: wire.EchoRequest})]
	for range maxReplies + 10 {
		n.server.Input(n.now, ask)
	}
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN})
	if got := n.server.Stats(); got.EchoReplies != maxReplies || got.Drops[ReplyQueueFull] != 11 {
		t.Errorf("%d replies owed, %d dropped; want %d and 11", got.EchoReplies, got.Drops[ReplyQueueFull], maxReplies)
	}
}
