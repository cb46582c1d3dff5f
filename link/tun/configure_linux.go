package tun

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// addrGenModeNone is IN6_ADDR_GEN_MODE_NONE of linux/if_link.h.
const addrGenModeNone = 1

// configure gives a new device what c says, and brings it up.
func configure(name string, c Config) error {
	nl, err := openNetlink()
	if err != nil {
		return err
	}
	defer nl.close()
	index, err := nl.index(name)
	if err != nil {
		return fmt.Errorf("find its number: %w", err)
	}
	// Without a link-local address the kernel sends no router solicitations.
	// It is a nicety: a kernel without IPv6 refuses it.
	_ = nl.do(noLinkLocal(index))
	if err := nl.do(up(index, c.MTU)); err != nil {
		return fmt.Errorf("set mtu %d, bring it up: %w", c.MTU, err)
	}
	if err := addAddresses(nl, index, c); err != nil {
		return err
	}
	for _, dst := range c.Routes {
		if err := nl.do(route(index, dst)); err != nil {
			return fmt.Errorf("add route to %v: %w", dst, explainIPv6(dst, err))
		}
	}
	return nil
}

// addAddresses adds the addresses and waits until they are in force.
func addAddresses(nl *netlink, index uint32, c Config) error {
	w, err := newWatch(c)
	if err != nil {
		return err
	}
	defer w.close()
	for i, host := range c.Host {
		if err := nl.do(address(index, host, c.peerOf(i))); err != nil {
			return fmt.Errorf("add address %v: %w", host, explainIPv6(host, err))
		}
	}
	return w.wait()
}

// explainIPv6 names the usual reason why the kernel wants no IPv6.
func explainIPv6(p netip.Prefix, err error) error {
	off := errors.Is(err, unix.EACCES) || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT)
	if p.Addr().Is6() && off {
		return fmt.Errorf("the kernel's ipv6 is switched off (sysctl net.ipv6.conf.all.disable_ipv6=0 switches it on): %w", err)
	}
	return err
}

// noLinkLocal asks for no link-local IPv6 address.
func noLinkLocal(index uint32) *message {
	m := newMessage(unix.RTM_NEWLINK, 0, &unix.IfInfomsg{Index: int32(index)})
	m.nest(unix.IFLA_AF_SPEC, func(m *message) {
		m.nest(unix.AF_INET6, func(m *message) {
			m.attr(unix.IFLA_INET6_ADDR_GEN_MODE, []byte{addrGenModeNone})
		})
	})
	return m
}

// txQueue is how many packets wait in the kernel for our reader. A full window
// of segments of 1500 bytes, which may come in one burst, has to fit; with the
// kernel's default of 500 such a burst loses segments.
const txQueue = 4000

// up sets the MTU and the length of the queue and brings the device up.
func up(index uint32, mtu int) *message {
	m := newMessage(unix.RTM_NEWLINK, 0, &unix.IfInfomsg{
		Index: int32(index), Flags: unix.IFF_UP, Change: unix.IFF_UP,
	})
	m.attr32(unix.IFLA_MTU, uint32(mtu))
	m.attr32(unix.IFLA_TXQLEN, txQueue)
	return m
}

// address adds an address. The kernel routes the network
// of peer to the device.
func address(index uint32, host, peer netip.Prefix) *message {
	m := newMessage(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, &unix.IfAddrmsg{
		Family:    family(host),
		Prefixlen: uint8(peer.Bits()),
		Flags:     unix.IFA_F_NODAD,
		Scope:     unix.RT_SCOPE_UNIVERSE,
		Index:     index,
	})
	m.attr(unix.IFA_LOCAL, host.Addr().AsSlice())
	m.attr(unix.IFA_ADDRESS, peer.Addr().AsSlice())
	return m
}

// route adds a route to a network that is reached through the device itself,
// without a gateway.
func route(index uint32, dst netip.Prefix) *message {
	m := newMessage(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, &unix.RtMsg{
		Family:   family(dst),
		Dst_len:  uint8(dst.Bits()),
		Table:    unix.RT_TABLE_MAIN,
		Protocol: unix.RTPROT_BOOT,
		Scope:    unix.RT_SCOPE_LINK,
		Type:     unix.RTN_UNICAST,
	})
	m.attr(unix.RTA_DST, dst.Masked().Addr().AsSlice())
	m.attr32(unix.RTA_OIF, index)
	return m
}

func family(p netip.Prefix) uint8 {
	if p.Addr().Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}
