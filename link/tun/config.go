// Package tun makes TUN devices: links to the kernel of the same machine,
// which sees the stack on the device as a host on a network of its own.
//
// The package creates and configures the device itself: addresses, routes,
// MTU, up. It needs Linux and the capability CAP_NET_ADMIN, which root has, and
// which anybody gets in a namespace of their own (unshare -rn). On other
// systems Open returns an error that matches errors.ErrUnsupported.
package tun

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/lastack/lastack/link"
)

const (
	minMTU  = 68   // bytes; RFC 791 §3.2: what every IPv4 link carries
	minMTU6 = 1280 // bytes; RFC 8200 §5: what every IPv6 link carries
	maxName = 15   // bytes in a device's name
)

// A Config says what device Open makes.
type Config struct {
	// Name is the device's name, at most 15 bytes. An empty one lets the kernel
	// choose (tun0, tun1 ...); in a pattern such as "last%d" it chooses the
	// number. The name must be free.
	Name string

	// Host is the kernel's own addresses on the device, each with its network:
	// 10.99.0.1/24 gives the kernel the address 10.99.0.1, and it sends what is
	// for any other address of 10.99.0.0/24 to the device, that is, to us. IPv6
	// addresses are usable at once, without duplicate address detection.
	Host []netip.Prefix

	// Peer makes the device point-to-point: beside the first Host address of
	// the same family stands this one at the other end, and the kernel sends
	// what is for it, instead of what is for Host's network, to the device. At
	// most one for IPv4 and one for IPv6. Optional.
	Peer []netip.Addr

	// Routes is further networks that the kernel sends to the device. Optional.
	Routes []netip.Prefix

	// MTU is the largest packet in bytes, IP header included: 68 to 65535, and
	// at least 1280 with IPv6. 0 means 1500.
	MTU int
}

// withDefaults is the configuration with its zero values replaced.
func (c Config) withDefaults() Config {
	if c.MTU == 0 {
		c.MTU = link.DefaultMTU
	}
	return c
}

// validate finds what the kernel would refuse with a less helpful error.
func (c Config) validate() error {
	if len(c.Name) > maxName {
		return fmt.Errorf("name %q is longer than %d bytes", c.Name, maxName)
	}
	if err := validatePrefixes(c); err != nil {
		return err
	}
	if err := validatePeers(c); err != nil {
		return err
	}
	return validateMTU(c)
}

func validateMTU(c Config) error {
	least := minMTU
	for _, p := range c.prefixes() {
		if p.Addr().Is6() {
			least = minMTU6
		}
	}
	if c.MTU < least || c.MTU > link.MaxMTU {
		return fmt.Errorf("mtu %d is not between %d and %d", c.MTU, least, link.MaxMTU)
	}
	return nil
}

func validatePrefixes(c Config) error {
	for _, p := range c.prefixes() {
		if !p.IsValid() || p.Addr().Is4In6() {
			return fmt.Errorf("%v is not an address with the length of its network, such as 10.99.0.1/24 or fd00::1/64", p)
		}
	}
	for _, p := range c.Host {
		if err := validateHost(p.Addr()); err != nil {
			return err
		}
	}
	return nil
}

// validatePeers checks that every peer has a host address to stand beside.
func validatePeers(c Config) error {
	for i, p := range c.Peer {
		if err := validateHost(p); err != nil {
			return err
		}
		if c.hostOf(p) < 0 {
			return fmt.Errorf("peer %v has no host address of its family", p)
		}
		for _, q := range c.Peer[:i] {
			if q.Is4() == p.Is4() {
				return errors.New("more than one peer of a family: use routes for the others")
			}
		}
	}
	return nil
}

// validateHost checks that a can be the address of one host.
func validateHost(a netip.Addr) error {
	if !a.IsValid() || a.Is4In6() || a.Zone() != "" || a.IsUnspecified() || a.IsMulticast() {
		return fmt.Errorf("%v is not the address of one host, such as 10.99.0.1 or fd00::1", a)
	}
	return nil
}

// prefixes is all the prefixes of the configuration.
func (c Config) prefixes() []netip.Prefix { return slices.Concat(c.Host, c.Routes) }

// hostOf is the index of the host address that a peer belongs to: the first of
// its family. It is -1 if there is none.
func (c Config) hostOf(peer netip.Addr) int {
	return slices.IndexFunc(c.Host, func(h netip.Prefix) bool { return h.Addr().Is4() == peer.Is4() })
}

// peerOf is the peer that belongs to Host[i], as a network of one host, and
// otherwise Host[i] itself, which is how the kernel writes an address without a
// peer.
func (c Config) peerOf(i int) netip.Prefix {
	for _, p := range c.Peer {
		if c.hostOf(p) == i {
			return netip.PrefixFrom(p, p.BitLen())
		}
	}
	return c.Host[i]
}
