package hosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loopback is where both hosts of linuxMemory are.
var loopback = netip.MustParsePrefix("127.0.0.1/8")

// linuxMemory takes a namespace in which a and b are one host: its loopback is
// Linux's link in memory. Up to jumbo it has no segmentation offload, so that
// every segment is a packet.
func linuxMemory(mtu int, o Options) (Pair, error) {
	ns, err := ownNetns()
	if err != nil {
		return nil, err
	}
	err = ns.do(func() error {
		return errors.Join(
			configureLinux(o),
			sysctl("ip_local_port_range", "10000 65535"),
			sysctl("tcp_tw_reuse", "1"),
			setLoopback(mtu, mtu > jumbo),
		)
	})
	if err != nil {
		return nil, errors.Join(err, ns.close())
	}
	return &linuxLoopback{ns: ns, options: o}, nil
}

// setLoopback brings the loopback up. It is meant for inside do.
func setLoopback(mtu int, offload bool) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	set := func(what string, to func(*unix.Ifreq) error) error {
		ifr, err := unix.NewIfreq("lo")
		if err == nil {
			err = to(ifr)
		}
		if err != nil {
			return fmt.Errorf("set the %s of the loopback: %w", what, err)
		}
		return nil
	}
	return errors.Join(
		set("MTU", func(r *unix.Ifreq) error {
			r.SetUint32(uint32(mtu))
			return unix.IoctlIfreq(fd, unix.SIOCSIFMTU, r)
		}),
		setOffload(fd, offload),
		set("flags", func(r *unix.Ifreq) error {
			r.SetUint16(unix.IFF_UP)
			return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
		}),
	)
}

// An ethtoolValue is struct ethtool_value of linux/ethtool.h.
type ethtoolValue struct{ cmd, data uint32 }

// An ethtoolRequest is struct ifreq of linux/if.h with a pointer to data.
type ethtoolRequest struct {
	name [unix.IFNAMSIZ]byte
	data unsafe.Pointer
	_    [24 - unsafe.Sizeof(uintptr(0))]byte
}

// setOffload turns segmentation and receive offload of the loopback on or off.
func setOffload(fd int, on bool) error {
	for _, cmd := range []uint32{unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_SGRO} {
		value := ethtoolValue{cmd: cmd}
		if on {
			value.data = 1
		}
		request := ethtoolRequest{data: unsafe.Pointer(&value)}
		copy(request.name[:], "lo")
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
		if errno != 0 {
			return fmt.Errorf("set offload of the loopback: %w", errno)
		}
	}
	return nil
}

// linuxLoopback is a Pair of Linux on one host.
type linuxLoopback struct {
	ns      *netns
	options Options
}

func (p *linuxLoopback) Listen(service int) (net.Listener, error) {
	return listenLinux(p.ns, at(loopback, service), p.options)
}

func (p *linuxLoopback) Dial(ctx context.Context, service int) (net.Conn, error) {
	return dialLinux(ctx, p.ns, at(loopback, service), p.options)
}

func (p *linuxLoopback) Close() error { return p.ns.close() }
