package stack

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

func TestListenerAtAnAddressGoesBeforeOneAtAll(t *testing.T) {
	n := newNetwork(t)
	exact := n.listen(server80, 0)
	ip4 := n.listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 80), 0)
	ip6 := n.listen(netip.AddrPortFrom(netip.IPv6Unspecified(), 80), 0)
	all := n.listen(netip.AddrPortFrom(netip.Addr{}, 81), 0)
	for _, tt := range []struct {
		to   netip.AddrPort
		want *Listener
	}{
		{server80, exact},
		{server80v6, ip6},
		{netip.AddrPortFrom(serverIP, 81), all},
		{netip.AddrPortFrom(serverIP6, 81), all},
		{netip.AddrPortFrom(serverIP, 82), nil},
	} {
		if got := n.server.listenerAt(tt.to); got != tt.want {
			t.Errorf("%v goes to the wrong listener", tt.to)
		}
	}
	exact.Close(n.now)
	if n.server.listenerAt(server80) != ip4 {
		t.Error("without a listener at the address the one at all of IPv4 is next")
	}
}

// MUST-41, MUST-42: a port can be listened at while connections from it are in
// SYN_SENT and SYN_RCVD, and these go on.
func TestListenBesideConnectionsOfThePort(t *testing.T) {
	n := newNetwork(t)
	first := n.listen(server80, 0)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: 100})
	n.owed(n.server)
	half := n.server.conns[tupleOf(server80, peer)]
	from := netip.AddrPortFrom(serverIP, 4000)
	n.fate = func(int, *wire.Packet) fate { return fate{drop: true} }
	active, err := n.server.Dial(n.now, from, netip.AddrPortFrom(clientIP, 4000))
	if err != nil {
		t.Fatal(err)
	}
	n.flush()
	for _, at := range []netip.AddrPort{
		from, // the port of a connection in SYN_SENT
		netip.AddrPortFrom(netip.IPv4Unspecified(), 80), // and of one in SYN_RCVD
	} {
		n.listen(at, 0)
	}
	n.want(active, fsm.SynSent)
	n.want(half, fsm.SynReceived)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.ACK, Seq: 101, Ack: half.tcp.SndNxt()})
	if first.Accept(n.now) != half {
		t.Error("the handshake does not go on")
	}
	n.inject(n.server, peer, from, wire.Segment{Flags: wire.SYN, Seq: 100})
	if n.server.conns[tupleOf(from, peer)] == nil {
		t.Error("the new listener has not taken the SYN")
	}
}

func TestListenRefusals(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	n.listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 81), 0)
	for _, tt := range []struct {
		at   string
		want error
	}{
		{"10.0.0.2:80", syscall.EADDRINUSE},
		{"0.0.0.0:81", syscall.EADDRINUSE},
		{"10.0.0.3:80", syscall.EADDRNOTAVAIL},
		{"[fd00::3]:80", syscall.EADDRNOTAVAIL},
		{"[::]:81", nil},
		{"[::ffff:10.0.0.2]:82", nil},
	} {
		_, err := n.server.Listen(n.now, netip.MustParseAddrPort(tt.at), 0)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.at, err, tt.want)
		}
	}
	if _, err := n.server.Listen(n.now, netip.AddrPortFrom(netip.Addr{}, 81), 0); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("all addresses, with one family taken: %v, want EADDRINUSE", err)
	} else if !strings.HasPrefix(err.Error(), "port 81 is in use") {
		t.Errorf("error %q does not name the port", err)
	}
}

func TestListenAtPortZeroChoosesAFreeOne(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.PortRange = [2]uint16{5000, 5003} })
	var ports []uint16
	for range 4 {
		ports = append(ports, n.listen(netip.AddrPortFrom(serverIP, 0), 0).Addr().Port())
	}
	slices.Sort(ports)
	if !slices.Equal(ports, []uint16{5000, 5001, 5002, 5003}) {
		t.Errorf("ports %v", ports)
	}
	if _, err := n.server.Listen(n.now, netip.AddrPort{}, 0); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("a fifth: %v, want EADDRNOTAVAIL", err)
	}
}

