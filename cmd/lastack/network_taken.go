package main

import (
	"fmt"
	"net"
	"net/netip"
)

// A place is an address of this host, and the device that has it.
type place struct {
	addr   netip.Prefix
	device string
}

// places is the addresses of this host. Link-local ones are left out: every
// device has its own of the same network.
func places() (all []place, err error) {
	devices, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("the devices of this host: %w", err)
	}
	for _, d := range devices {
		addrs, err := d.Addrs()
		if err != nil {
			continue // it has gone in the meantime
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
				all = append(all, place{p, d.Name})
			}
		}
	}
	return all, nil
}

// checkHost refuses networks in which this host has an address already: it
// would send the stack's packets there, or keep them.
func (n *network) checkHost() error {
	all, err := places()
	if err != nil {
		return err
	}
	return n.checkPlaces(all)
}

func (n *network) checkPlaces(all []place) error {
	for _, h := range n.hosts {
		for _, p := range all {
			if h.Contains(p.addr.Addr()) {
				return fmt.Errorf("the device %s of this host is in the network %v already, with the address %v; choose another network, such as %v",
					p.device, h.Masked(), p.addr.Addr(), freeEnds(h.Addr().Is6(), all))
			}
		}
	}
	return nil
}

// freeEnds is addresses in a network that no device is in.
func freeEnds(ip6 bool, all []place) (e ends) {
	for i := 97; i >= 10; i-- { // below the networks of serveEnds and ncEnds
		e = ends{fmt.Sprintf("10.%d.0.1/24", i), fmt.Sprintf("10.%d.0.2/24", i)}
		if ip6 {
			e = ends{fmt.Sprintf("fd%d::1/64", i), fmt.Sprintf("fd%d::2/64", i)}
		}
		if isFree(netip.MustParsePrefix(e.host), all) {
			break
		}
	}
	return e
}

func isFree(network netip.Prefix, all []place) bool {
	for _, p := range all {
		if network.Overlaps(p.addr.Masked()) {
			return false
		}
	}
	return true
}
