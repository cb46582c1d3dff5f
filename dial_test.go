package lastack_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
)

func TestListenersTakeTheAddressesOfTheirNetwork(t *testing.T) {
	for _, tt := range []struct {
		network, address string
		want             string
		takes4, takes6   bool
	}{
		{"tcp", ":80", "[::]:80", true, true},
		{"tcp", "0.0.0.0:80", "[::]:80", true, true},
		{"tcp", "[::]:80", "[::]:80", true, true},
		{"tcp4", ":80", "0.0.0.0:80", true, false},
		{"tcp6", ":80", "[::]:80", false, true},
		{"tcp", "10.0.0.2:80", "10.0.0.2:80", true, false},
		{"tcp", "[fd00::2%eth0]:80", "[fd00::2]:80", false, true},
		{"tcp", ":http", "[::]:80", true, true},
	} {
		client, server := pipe(t)
		ln := listen(t, server, tt.network, tt.address)
		if got := ln.Addr().String(); got != tt.want {
			t.Errorf("a listener on %s %s is at %s, want %s", tt.network, tt.address, got, tt.want)
		}
		_, err4 := client.Dial("tcp4", server4+":80")
		_, err6 := client.Dial("tcp6", "["+server6+"]:80")
		if takes4, takes6 := err4 == nil, err6 == nil; takes4 != tt.takes4 || takes6 != tt.takes6 {
			t.Errorf("a listener on %s %s takes IPv4: %v, IPv6: %v", tt.network, tt.address, takes4, takes6)
		}
	}
}

func TestDialFromAGivenAddress(t *testing.T) {
	client, server := pipe(t)
	ln := listen(t, server, "tcp", ":80")
	laddr, raddr := netip.MustParseAddrPort("10.0.0.1:4444"), netip.MustParseAddrPort("10.0.0.2:80")
	c, err := client.DialTCP(context.Background(), laddr, raddr)
	must(t, err)
	s := accept(t, ln)
	if c.LocalAddr().String() != laddr.String() || s.RemoteAddr().String() != laddr.String() {
		t.Errorf("the connection is from %v, seen as %v", c.LocalAddr(), s.RemoteAddr())
	}
	if c.RemoteAddr().String() != raddr.String() || s.LocalAddr().String() != raddr.String() {
		t.Errorf("the connection is to %v, seen as %v", c.RemoteAddr(), s.LocalAddr())
	}
}

func TestNamesAreResolvedAndTriedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		addrs := []netip.Addr{netip.MustParseAddr("10.0.0.99"), netip.MustParseAddr(server6), netip.MustParseAddr(server4)}
		noName := errors.New("no such name")
		client, server := pipe(t, lastack.Config{Resolver: func(ctx context.Context, host string) ([]netip.Addr, error) {
			if host != "server.test" {
				return nil, noName
			}
			return addrs, nil
		}})
		listen(t, server, "tcp4", ":80")
		ctx, cancel := context.WithTimeout(context.Background(), 9*time.Second)
		defer cancel()
		c, err := client.DialContext(ctx, "tcp", "server.test:80")
		must(t, err)
		if got := c.RemoteAddr().String(); got != server4+":80" {
			t.Errorf("connected to %s; the other addresses do not answer, or refuse", got)
		}
		if _, err := client.Dial("tcp6", "server.test:80"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("over IPv6 only: %v", err)
		}
		if _, err := client.Dial("tcp", "elsewhere.test:80"); !errors.Is(err, noName) {
			t.Errorf("got %v, want the resolver's error", err)
		}
	})
}

// A cancelled dial leaves nothing behind.
func TestCancelledDialIsAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pipe(t)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := client.DialContext(ctx, "tcp", "10.0.0.99:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if left := slices.Collect(client.Conns()); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestContextHasNoEffectOnAnOpenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		listen(t, server, "tcp", ":80")
		ctx, cancel := context.WithCancel(context.Background())
		c, err := client.DialContext(ctx, "tcp", server4+":80")
		must(t, err)
		cancel()
		synctest.Wait()
		must(t, second(c.Write([]byte("x"))))
	})
}

// Both ends dial before a packet of the other has arrived.
func TestSimultaneousOpenMakesOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server, gateA, gateB := gatedPipe(t, lastack.Config{})
		a, b := netip.MustParseAddrPort("10.0.0.1:5000"), netip.MustParseAddrPort("10.0.0.2:5000")
		gateA.shut.Store(true)
		gateB.shut.Store(true)
		done := make(chan *lastack.Conn)
		open := func(s *lastack.Stack, laddr, raddr netip.AddrPort) {
			c, err := s.DialTCP(context.Background(), laddr, raddr)
			if err != nil {
				t.Error(err)
			}
			done <- c
		}
		go open(client, a, b)
		go open(server, b, a)
		synctest.Wait()
		gateA.shut.Store(false) // the SYNs are sent again
		gateB.shut.Store(false)
		for range 2 {
			if c := <-done; c.State() != fsm.Established {
				t.Errorf("an end is in %v", c.State())
			}
		}
	})
}

func TestListenerDialsFromItsPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		far := listen(t, client, "tcp", ":80")
		near := listen(t, server, "tcp", ":7000")
		c, err := near.Dial(context.Background(), netip.MustParseAddrPort("10.0.0.1:80"))
		must(t, err)
		if got := accept(t, far).RemoteAddr().String(); got != "10.0.0.2:7000" {
			t.Errorf("the connection is from %v, want the listener's port", got)
		}
		must(t, c.Close())
		dial(t, client, server4+":7000") // the listener goes on
		accept(t, near)
		must(t, near.Close())
		if _, err := near.Dial(context.Background(), netip.MustParseAddrPort("10.0.0.1:80")); err == nil {
			t.Error("a closed listener dials")
		}
	})
}