// With a full SYN queue and no cookies a SYN is dropped without an answer; its
// sender tries again, and gets in when there is room.
func TestSynQueueOverflow(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.SynQueue, c.NoSYNCookies = 2, true })
	l := n.listen(server80, 0)
	for port := range uint16(3) {
		from := netip.AddrPortFrom(netip.MustParseAddr("10.0.0.9"), 1000+port)
		n.inject(n.server, from, server80, wire.Segment{Flags: wire.SYN, Seq: 1})
	}
	if got := len(n.owed(n.server)); got != 2 {
		t.Errorf("%d SYN,ACKs, want 2", got)
	}
	if got := n.server.Stats(); got.Drops[SynQueueFull] != 1 || got.HalfOpen != 2 {
		t.Errorf("%d dropped, %d half-open, want 1 and 2", got.Drops[SynQueueFull], got.HalfOpen)
	}
	c := n.dial(server80)
	n.run(500 * time.Millisecond)
	n.want(c, fsm.SynSent)
	for port := range uint16(2) {
		from := netip.AddrPortFrom(netip.MustParseAddr("10.0.0.9"), 1000+port)
		n.inject(n.server, from, server80, wire.Segment{Flags: wire.RST, Seq: 2})
	}
	n.run(5 * time.Second)
	n.want(c, fsm.Established)
	if l.Accept(n.now) == nil {
		t.Error("the connection was not accepted")
	}
}

// With a full accept queue a SYN is dropped.
func TestAcceptQueueOverflowDropsSYN(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 1)
	n.dial(server80)
	n.run(time.Second)
	late := n.dial(server80)
	n.run(time.Second)
	n.want(late, fsm.SynSent)
	if n.server.Stats().Drops[AcceptQueueFull] == 0 {
		t.Error("no SYN was counted as dropped")
	}
	if l.Accept(n.now) == nil {
		t.Fatal("the first was not accepted")
	}
	n.run(10 * time.Second)
	n.want(late, fsm.Established)
}

// A handshake that would complete when the accept queue is full waits in
// SYN_RCVD; what the client sends is not lost.
func TestAcceptQueueOverflowIgnoresLastACK(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 1)
	first, second := n.dial(server80), n.dial(server80)
	n.run(100 * time.Millisecond)
	n.want(first, fsm.Established)
	n.want(second, fsm.Established)
	n.write(second, "early")
	n.run(500 * time.Millisecond)
	if got := n.server.Stats(); got.HalfOpen != 1 || got.Accepted != 1 {
		t.Errorf("%d half-open and %d complete, want one each", got.HalfOpen, got.Accepted)
	}
	l.Accept(n.now)
	n.run(5 * time.Second)
	d := l.Accept(n.now)
	if d == nil {
		t.Fatal("the second was not accepted when there was room")
	}
	if got, _ := n.readAll(d); string(got) != "early" {
		t.Errorf("read %q", got)
	}
}

func TestHalfOpenConnectionGivesUp(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	n.inject(n.server, netip.AddrPortFrom(netip.MustParseAddr("10.0.0.9"), 1000), server80, wire.Segment{Flags: wire.SYN, Seq: 1})
	n.run(5 * time.Minute)
	n.empty(n.server)
}

// A reset in SYN_RCVD leads back to LISTEN: the connection is gone, and the
// listener takes the next one.
func TestResetInSynReceivedLeadsBackToListen(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	from := netip.AddrPortFrom(clientIP, 1000)
	n.inject(n.server, from, server80, wire.Segment{Flags: wire.SYN, Seq: 100})
	n.owed(n.server)
	n.inject(n.server, from, server80, wire.Segment{Flags: wire.RST, Seq: 101})
	want := []fsm.State{fsm.Closed, fsm.Listen, fsm.SynReceived, fsm.Listen}
	if got := n.path("server"); !slices.Equal(got, want) {
		t.Errorf("server %v, want %v", got, want)
	}
	n.owed(n.server)
	n.empty(n.server)
	c := n.dial(server80)
	n.run(time.Second)
	n.want(c, fsm.Established)
}

// CLOSE in SYN_RCVD: the user found the connection with Conns.
func TestCloseInSynReceived(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 0)
	c := n.dial(server80)
	n.run(15 * time.Millisecond)
	var d *Conn
	for d = range n.server.Conns() {
	}
	n.want(d, fsm.SynReceived)
	d.Close(n.now)
	n.want(d, fsm.FinWait1)
	n.run(time.Second)
	n.want(c, fsm.CloseWait)
	c.Release(n.now)
	n.run(time.Second)
	n.want(d, fsm.TimeWait)
	n.run(2 * time.Minute)
	want := []fsm.State{fsm.Closed, fsm.Listen, fsm.SynReceived, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait, fsm.Closed}
	if got := n.path("server"); !slices.Equal(got, want) {
		t.Errorf("server %v, want %v", got, want)
	}
	if l.Accept(n.now) != nil {
		t.Error("a connection that was closed in SYN_RCVD was accepted")
	}
	n.empty(n.client)
	n.empty(n.server)
}

