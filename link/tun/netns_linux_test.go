package tun

import (
	"encoding/binary"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a test waits for the kernel before it fails.
const patience = 10 * time.Second

// inNamespace runs test in a network namespace of its own, with the loopback
// device up. The thread is never unlocked, so it and the namespace end with the
// goroutine. test may fail with t.Error, but not with t.Fatal.
func inNamespace(t *testing.T, test func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making a network namespace needs root: run the test as root, or with unshare -rn")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Errorf("unshare: %v", err)
			return
		}
		nl, err := openNetlink()
		if err != nil {
			t.Error(err)
			return
		}
		defer nl.close()
		if err := loopbackUp(nl); err != nil {
			t.Errorf("bring lo up: %v", err)
			return
		}
		test()
	}()
	<-done
}

func loopbackUp(nl *netlink) error {
	index, err := nl.index("lo")
	if err != nil {
		return err
	}
	return nl.do(up(index, 65536))
}

// open opens a device whose packets come through a channel. It is nil after a
// failure.
func open(t *testing.T, c Config) (*Device, <-chan []byte) {
	t.Helper()
	d, err := Open(c)
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	pkts := make(chan []byte, 1000)
	err = d.Start(func(batch [][]byte) {
		for _, pkt := range batch {
			pkts <- append([]byte(nil), pkt...)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return d, pkts
}

func closeDevice(t *testing.T, d *Device) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// An echo is an ICMP or ICMPv6 echo message in an IP packet.
type echo struct {
	src, dst netip.Addr
	typ      uint8
	text     string
}

// The types of echo messages.
const (
	echoRequest4, echoReply4 = 8, 0     // RFC 792
	echoRequest6, echoReply6 = 128, 129 // RFC 4443 §4
)

// message is the ICMP part, with the checksum.
func (e echo) message() []byte {
	m := append([]byte{e.typ, 0, 0, 0, 0x12, 0x34, 0, 1}, e.text...)
	var pseudo []byte
	if e.src.Is6() { // RFC 8200 §8.1
		pseudo = append(e.src.AsSlice(), e.dst.AsSlice()...)
		pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(m)))
		pseudo = binary.BigEndian.AppendUint32(pseudo, unix.IPPROTO_ICMPV6)
	}
	binary.BigEndian.PutUint16(m[2:], checksum(append(pseudo, m...)))
	return m
}

// packet is the IP packet.
func (e echo) packet() []byte {
	m := e.message()
	if e.src.Is6() {
		ip := append([]byte{6 << 4, 0, 0, 0, 0, byte(len(m)), unix.IPPROTO_ICMPV6, 64}, e.src.AsSlice()...)
		return append(append(ip, e.dst.AsSlice()...), m...)
	}
	ip := append([]byte{4<<4 | 5, 0, 0, byte(20 + len(m)), 0, 0, 0, 0, 64, unix.IPPROTO_ICMP, 0, 0}, e.src.AsSlice()...)
	ip = append(ip, e.dst.AsSlice()...)
	binary.BigEndian.PutUint16(ip[10:], checksum(ip))
	return append(ip, m...)
}

// parseEcho is the echo message in a packet, and false if it holds anything
// else: the kernel sends multicast reports of its own.
func parseEcho(p []byte) (e echo, ok bool) {
	var m []byte
	switch {
	case len(p) > 20 && p[0] == 4<<4|5 && p[9] == unix.IPPROTO_ICMP:
		e.src, _ = netip.AddrFromSlice(p[12:16])
		e.dst, _ = netip.AddrFromSlice(p[16:20])
		m = p[20:]
	case len(p) > 40 && p[0]>>4 == 6 && p[6] == unix.IPPROTO_ICMPV6:
		e.src, _ = netip.AddrFromSlice(p[8:24])
		e.dst, _ = netip.AddrFromSlice(p[24:40])
		m = p[40:]
	}
	if len(m) < 8 {
		return e, false
	}
	e.typ, e.text = m[0], string(m[8:])
	return e, e.typ == echoRequest4 || e.typ == echoReply4 || e.typ == echoRequest6 || e.typ == echoReply6
}

// checksum is the Internet checksum (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint32
	for i, c := range b {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// wantEcho waits for an echo message and compares it.
func wantEcho(t *testing.T, pkts <-chan []byte, want echo) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case p := <-pkts:
			if got, ok := parseEcho(p); ok {
				if got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
				return
			}
		case <-timeout:
			t.Errorf("the kernel did not send %+v", want)
			return
		}
	}
}
