package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tun"
)

// A network is the flags of a command that runs a stack on a TUN device: the
// host's kernel at one end, the stack at the other.
type network struct {
	byDefault ends

	device  string
	host    []string // the kernel's addresses
	addr    []string // the stack's
	mtu     int
	control string // the congestion control's name

	// The same, after check.
	hosts, addrs []netip.Prefix
	congestion   func() congestion.Controller
}

// ends is an address for each end of the device, as the flags have it.
type ends struct{ host, addr string }

// The addresses if none are given. Each command has a network of its own, so
// that both can run at once.
var (
	serveEnds = ends{"10.99.0.1/24", "10.99.0.2/24"}
	ncEnds    = ends{"10.98.0.1/24", "10.98.0.2/24"}
)

// String is the flags that give the addresses.
func (e ends) String() string { return "--host " + e.host + " --addr " + e.addr }

// leastMTU is the smallest MTU in bytes: a stack of IPv4 has to take datagrams
// of that length (RFC 791 §3.1); leastMTU6 is that of IPv6 (RFC 8200 §5).
const leastMTU, leastMTU6 = 576, 1280

// addFlags gives a command --tun, --host, --addr, --mtu and --congestion.
func (n *network) addFlags(cmd *cobra.Command, byDefault ends) {
	n.byDefault = byDefault
	f := cmd.Flags()
	f.StringVar(&n.device, "tun", "last%d", "name of the TUN device to make; %d stands for a free number")
	f.StringSliceVar(&n.host, "host", nil, "this host's address and network on the device; repeat it for IPv6 (default "+byDefault.host+")")
	f.StringSliceVar(&n.addr, "addr", nil, "the stack's address in the same network; repeat it for more (default "+byDefault.addr+")")
	f.IntVar(&n.mtu, "mtu", link.DefaultMTU, "longest packet in bytes, IP header included")
	f.StringVar(&n.control, "congestion", congestion.Default, "congestion control: "+strings.Join(congestion.Names(), ", "))
}

// check reads the flags and says what is wrong with them.
func (n *network) check() (err error) {
	if n.device == "" {
		return usagef("--tun is empty; name the device, as in --tun last%%d, or leave the flag out")
	}
	if len(n.host) == 0 && len(n.addr) == 0 {
		n.host, n.addr = []string{n.byDefault.host}, []string{n.byDefault.addr}
	}
	if n.congestion, err = congestion.New(n.control); err != nil {
		return usagef("--congestion: %v", err)
	}
	if n.hosts, err = prefixes("--host", n.host, n.byDefault.host); err != nil {
		return err
	}
	if n.addrs, err = prefixes("--addr", n.addr, n.byDefault.addr); err != nil {
		return err
	}
	switch {
	case len(n.hosts) == 0:
		return usagef("--addr is given but --host is not; give both ends an address, as in %v", n.byDefault)
	case len(n.addrs) == 0:
		return usagef("--host is given but --addr is not; give both ends an address, as in %v", n.byDefault)
	}
	for _, a := range n.addrs {
		if err := n.reachable(a); err != nil {
			return err
		}
	}
	return n.checkMTU()
}

// prefixes reads the values of a flag.
func prefixes(flag string, values []string, example string) (all []netip.Prefix, err error) {
	for _, v := range values {
		p, err := netip.ParsePrefix(v)
		switch {
		case err != nil || p.Addr().Is4In6() || p.Addr().IsUnspecified() || p.Addr().IsMulticast():
			return nil, usagef("%s %q is not the address of a host with the length of its network; write it like %s", flag, v, example)
		case p.Addr().IsLoopback():
			return nil, usagef("%s %s is a loopback address, which stays inside a host; choose another, such as %s", flag, v, example)
		case meansEverybody(p):
			return nil, usagef("%s %s means everybody in the network %v, not one host; choose another, such as %s", flag, v, p.Masked(), example)
		}
		all = append(all, p)
	}
	return all, nil
}

// meansEverybody reports whether p is the first or the last address of an IPv4
// network (RFC 1122 §3.3.6).
func meansEverybody(p netip.Prefix) bool {
	if !p.Addr().Is4() || p.Bits() >= 31 {
		return false
	}
	return p.Addr() == p.Masked().Addr() || !p.Contains(p.Addr().Next())
}

// reachable checks that the host finds the stack's address a on the device.
func (n *network) reachable(a netip.Prefix) error {
	inside := false
	for _, h := range n.hosts {
		if h.Addr() == a.Addr() {
			return usagef("--addr %v is this host's own address; choose another of its network %v", a, h.Masked())
		}
		inside = inside || h.Contains(a.Addr())
	}
	if !inside {
		return usagef("--addr %v is not in the network of --host %s; choose both from one network, such as %v",
			a, strings.Join(n.host, ", "), n.byDefault)
	}
	return nil
}

func (n *network) checkMTU() error {
	least := leastMTU
	for _, p := range n.hosts {
		if p.Addr().Is6() {
			least = leastMTU6
		}
	}
	if n.mtu < least || n.mtu > link.MaxMTU {
		return usagef("--mtu %d is not possible; choose %d to %d", n.mtu, least, link.MaxMTU)
	}
	return nil
}

// open makes the device, if nothing of the host is in its way.
func (n *network) open() (*tun.Device, error) {
	if err := n.checkHost(); err != nil {
		return nil, err
	}
	dev, err := tun.Open(tun.Config{Name: n.device, Host: n.hosts, MTU: n.mtu})
	if errors.Is(err, os.ErrPermission) && os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w\ntry it with sudo", err)
	}
	return dev, err
}

// names is addresses without their networks: "10.99.0.2 and fd99::2".
func names(prefixes []netip.Prefix) string {
	var all []string
	for _, p := range prefixes {
		all = append(all, p.Addr().String())
	}
	return strings.Join(all, " and ")
}