// Segments without SYN at a listener (§3.10.7.2).
func TestSegmentAtAListener(t *testing.T) {
	for _, tt := range []struct {
		name string
		seg  wire.Segment
		want *wire.Segment
	}{
		{"RST", wire.Segment{Flags: wire.RST, Seq: 5}, nil},
		{"ACK", wire.Segment{Flags: wire.ACK, Seq: 5, Ack: 77}, &wire.Segment{Flags: wire.RST, Seq: 77}},
		{"SYN,ACK", wire.Segment{Flags: wire.SYN | wire.ACK, Seq: 5, Ack: 77}, &wire.Segment{Flags: wire.RST, Seq: 77}},
		{"SYN,RST", wire.Segment{Flags: wire.SYN | wire.RST, Seq: 5}, nil},
		{"FIN", wire.Segment{Flags: wire.FIN, Seq: 5}, nil},
		{"none", wire.Segment{Seq: 5}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork(t)
			l := n.listen(server80, 0)
			n.inject(n.server, netip.AddrPortFrom(clientIP, 1000), server80, tt.seg)
			checkAnswer(t, n.owed(n.server), tt.want)
			if l.State() != fsm.Listen {
				t.Errorf("the listener is in %v", l.State())
			}
			n.empty(n.server)
		})
	}
}

// Closing a listener resets what nobody has accepted, complete or not, and
// leaves what was accepted alone.
func TestListenerClose(t *testing.T) {
	n := newNetwork(t)
	accepted, d, l := n.open(server80)
	complete := n.dial(server80)
	n.run(time.Second)
	half := n.dial(server80)
	n.run(15 * time.Millisecond)
	told := 0
	l.Notify = func() { told++ }
	l.Close(n.now)
	l.Close(n.now)
	n.run(time.Second)
	n.want(complete, fsm.Closed)
	n.want(half, fsm.Closed)
	n.want(accepted, fsm.Established)
	n.want(d, fsm.Established)
	if told != 1 {
		t.Errorf("the owner was told %d times, want once", told)
	}
	if got := n.server.Stats(); got.Conns != 1 || got.HalfOpen != 0 {
		t.Errorf("%d connections, %d half-open; want 1 and 0", got.Conns, got.HalfOpen)
	}
	if l.Accept(n.now) != nil {
		t.Error("a closed listener gave a connection")
	}
}

// A connection that was reset while it waited is accepted, and says so.
func TestAcceptOfAResetConnection(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 0)
	c := n.dial(server80)
	n.run(time.Second)
	c.Abort(n.now)
	n.run(time.Second)
	d := l.Accept(n.now)
	if d == nil {
		t.Fatal("nothing to accept")
	}
	n.want(d, fsm.Closed)
	if !errors.Is(d.Err(), syscall.ECONNRESET) {
		t.Errorf("error %v, want ECONNRESET", d.Err())
	}
	d.Release(n.now)
	n.run(time.Second)
	n.empty(n.server)
}

// A listening end opens actively: LISTEN -> SYN_SENT. It goes on listening.
func TestListenerDial(t *testing.T) {
	n := newNetwork(t)
	there, err := n.client.Listen(n.now, netip.AddrPortFrom(clientIP, 7), 0)
	if err != nil {
		t.Fatal(err)
	}
	l := n.listen(netip.AddrPortFrom(netip.Addr{}, 80), 0)
	d, err := l.Dial(n.now, there.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if d.Local() != server80 {
		t.Errorf("the connection leaves from %v", d.Local())
	}
	n.run(time.Second)
	n.want(d, fsm.Established)
	want := []fsm.State{fsm.Closed, fsm.Listen, fsm.SynSent, fsm.Established}
	if got := n.path("server"); !slices.Equal(got, want) {
		t.Errorf("server %v, want %v", got, want)
	}
	if _, err := l.Dial(n.now, there.Addr()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second one: %v, want EADDRINUSE", err)
	}
	c := n.dial(server80)
	n.run(time.Second)
	n.want(c, fsm.Established)
	l.Close(n.now)
	if _, err := l.Dial(n.now, there.Addr()); !errors.Is(err, errClosed) {
		t.Errorf("Dial of a closed listener: %v", err)
	}
}

// Two listening ends open to each other at once: a simultaneous open.
func TestListenerDialFromBothEnds(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 0)
	m, err := n.client.Listen(n.now, netip.AddrPortFrom(clientIP, 80), 0)
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Dial(n.now, m.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Dial(n.now, l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n.run(time.Second)
	n.want(c, fsm.Established)
	n.want(d, fsm.Established)
	want := []fsm.State{fsm.Closed, fsm.Listen, fsm.SynSent, fsm.SynReceived, fsm.Established}
	for _, end := range []string{"client", "server"} {
		if got := n.path(end); !slices.Equal(got, want) {
			t.Errorf("%s %v, want %v", end, got, want)
		}
	}
}
