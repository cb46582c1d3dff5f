package tun

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// readyTimeout is how long the kernel may take over its IPv6 addresses. It
// takes less than a millisecond if it is not very busy.
var readyTimeout = unix.Timeval{Sec: 5}

// A watch waits until IPv6 addresses are in force. The kernel answers the
// request for an address at once, but makes the routes that belong to it in the
// background, a moment later; a packet sent in between is lost. So the watch
// listens to the kernel's announcements of new routes.
type watch struct {
	nl     *netlink
	awaits map[announced]bool
}

// announced is a route to one IPv6 address.
type announced struct {
	dst netip.Addr
	typ uint8 // RTN_LOCAL for the kernel's own address, RTN_UNICAST for a peer
}

// newWatch begins to listen. It must do so before the addresses are added.
func newWatch(c Config) (*watch, error) {
	w := &watch{awaits: make(map[announced]bool)}
	for _, h := range c.Host {
		w.await(h.Addr(), unix.RTN_LOCAL)
	}
	for _, p := range c.Peer {
		w.await(p, unix.RTN_UNICAST)
	}
	var err error
	if w.nl, err = openNetlink(); err != nil {
		return nil, err
	}
	err = errors.Join(
		unix.Bind(w.nl.fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: unix.RTMGRP_IPV6_ROUTE}),
		unix.SetsockoptTimeval(w.nl.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &readyTimeout))
	if err != nil {
		w.close()
		return nil, fmt.Errorf("listen for routes: %w", err)
	}
	return w, nil
}

func (w *watch) close() { w.nl.close() }

func (w *watch) await(a netip.Addr, typ uint8) {
	if a.Is6() {
		w.awaits[announced{a, typ}] = true
	}
}

// wait returns when all addresses are in force.
func (w *watch) wait() error {
	buf := make([]byte, 1<<16)
	for len(w.awaits) > 0 {
		n, _, err := unix.Recvfrom(w.nl.fd, buf, 0)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return errors.New("the kernel does not bring its ipv6 addresses into force")
		case err != nil:
			return fmt.Errorf("listen for routes: %w", err)
		default:
			w.heard(buf[:n])
		}
	}
	return nil
}

// heard takes the routes of an announcement off the list.
func (w *watch) heard(b []byte) {
	messages, err := syscall.ParseNetlinkMessage(b)
	if err != nil {
		return // not for us
	}
	for _, m := range messages {
		if m.Header.Type != unix.RTM_NEWROUTE || len(m.Data) < unix.SizeofRtMsg {
			continue
		}
		const dstLen, rtmType = 1, 7 // offsets in struct rtmsg
		if m.Data[dstLen] != 128 {
			continue
		}
		if dst, ok := destination(m); ok {
			delete(w.awaits, announced{dst, m.Data[rtmType]})
		}
	}
}

// destination is the attribute RTA_DST of a route.
func destination(m syscall.NetlinkMessage) (netip.Addr, bool) {
	attrs, err := syscall.ParseNetlinkRouteAttr(&m)
	if err != nil {
		return netip.Addr{}, false
	}
	for _, a := range attrs {
		if a.Attr.Type == unix.RTA_DST {
			return netip.AddrFromSlice(a.Value)
		}
	}
	return netip.Addr{}, false
}
