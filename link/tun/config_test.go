package tun

import (
	"net/netip"
	"strings"
	"testing"
)

func prefixes(texts ...string) (ps []netip.Prefix) {
	for _, s := range texts {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}

func addrs(texts ...string) (as []netip.Addr) {
	for _, s := range texts {
		as = append(as, netip.MustParseAddr(s))
	}
	return as
}

func TestBadConfigIsRefusedWithAReason(t *testing.T) {
	for _, c := range []struct {
		name string
		c    Config
		want string
	}{
		{"long name", Config{Name: "a-name-too-long!"}, "longer than 15 bytes"},
		{"no prefix", Config{Host: make([]netip.Prefix, 1)}, "such as 10.99.0.1/24"},
		{"mapped address", Config{Host: prefixes("::ffff:10.0.0.1/120")}, "such as 10.99.0.1/24"},
		{"bad route", Config{Routes: make([]netip.Prefix, 1)}, "such as 10.99.0.1/24"},
		{"unspecified host", Config{Host: prefixes("0.0.0.0/0")}, "not the address of one host"},
		{"multicast host", Config{Host: prefixes("ff02::1/64")}, "not the address of one host"},
		{"multicast peer", Config{Host: prefixes("10.0.0.1/32"), Peer: addrs("224.0.0.1")}, "not the address of one host"},
		{"no peer", Config{Host: prefixes("10.0.0.1/32"), Peer: make([]netip.Addr, 1)}, "not the address of one host"},
		{"peer with zone", Config{Host: prefixes("fd00::1/64"), Peer: addrs("fe80::1%eth0")}, "not the address of one host"},
		{"peer without host", Config{Host: prefixes("10.0.0.1/24"), Peer: addrs("fd00::2")}, "no host address of its family"},
		{"two peers", Config{Host: prefixes("10.0.0.1/32"), Peer: addrs("10.0.0.2", "10.0.0.3")}, "more than one peer"},
		{"small mtu", Config{MTU: 67}, "between 68 and 65535"},
		{"large mtu", Config{MTU: 65536}, "between 68 and 65535"},
		{"negative mtu", Config{MTU: -1}, "between 68 and 65535"},
		{"small mtu for IPv6", Config{MTU: 1279, Host: prefixes("fd00::1/64")}, "between 1280 and 65535"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.c.withDefaults().validate()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestGoodConfigIsTaken(t *testing.T) {
	for _, c := range []Config{
		{},
		{Name: "fifteen-letters", MTU: 68, Host: prefixes("10.0.0.1/24")},
		{MTU: 1280, Host: prefixes("10.0.0.1/24", "fd00::1/64"), Routes: prefixes("0.0.0.0/0", "::/0")},
		{Host: prefixes("10.0.0.1/32", "fd00::1/128"), Peer: addrs("10.0.0.2", "fd00::2")},
	} {
		if err := c.withDefaults().validate(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPeerStandsBesideTheFirstHostOfItsFamily(t *testing.T) {
	c := Config{
		Host: prefixes("fd00::1/64", "10.0.0.1/24", "10.1.0.1/24"),
		Peer: addrs("10.0.0.2"),
	}
	for i, want := range prefixes("fd00::1/64", "10.0.0.2/32", "10.1.0.1/24") {
		if got := c.peerOf(i); got != want {
			t.Errorf("beside %v stands %v, want %v", c.Host[i], got, want)
		}
	}
}
