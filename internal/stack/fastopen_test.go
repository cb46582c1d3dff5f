package stack

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/siphash"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// serveFast is two hosts that open fast.
func serveFast(cfg *Config) { cfg.FastOpen = FastOpenServe }

// dialFast opens a connection with text.
func (n *network) dialFast(to netip.AddrPort, text string) *Conn {
	n.t.Helper()
	c, took, err := n.client.DialFast(n.now, netip.AddrPort{}, to, []byte(text))
	if err != nil || took != len(text) {
		n.t.Fatalf("took %d bytes, %v", took, err)
	}
	return c
}

// withCookie lets the client get a cookie.
func (n *network) withCookie(to netip.AddrPort) *Listener {
	n.t.Helper()
	l := n.listen(to, 10)
	c := n.dialFast(to, "first")
	n.run(time.Second)
	n.want(c, fsm.Established)
	d := l.Accept(n.now)
	if got, _ := n.readAll(d); string(got) != "first" {
		n.t.Fatalf("without a cookie the server read %q", got)
	}
	if !n.client.FastCookie(n.now, to.Addr()) {
		n.t.Fatal("no cookie was learnt")
	}
	return l
}

// RFC 7413 §3: the first connection brings a cookie, and on the second the request
// is read when the SYN arrives, and the answer when the SYN,ACK does.
func TestFastOpenSavesARoundTrip(t *testing.T) {
	both(t, func(t *testing.T, at netip.AddrPort) {
		n := newNetwork(t, serveFast)
		l := n.withCookie(at)
		c := n.dialFast(at, "request")
		n.run(n.delay)
		d := l.Accept(n.now)
		if d == nil {
			t.Fatal("half a round trip after DialFast there is nothing to accept")
		}
		n.want(d, fsm.SynReceived)
		if got, _ := n.readAll(d); string(got) != "request" {
			t.Errorf("the server read %q", got)
		}
		n.write(d, "answer")
		n.run(n.delay)
		n.want(c, fsm.Established)
		if got, _ := n.readAll(c); string(got) != "answer" {
			t.Errorf("a round trip after DialFast the client read %q", got)
		}
		n.run(n.delay)
		n.want(d, fsm.Established)
		c.Release(n.now)
		n.run(time.Second)
		d.Release(n.now)
		n.run(time.Second)
		n.want(d, fsm.Closed)
	})
}

// A cookie is bound to the client's address: a forged one gets nothing believed, and
// a connection that opens in the usual way.
func TestForgedCookieIsNotBelieved(t *testing.T) {
	n := newNetwork(t, serveFast)
	l := n.withCookie(server80)
	peer := n.client.fast[serverIP]
	peer.cookie.B[0] ^= 1
	n.client.fast[serverIP] = peer
	n.dialFast(server80, "request")
	n.run(n.delay)
	if l.Accept(n.now) != nil {
		t.Error("a forged cookie was believed")
	}
	n.run(time.Second)
	if got, _ := n.readAll(l.Accept(n.now)); string(got) != "request" {
		t.Errorf("the server read %q", got)
	}
	if n.client.fast[serverIP].cookie == peer.cookie {
		t.Error("no new cookie came")
	}
	if n.server.Stats().FastAccepted != 0 {
		t.Error("it is counted as believed")
	}
}

// A server that does not serve fast gives no cookie, and takes no text from a SYN
// before its time.
func TestListenersAreNotFastByDefault(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 10)
	c := n.dialFast(server80, "request")
	n.run(time.Second)
	n.want(c, fsm.Established)
	if n.client.FastCookie(n.now, serverIP) {
		t.Error("there is a cookie")
	}
	if got, _ := n.readAll(l.Accept(n.now)); string(got) != "request" {
		t.Errorf("the server read %q", got)
	}
}

// Cookies of the last period are still good, and are replaced; older ones are not
// (RFC 7413 §4.1.2).
func TestCookieKeysChange(t *testing.T) {
	n := newNetwork(t, serveFast)
	l := n.withCookie(server80)
	first := n.client.fast[serverIP].cookie
	n.now = n.now.Add(cookieKeyPeriod)
	n.dialFast(server80, "request")
	n.run(n.delay)
	if l.Accept(n.now) == nil {
		t.Error("the last period's cookie is not good any more")
	}
	n.run(time.Second)
	second := n.client.fast[serverIP].cookie
	if second == first {
		t.Error("the last period's cookie was not replaced")
	}
	n.now = n.now.Add(2 * cookieKeyPeriod)
	n.dialFast(server80, "request")
	n.run(n.delay)
	if l.Accept(n.now) != nil {
		t.Error("a cookie is good for ever")
	}
}

