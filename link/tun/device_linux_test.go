package tun

import (
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/link"
)

var dual = Config{Name: "last0", Host: prefixes("10.99.0.1/24", "fd99::1/64"), MTU: 1400}

// The pairs of addresses that the tests use: the kernel's and ours.
var pairs = []struct {
	kernel, ours   netip.Addr
	request, reply uint8
}{
	{netip.MustParseAddr("10.99.0.1"), netip.MustParseAddr("10.99.0.2"), echoRequest4, echoReply4},
	{netip.MustParseAddr("fd99::1"), netip.MustParseAddr("fd99::2"), echoRequest6, echoReply6},
}

func TestDeviceIsConfigured(t *testing.T) {
	inNamespace(t, func() {
		d, _ := open(t, dual)
		if d == nil {
			return
		}
		defer closeDevice(t, d)
		ifi, err := net.InterfaceByName("last0")
		if err != nil {
			t.Error(err)
			return
		}
		if d.Name() != "last0" || d.MTU() != 1400 || ifi.MTU != 1400 || ifi.Flags&net.FlagUp == 0 {
			t.Errorf("name %s, mtu %d; the kernel has %+v", d.Name(), d.MTU(), ifi)
		}
		if n, err := queueLength("last0"); n != txQueue || err != nil {
			t.Errorf("%d packets may wait for us, %v; want %d", n, err, txQueue)
		}
		addrs, err := ifi.Addrs()
		var got []string
		for _, a := range addrs {
			got = append(got, a.String())
		}
		// Nothing else: no link-local address.
		if want := []string{"10.99.0.1/24", "fd99::1/64"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("addresses %v, %v; want %v", got, err, want)
		}
	})
}

// queueLength asks the kernel for the length of a device's queue, in packets.
func queueLength(name string) (uint32, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	err = unix.IoctlIfreq(fd, unix.SIOCGIFTXQLEN, ifr)
	return ifr.Uint32(), err
}

func TestKernelAnswersOurEcho(t *testing.T) {
	inNamespace(t, func() {
		d, pkts := open(t, dual)
		if d == nil {
			return
		}
		defer closeDevice(t, d)
		for _, p := range pairs {
			request := echo{p.ours, p.kernel, p.request, "are you there?"}
			if err := d.Send([][]byte{request.packet()}); err != nil {
				t.Error(err)
			}
			wantEcho(t, pkts, echo{p.kernel, p.ours, p.reply, "are you there?"})
		}
		if s := d.Stats(); s.Sent != 2 || s.Dropped != 0 || s.Received < 2 {
			t.Errorf("stats %+v, want 2 sent and at least 2 received", s)
		}
	})
}

func TestKernelsEchoArrives(t *testing.T) {
	inNamespace(t, func() {
		d, pkts := open(t, dual)
		if d == nil {
			return
		}
		defer closeDevice(t, d)
		for _, p := range pairs {
			request := echo{p.kernel, p.ours, p.request, "ping"}
			if err := sendRaw(request); err != nil {
				t.Error(err)
			}
			wantEcho(t, pkts, request)
		}
	})
}

func TestPeerAndRoutesLeadToTheDevice(t *testing.T) {
	c := Config{
		Host:   prefixes("10.99.0.1/32", "fd99::1/128"),
		Peer:   addrs("10.88.0.2", "fd88::2"),
		Routes: prefixes("192.0.2.0/24", "2001:db8::/32"),
	}
	inNamespace(t, func() {
		d, pkts := open(t, c)
		if d == nil {
			return
		}
		defer closeDevice(t, d)
		for i, dst := range []string{"10.88.0.2", "fd88::2", "192.0.2.7", "2001:db8::7"} {
			p := pairs[i%2]
			request := echo{p.kernel, netip.MustParseAddr(dst), p.request, dst}
			if err := sendRaw(request); err != nil {
				t.Errorf("to %s: %v", dst, err)
				continue
			}
			wantEcho(t, pkts, request)
		}
	})
}

