package hosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tun"
)

// linuxQueue is how many packets wait in a TUN device for the emulator. Linux
// does not slow down for a full one, it loses packets: so it must not fill.
const linuxQueue = 20000

func linuxStack() *Stack {
	has, _ := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	return &Stack{Name: "linux", congestion: strings.Fields(string(has)), Emulated: linuxEmulated, Memory: linuxMemory}
}

// linuxEmulated makes two namespaces, each with a TUN device, whose packets cross
// the path.
func linuxEmulated(p emulate.Path, o Options) (Pair, error) {
	a, b, err := emulate.New(p)
	if err != nil {
		return nil, err
	}
	pair := &linuxes{options: o}
	if pair.a, err = newLinux(addrA, o); err != nil {
		return nil, errors.Join(err, a.Close(), b.Close())
	}
	if pair.b, err = newLinux(addrB, o); err != nil {
		return nil, errors.Join(err, a.Close(), b.Close(), pair.a.close())
	}
	for _, h := range []struct {
		host *linux
		addr netip.Prefix
		end  link.Link
	}{{pair.a, addrA, a}, {pair.b, addrB, b}} {
		l, err := captured(h.end, o, "linux", h.addr)
		if err == nil {
			h.host.joint, err = emulate.Join(l, h.host.device)
		}
		if err != nil {
			return nil, errors.Join(err, pair.Close())
		}
	}
	return pair, nil
}

// A linux is a host: a namespace with a TUN device.
type linux struct {
	*netns
	device *tun.Device
	joint  *emulate.Joint // joins the device with the path
}

func newLinux(addr netip.Prefix, o Options) (*linux, error) {
	ns, err := newNetns()
	if err != nil {
		return nil, err
	}
	h := &linux{netns: ns}
	err = ns.do(func() (err error) {
		if err := configureLinux(o); err != nil {
			return err
		}
		h.device, err = tun.Open(tun.Config{Host: []netip.Prefix{addr}})
		if err != nil {
			return err
		}
		return setQueue(h.device.Name(), linuxQueue)
	})
	if err != nil {
		return nil, errors.Join(err, ns.close())
	}
	return h, nil
}

// configureLinux sets the size of buffers: from the start, as the others have
// it. Linux counts its bookkeeping as part of them, so it gets twice as much.
func configureLinux(o Options) error {
	size := fmt.Sprintf("4096 %d %d", 2*o.Buffer, 2*o.Buffer)
	return errors.Join(sysctl("tcp_rmem", size), sysctl("tcp_wmem", size))
}

// setQueue sets the length of a device's transmit queue, in packets.
func setQueue(device string, n uint32) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	ifr.SetUint32(n)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFTXQLEN, ifr); err != nil {
		return fmt.Errorf("set the queue of %s: %w", device, err)
	}
	return nil
}

// close removes the device and leaves the namespace. The joint, if there is
// one, closes the device.
func (h *linux) close() error {
	if h.joint != nil {
		return errors.Join(h.joint.Close(), h.netns.close())
	}
	return errors.Join(h.device.Close(), h.netns.close())
}

// linuxes is a Pair of Linux.
type linuxes struct {
	a, b    *linux
	options Options
}

func (p *linuxes) Listen(service int) (net.Listener, error) {
	return listenLinux(p.b.netns, at(addrB, service), p.options)
}

func (p *linuxes) Dial(ctx context.Context, service int) (net.Conn, error) {
	return dialLinux(ctx, p.a.netns, at(addrB, service), p.options)
}

func (p *linuxes) Close() error { return errors.Join(p.a.close(), p.b.close()) }
