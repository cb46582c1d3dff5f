package main

import (
	"net/netip"
	"strings"
	"testing"
)

func TestNetworkOfAnotherDeviceIsRefused(t *testing.T) {
	here := []place{
		{netip.MustParsePrefix("127.0.0.1/8"), "lo"},
		{netip.MustParsePrefix("10.99.0.1/24"), "last0"},
		{netip.MustParsePrefix("10.97.8.1/16"), "eth0"},
		{netip.MustParsePrefix("172.0.0.1/8"), "eth1"},
	}
	for _, c := range []struct{ host, addr, want string }{
		{"10.99.0.1/24", "10.99.0.2/24", "the device last0 of this host is in the network 10.99.0.0/24 already, with the address 10.99.0.1; " +
			"choose another network, such as --host 10.96.0.1/24 --addr 10.96.0.2/24"},
		{"10.99.0.3/16", "10.99.0.2/16", "last0"},
		{"10.98.0.1/24", "10.98.0.2/24", ""},
		{"172.16.0.1/24", "172.16.0.2/24", ""}, // the longer prefix wins
		{"fd99::1/64", "fd99::2/64", ""},
	} {
		n := network{device: "last0", host: []string{c.host}, addr: []string{c.addr}, mtu: 1500}
		if err := n.check(); err != nil {
			t.Fatal(err)
		}
		err := n.checkPlaces(here)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.host, err, c.want)
		}
	}
}