// RFC 7413 §5.1: when as many handshakes are believed as may be, the next ones go the
// usual way, until one of those is over.
func TestFastPendingIsBounded(t *testing.T) {
	n := newNetwork(t, serveFast, func(cfg *Config) { cfg.FastPending = 1 })
	l := n.withCookie(server80)
	n.dialFast(server80, "one")
	n.dialFast(server80, "two")
	n.run(n.delay)
	if l.Accept(n.now) == nil || l.Accept(n.now) != nil {
		t.Error("of two SYNs not exactly one was believed")
	}
	n.run(time.Second)
	if l.Accept(n.now) == nil {
		t.Error("the other did not open")
	}
	n.dialFast(server80, "three")
	n.run(n.delay)
	if l.Accept(n.now) == nil {
		t.Error("when the handshakes are over the next is not believed")
	}
}

// RFC 7413 §4.1.3.1: where SYNs with the option are lost, the connection opens
// without, and the next ones do not try for a while.
func TestFastOpenGivesWayToABlackHole(t *testing.T) {
	n := newNetwork(t, serveFast)
	l := n.withCookie(server80)
	n.fate = func(_ int, p *wire.Packet) fate {
		var seg wire.Segment
		why := wire.ParseTCP(p.Payload, &seg)
		return fate{drop: why == wire.OK && seg.Opts.HasFO}
	}
	n.dialFast(server80, "request")
	n.run(3 * time.Second)
	if got, _ := n.readAll(l.Accept(n.now)); string(got) != "request" {
		t.Errorf("the server read %q", got)
	}
	if n.client.FastCookie(n.now, serverIP) {
		t.Error("the next SYN would be fast again")
	}
	n.now = n.now.Add(fastBlocked)
	if !n.client.FastCookie(n.now, serverIP) {
		t.Error("it is never tried again")
	}
}

// A believed connection that is reset before its handshake is over fails for whoever
// has accepted it.
func TestResetOfAcceptedFastConnection(t *testing.T) {
	n := newNetwork(t, serveFast)
	l := n.withCookie(server80)
	c := n.dialFast(server80, "request")
	n.run(n.delay)
	d := l.Accept(n.now)
	local, remote := c.Local(), c.Remote()
	n.inject(n.server, local, remote, wire.Segment{Flags: wire.RST, Seq: d.tcp.RcvNxt()})
	n.want(d, fsm.Closed)
	if d.Err() != tcp.ErrReset {
		t.Errorf("its error is %v", d.Err())
	}
	if l.fastPending != 0 {
		t.Errorf("%d handshakes are still counted as believed", l.fastPending)
	}
}

// The cookie is Linux's for the same key: SipHash of the two addresses.
func TestCookieOfAKnownKey(t *testing.T) {
	n := newNetwork(t, func(cfg *Config) { cfg.FastOpenKey = siphash.Key{1, 2, 3} })
	a := n.server.fastCookie(1, clientIP, serverIP)
	b := n.server.fastCookie(2, clientIP, serverIP)
	if a != b {
		t.Error("a given key changes")
	}
	key := siphash.Key{1, 2, 3}
	want := siphash.Sum64(&key, []byte{10, 0, 0, 1, 10, 0, 0, 2})
	if got := binary.LittleEndian.Uint64(a.B[:]); got != want || a.N != 8 {
		t.Errorf("the cookie is %x, want %x", got, want)
	}
}

// What is remembered of servers is bounded, and the oldest goes.
func TestFastPeersAreBounded(t *testing.T) {
	p := fastPeers{}
	cfg := tcp.Config{}.WithDefaults()
	c := &Conn{tcp: tcp.New(&cfg, tcp.Params{MTU: 1500})}
	ip := netip.MustParseAddr("10.1.0.0")
	first := ip
	for i := range maxFastPeers + 10 {
		p.learn(clock.Time(i), ip, c)
		ip = ip.Next()
	}
	if _, still := p[first]; still || len(p) != maxFastPeers {
		t.Errorf("%d servers are remembered, the first among them: %v", len(p), still)
	}
}
