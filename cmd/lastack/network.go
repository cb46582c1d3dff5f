package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tun"
)

// A network is the flags of a command that runs a stack on a TUN device: the
// host's kernel at one end, the stack at the other.
type network struct {
	device string
	host   []string // the kernel's addresses
	addr   []string // the stack's
	mtu    int

	hosts, addrs []netip.Prefix // the same, after check
}

// The addresses if none are given.
const (
	defaultHost = "10.99.0.1/24"
	defaultAddr = "10.99.0.2/24"
)

// addFlags gives a command --tun, --host, --addr and --mtu.
func (n *network) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&n.device, "tun", "last%d", "name of the TUN device to make; %d stands for a free number")
	f.StringSliceVar(&n.host, "host", nil, "this host's address and network on the device; repeat it for IPv6 (default "+defaultHost+")")
	f.StringSliceVar(&n.addr, "addr", nil, "the stack's address in the same network; repeat it for more (default "+defaultAddr+")")
	f.IntVar(&n.mtu, "mtu", link.DefaultMTU, "longest packet in bytes, IP header included")
}

// check reads the flags and says what is wrong with them.
func (n *network) check() (err error) {
	if len(n.host) == 0 && len(n.addr) == 0 {
		n.host, n.addr = []string{defaultHost}, []string{defaultAddr}
	}
	if n.hosts, err = prefixes("--host", n.host, defaultHost); err != nil {
		return err
	}
	if n.addrs, err = prefixes("--addr", n.addr, defaultAddr); err != nil {
		return err
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
	if len(values) == 0 {
		return nil, usagef("%s is missing; give both ends an address, as in --host %s --addr %s", flag, defaultHost, defaultAddr)
	}
	for _, v := range values {
		p, err := netip.ParsePrefix(v)
		if err != nil || p.Addr().Is4In6() || p.Addr().IsUnspecified() || p.Addr().IsMulticast() {
			return nil, usagef("%s %q is not the address of a host with the length of its network; write it like %s", flag, v, example)
		}
		all = append(all, p)
	}
	return all, nil
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
		return usagef("--addr %v is not in the network of --host %s; choose both from one network, such as --host %s --addr %s",
			a, strings.Join(n.host, ", "), defaultHost, defaultAddr)
	}
	return nil
}

func (n *network) checkMTU() error {
	least := 68 // RFC 791 §3.2
	for _, p := range n.hosts {
		if p.Addr().Is6() {
			least = 1280 // RFC 8200 §5
		}
	}
	if n.mtu < least || n.mtu > link.MaxMTU {
		return usagef("--mtu %d is not possible; choose %d to %d", n.mtu, least, link.MaxMTU)
	}
	return nil
}

// open makes the device.
func (n *network) open() (*tun.Device, error) {
	dev, err := tun.Open(tun.Config{Name: n.device, Host: n.hosts, MTU: n.mtu})
	if errors.Is(err, os.ErrPermission) {
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
