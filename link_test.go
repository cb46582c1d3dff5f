package lastack_test

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link"
)

// A gate is a link that can lose everything that is sent.
type gate struct {
	link.Link
	shut atomic.Bool
}

func (g *gate) Send(pkts [][]byte) error {
	if g.shut.Load() {
		return nil
	}
	return g.Link.Send(pkts)
}

// gatedPipe is two stacks, and the gates behind which they are.
func gatedPipe(t *testing.T, cfg lastack.Config) (a, b *lastack.Stack, gateA, gateB *gate) {
	t.Helper()
	left, right := link.Pipe(0)
	gateA, gateB = &gate{Link: left}, &gate{Link: right}
	stack := func(l link.Link, addr string) *lastack.Stack {
		cfg.Addrs = []netip.Prefix{netip.MustParsePrefix(addr)}
		s, err := lastack.New(l, cfg)
		must(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	return stack(gateA, client4+"/24"), stack(gateB, server4+"/24"), gateA, gateB
}

// A router is a link that answers every packet with "host unreachable".
type router struct{ receive func([][]byte) }

func (r *router) MTU() int { return 1500 }

func (r *router) Start(receive func([][]byte)) error {
	r.receive = receive
	return nil
}

func (r *router) Send(pkts [][]byte) error {
	for _, pkt := range pkts {
		r.receive([][]byte{hostUnreachable(pkt)})
	}
	return nil
}

func (r *router) Close() error { return nil }

// hostUnreachable is the ICMP message for an IPv4 packet (RFC 792), from its
// destination.
func hostUnreachable(pkt []byte) []byte {
	quote := pkt[:28]
	out := make([]byte, 28+len(quote))
	out[0], out[8], out[9] = 0x45, 64, 1
	binary.BigEndian.PutUint16(out[2:], uint16(len(out)))
	copy(out[12:16], pkt[16:20])
	copy(out[16:20], pkt[12:16])
	binary.BigEndian.PutUint16(out[10:], checksum(out[:20]))
	out[20], out[21] = 3, 1
	copy(out[28:], quote)
	binary.BigEndian.PutUint16(out[22:], checksum(out[20:]))
	return out
}

// checksum is that of RFC 1071, of an even number of bytes.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func TestUnreachableHostIsNamedWhenTheDialGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := lastack.New(&router{}, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
		must(t, err)
		defer s.Close()
		_, err = s.Dial("tcp", "192.0.2.1:80")
		checkError(t, err, "dial", syscall.EHOSTUNREACH, false)
	})
}

func TestDeadPeerIsFoundByKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, gateB := gatedPipe(t, lastack.Config{})
		c, _ := connect(t, a, b)
		gateB.shut.Store(true)
		checkError(t, second(c.Read(make([]byte, 1))), "read", syscall.ETIMEDOUT, true)
	})
}

func TestUserTimeoutEndsUnacknowledgedData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, gateB := gatedPipe(t, lastack.Config{})
		c, _ := connect(t, a, b)
		must(t, c.SetUserTimeout(5e9))
		gateB.shut.Store(true)
		must(t, second(c.Write([]byte("hello?"))))
		checkError(t, second(c.Read(make([]byte, 1))), "read", syscall.ETIMEDOUT, true)
	})
}

func TestLinkThatCannotStartFailsNew(t *testing.T) {
	l, _ := link.Pipe(0)
	must(t, l.Close())
	_, err := lastack.New(l, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
	if !errors.Is(err, link.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