// sendRaw sends an echo message through a raw socket of the kernel.
func sendRaw(e echo) error {
	family, proto := unix.AF_INET, unix.IPPROTO_ICMP
	var to unix.Sockaddr
	if e.dst.Is4() {
		to = &unix.SockaddrInet4{Addr: e.dst.As4()}
	} else {
		family, proto = unix.AF_INET6, unix.IPPROTO_ICMPV6
		to = &unix.SockaddrInet6{Addr: e.dst.As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	return unix.Sendto(fd, e.message(), 0, to)
}

func TestBurstArrivesInOrder(t *testing.T) {
	const n = 300 // fewer than the device's queue, 500 packets
	inNamespace(t, func() {
		d, err := Open(dual)
		if err != nil {
			t.Error(err)
			return
		}
		defer closeDevice(t, d)
		p := pairs[0]
		for i := range n {
			if err := sendRaw(echo{p.kernel, p.ours, p.request, string(rune('a' + i%26))}); err != nil {
				t.Error(err)
			}
		}
		texts, done := "", make(chan bool)
		err = d.Start(func(batch [][]byte) {
			for _, pkt := range batch {
				if e, ok := parseEcho(pkt); ok {
					texts += e.text
				}
			}
			if len(texts) == n {
				close(done)
			}
		})
		if err != nil {
			t.Error(err)
		}
		<-done
		if want := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 20)[:n]; texts != want {
			t.Errorf("got %s", texts)
		}
	})
}

func TestCloseEndsTheDevice(t *testing.T) {
	inNamespace(t, func() {
		d, _ := open(t, dual)
		if d == nil {
			return
		}
		if err := d.Start(nil); err != link.ErrStarted {
			t.Errorf("second Start: %v, want %v", err, link.ErrStarted)
		}
		closeDevice(t, d)
		for what, err := range map[string]error{
			"Send": d.Send([][]byte{{0}}), "Start": d.Start(nil), "second Close": d.Close(),
		} {
			if !errors.Is(err, link.ErrClosed) {
				t.Errorf("%s: %v, want %v", what, err, link.ErrClosed)
			}
		}
		if _, err := net.InterfaceByName("last0"); err == nil {
			t.Error("the device is still there")
		}
		// And the name is free again.
		if d, _ := open(t, dual); d != nil {
			closeDevice(t, d)
		}
	})
}

func TestRemovedDeviceIsReportedByClose(t *testing.T) {
	inNamespace(t, func() {
		d, _ := open(t, dual)
		if d == nil {
			return
		}
		if err := remove(d.Name()); err != nil {
			t.Error(err)
		}
		<-d.Done()
		for what, err := range map[string]error{"Err": d.Err(), "Close": d.Close()} {
			if err == nil || !strings.Contains(err.Error(), "receive on last0: the device was removed") {
				t.Errorf("%s: error %v, want one of receiving", what, err)
			}
		}
	})
}

func TestClosedDeviceIsDoneWithoutAnError(t *testing.T) {
	inNamespace(t, func() {
		for _, start := range []bool{false, true} {
			d, err := Open(dual)
			if err != nil {
				t.Error(err)
				return
			}
			if start {
				err = d.Start(func([][]byte) {})
			}
			if d.Err() != nil || err != nil {
				t.Errorf("an open device has the error %v, Start %v", d.Err(), err)
			}
			closeDevice(t, d)
			<-d.Done()
			if err := d.Err(); err != nil {
				t.Errorf("a closed device has the error %v", err)
			}
		}
	})
}

// remove removes a device as ip link delete does.
func remove(name string) error {
	nl, err := openNetlink()
	if err != nil {
		return err
	}
	defer nl.close()
	index, err := nl.index(name)
	if err != nil {
		return err
	}
	return nl.do(newMessage(unix.RTM_DELLINK, 0, &unix.IfInfomsg{Index: int32(index)}))
}

func TestSendAllocatesNothing(t *testing.T) {
	inNamespace(t, func() {
		d, err := Open(dual)
		if err != nil {
			t.Error(err)
			return
		}
		defer closeDevice(t, d)
		reply := echo{pairs[0].ours, pairs[0].kernel, echoReply4, "unasked"}
		pkts := [][]byte{reply.packet(), reply.packet()}
		if n := testing.AllocsPerRun(100, func() { _ = d.Send(pkts) }); n != 0 {
			t.Errorf("Send allocates %v times, want 0", n)
		}
	})
}

func TestKernelChoosesTheNumber(t *testing.T) {
	inNamespace(t, func() {
		for _, c := range []struct{ name, want string }{{"", "tun*"}, {"last%d", "last[0-9]"}} {
			d, err := Open(Config{Name: c.name})
			if err != nil {
				t.Error(err)
				return
			}
			if ok, _ := filepath.Match(c.want, d.Name()); !ok {
				t.Errorf("name %q gives %q, want %s", c.name, d.Name(), c.want)
			}
			closeDevice(t, d)
		}
	})
}
