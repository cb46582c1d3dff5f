package hosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// listenLinux opens a listener of the kernel in a namespace.
func listenLinux(ns *netns, addr netip.AddrPort, o Options) (ln net.Listener, err error) {
	config := net.ListenConfig{Control: o.control}
	err = ns.do(func() error {
		ln, err = config.Listen(context.Background(), "tcp", addr.String())
		return err
	})
	return ln, err
}

// dialLinux opens a connection of the kernel in a namespace.
func dialLinux(ctx context.Context, ns *netns, addr netip.AddrPort, o Options) (c net.Conn, err error) {
	dialer := net.Dialer{Control: o.control}
	err = ns.do(func() error {
		c, err = dialer.DialContext(ctx, "tcp", addr.String())
		return err
	})
	return c, err
}

// control sets a socket's congestion control.
func (o Options) control(_, _ string, raw syscall.RawConn) error {
	var setErr error
	err := raw.Control(func(fd uintptr) {
		setErr = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, o.Congestion)
	})
	if setErr != nil {
		setErr = fmt.Errorf("use congestion control %q: %w", o.Congestion, setErr)
	}
	return errors.Join(err, setErr)
}
