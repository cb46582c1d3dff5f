package stack

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

func TestEphemeralPortsRunOut(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.PortRange = [2]uint16{40000, 40009} })
	n.listen(server80, 0)
	ports := map[uint16]bool{}
	for range 10 {
		ports[n.dial(server80).Local().Port()] = true
	}
	if len(ports) != 10 {
		t.Errorf("%d ports for 10 connections", len(ports))
	}
	if _, err := n.client.Dial(n.now, netip.AddrPort{}, server80); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("the eleventh: %v, want EADDRNOTAVAIL", err)
	}
	if _, err := n.client.Dial(n.now, netip.AddrPort{}, netip.AddrPortFrom(serverIP, 81)); err != nil {
		t.Errorf("to another port of the same host: %v", err)
	}
	for c := range n.client.Conns() {
		c.Abort(n.now)
	}
	n.run(time.Second)
	n.dial(server80)
}

// RFC 6056 §3.3.3: to one destination ports follow each other, to another they
// start elsewhere.
func TestEphemeralPortsAreHashed(t *testing.T) {
	n := newNetwork(t)
	first := n.dial(server80).Local().Port()
	other := n.dial(netip.AddrPortFrom(serverIP, 81)).Local().Port()
	third := n.dial(server80).Local().Port()
	if third != first+2 {
		t.Errorf("ports %d and %d to one destination, want a step of two", first, third)
	}
	if other == first+1 {
		t.Errorf("the port to another destination, %d, follows from the first, %d", other, first)
	}
}

func TestEphemeralPortAvoidsListeners(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.PortRange = [2]uint16{40000, 40001} })
	if _, err := n.client.Listen(n.now, netip.AddrPortFrom(netip.Addr{}, 40000), 0); err != nil {
		t.Fatal(err)
	}
	if got := n.dial(server80).Local().Port(); got != 40001 {
		t.Errorf("port %d, want 40001", got)
	}
}

// MUST-43, MUST-46: the local address may be given if it is ours; an OPEN to an
// address that is no one host's is refused.
func TestDialRefusals(t *testing.T) {
	n := newNetwork(t)
	for _, tt := range []struct {
		name, local, remote string
		want                error
	}{
		{"limited broadcast", "", "255.255.255.255:80", syscall.EINVAL},
		{"directed broadcast", "", "10.0.0.255:80", syscall.EINVAL},
		{"the network itself", "", "10.0.0.0:80", syscall.EINVAL},
		{"multicast", "", "224.0.0.1:80", syscall.EINVAL},
		{"IPv6 multicast", "", "[ff02::1]:80", syscall.EINVAL},
		{"unspecified", "", "0.0.0.0:80", syscall.EINVAL},
		{"IPv6 unspecified", "", "[::]:80", syscall.EINVAL},
		{"port 0", "", "10.0.0.2:0", syscall.EINVAL},
		{"somebody's loopback", "", "127.0.0.1:80", syscall.ENETUNREACH},
		{"not our address", "10.0.0.7:0", "10.0.0.2:80", syscall.EADDRNOTAVAIL},
		{"two families", "[fd00::1]:0", "10.0.0.2:80", syscall.ENETUNREACH},
		{"unspecified of the other family", "[::]:0", "10.0.0.2:80", syscall.ENETUNREACH},
		{"far away", "", "192.0.2.1:80", nil},
		{"our port", "10.0.0.1:4000", "10.0.0.2:80", nil},
		{"our port again", "10.0.0.1:4000", "10.0.0.2:80", syscall.EADDRINUSE},
		{"our port, elsewhere", "0.0.0.0:4000", "10.0.0.2:81", nil},
		{"mapped", "", "[::ffff:10.0.0.2]:80", nil},
	} {
		local := netip.AddrPort{}
		if tt.local != "" {
			local = netip.MustParseAddrPort(tt.local)
		}
		if _, err := n.client.Dial(n.now, local, netip.MustParseAddrPort(tt.remote)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := n.client.Dial(n.now, netip.AddrPort{}, netip.AddrPort{}); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("no address at all: %v, want EINVAL", err)
	}
}

func TestDialWithoutAnAddressOfTheFamily(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.Addrs = c.Addrs[:1] })
	if _, err := n.client.Dial(n.now, netip.AddrPort{}, server80v6); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("%v, want ENETUNREACH", err)
	}
}

func TestDialFromAListenersPort(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	if _, err := n.server.Dial(n.now, server80, peer); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, want EADDRINUSE", err)
	}
}

// The source is the address in the network that holds the destination most
// closely, or else the first (MUST-44).
func TestSourceAddress(t *testing.T) {
	a, err := newAddrs([]netip.Prefix{
		netip.MustParsePrefix("192.0.2.1/32"),
		netip.MustParsePrefix("10.0.0.1/8"),
		netip.MustParsePrefix("10.1.0.1/16"),
		netip.MustParsePrefix("2001:db8::1/64"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ to, from string }{
		{"10.9.9.9", "10.0.0.1"},
		{"10.1.9.9", "10.1.0.1"},
		{"8.8.8.8", "192.0.2.1"},
		{"10.1.0.1", "10.1.0.1"},
		{"2001:db8:1::1", "2001:db8::1"},
	} {
		if got, ok := a.sourceFor(netip.MustParseAddr(tt.to)); !ok || got != netip.MustParseAddr(tt.from) {
			t.Errorf("to %s from %v, want %s", tt.to, got, tt.from)
		}
	}
}

func TestConfigRefusals(t *testing.T) {
	rnd := func() uint64 { return 1 }
	good := []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}
	for name, cfg := range map[string]Config{
		"no randomness": {Addrs: good},
		"no address":    {Rand: rnd},
		"multicast":     {Rand: rnd, Addrs: []netip.Prefix{netip.MustParsePrefix("224.0.0.1/4")}},
		"invalid":       {Rand: rnd, Addrs: []netip.Prefix{{}}},
		"small MTU":     {Rand: rnd, Addrs: good, MTU: 100},
		"large MTU":     {Rand: rnd, Addrs: good, MTU: 65536},
		"port range":    {Rand: rnd, Addrs: good, PortRange: [2]uint16{5000, 4000}},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
