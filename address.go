package lastack

import (
	"context"
	"net"
	"net/netip"
	"slices"
)

// lookup finds the addresses that a network ("tcp", "tcp4" or "tcp6") and an
// address ("host:port") stand for. An empty host yields the unspecified
// address, which is the zero Addr for both families.
func (s *Stack) lookup(ctx context.Context, network, address string) ([]netip.AddrPort, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, net.UnknownNetworkError(network)
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := net.DefaultResolver.LookupPort(ctx, network, service)
	if err != nil {
		return nil, err
	}
	ips, err := s.lookupHost(ctx, network, host)
	if err != nil {
		return nil, err
	}
	ips = slices.DeleteFunc(ips, func(ip netip.Addr) bool { return !inFamily(network, ip) })
	if len(ips) == 0 {
		return nil, &net.AddrError{Err: "no address for network " + network, Addr: host}
	}
	out := make([]netip.AddrPort, len(ips))
	for i, ip := range ips {
		out[i] = netip.AddrPortFrom(ip, uint16(port))
	}
	return out, nil
}

// lookupHost finds the addresses of a host. An IP address stands for itself,
// less its zone: a stack has but one link.
func (s *Stack) lookupHost(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if host == "" {
		return []netip.Addr{unspecified(network)}, nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap().WithZone("")
		if ip.IsUnspecified() && network == "tcp" {
			ip = unspecified(network)
		}
		return []netip.Addr{ip}, nil
	}
	if s.cfg.Resolver == nil {
		return nil, &net.DNSError{
			Err:  "no resolver: set Config.Resolver, or use an IP address",
			Name: host, IsNotFound: true,
		}
	}
	ips, err := s.cfg.Resolver(ctx, host)
	if err != nil {
		return nil, err
	}
	ips = slices.Clone(ips)
	for i, ip := range ips {
		ips[i] = ip.Unmap().WithZone("")
	}
	return ips, nil
}

// unspecified is the address that stands for all of the stack's own.
func unspecified(network string) netip.Addr {
	switch network {
	case "tcp4":
		return netip.IPv4Unspecified()
	case "tcp6":
		return netip.IPv6Unspecified()
	}
	return netip.Addr{}
}

// inFamily reports whether an address belongs to a network.
func inFamily(network string, ip netip.Addr) bool {
	switch network {
	case "tcp4":
		return ip.Is4()
	case "tcp6":
		return ip.Is6()
	}
	return true
}
