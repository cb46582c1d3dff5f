package lastack_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
)

// Every error is one *net.OpError that a network programmer recognises.
func TestErrorsHaveTheIdentitiesOfPackageNet(t *testing.T) {
	ctx := context.Background()
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	free := netip.MustParseAddrPort("10.0.0.2:80")

	for _, tt := range []struct {
		name    string
		op      string
		want    error
		timeout bool
		do      func(t *testing.T, a, b *lastack.Stack) error
	}{
		{"dial where nobody listens", "dial", syscall.ECONNREFUSED, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(a.Dial("tcp", "10.0.0.2:81"))
		}},
		{"dial where nobody is", "dial", syscall.ETIMEDOUT, true, func(t *testing.T, a, b *lastack.Stack) error {
			return second(a.Dial("tcp", "10.0.0.99:80"))
		}},
		{"dial until the context's deadline", "dial", context.DeadlineExceeded, true, func(t *testing.T, a, b *lastack.Stack) error {
			return dialFor(a, time.Second)
		}},
		{"dial until the context's deadline, seen by package os", "dial", os.ErrDeadlineExceeded, true, func(t *testing.T, a, b *lastack.Stack) error {
			return dialFor(a, time.Second)
		}},
		{"dial until cancelled", "dial", context.Canceled, false, func(t *testing.T, a, b *lastack.Stack) error {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return second(a.DialContext(ctx, "tcp", "10.0.0.99:80"))
		}},
		{"dial with a cancelled context", "dial", context.Canceled, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(a.DialContext(canceled, "tcp", "10.0.0.99:80"))
		}},
		{"dial from an address of another", "dial", syscall.EADDRNOTAVAIL, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(a.DialTCP(ctx, netip.MustParseAddrPort("10.0.0.7:0"), free))
		}},
		{"dial from a port in use", "dial", syscall.EADDRINUSE, false, func(t *testing.T, a, b *lastack.Stack) error {
			listen(t, b, "tcp", free.String())
			from := netip.MustParseAddrPort("10.0.0.1:5000")
			_, err := a.DialTCP(ctx, from, free)
			must(t, err)
			return second(a.DialTCP(ctx, from, free))
		}},
		{"dial a family that the stack has not", "dial", syscall.ENETUNREACH, false, func(t *testing.T, a, b *lastack.Stack) error {
			only4, _ := pipe(t, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
			return second(only4.Dial("tcp", "[2001:db8::1]:80"))
		}},
		{"dial on a closed stack", "dial", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			a.Close()
			return second(a.Dial("tcp", "10.0.0.2:80"))
		}},
		{"listen on a port in use", "listen", syscall.EADDRINUSE, false, func(t *testing.T, a, b *lastack.Stack) error {
			listen(t, b, "tcp", ":80")
			return second(b.Listen("tcp", ":80"))
		}},
		{"listen on an address of another", "listen", syscall.EADDRNOTAVAIL, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(b.Listen("tcp", "10.0.0.1:80"))
		}},
		{"set the deadline of a closed listener", "set", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			ln := listen(t, b, "tcp", ":80")
			ln.Close()
			return ln.SetDeadline(time.Time{})
		}},
		{"listen on a closed stack", "listen", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			b.Close()
			return second(b.Listen("tcp", ":80"))
		}},
		{"accept after Close", "accept", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			ln := listen(t, b, "tcp", ":80")
			ln.Close()
			return second(ln.Accept())
		}},
		{"accept after the deadline", "accept", os.ErrDeadlineExceeded, true, func(t *testing.T, a, b *lastack.Stack) error {
			ln := listen(t, b, "tcp", ":80")
			must(t, ln.SetDeadline(time.Now().Add(time.Second)))
			return second(ln.Accept())
		}},
		{"close a listener twice", "close", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			ln := listen(t, b, "tcp", ":80")
			must(t, ln.Close())
			return ln.Close()
		}},
		{"read after the peer's reset", "read", syscall.ECONNRESET, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(resetByPeer(t, a, b).Read(make([]byte, 1)))
		}},
		{"write after the peer's reset", "write", syscall.ECONNRESET, false, func(t *testing.T, a, b *lastack.Stack) error {
			return second(resetByPeer(t, a, b).Write([]byte("x")))
		}},
		{"CloseWrite after the peer's reset", "close", syscall.ECONNRESET, false, func(t *testing.T, a, b *lastack.Stack) error {
			return resetByPeer(t, a, b).CloseWrite()
		}},
		{"write after CloseWrite", "write", syscall.EPIPE, false, func(t *testing.T, a, b *lastack.Stack) error {
			c, _ := connect(t, a, b)
			must(t, c.CloseWrite())
			return second(c.Write([]byte("x")))
		}},
		{"read after the deadline", "read", os.ErrDeadlineExceeded, true, func(t *testing.T, a, b *lastack.Stack) error {
			c, _ := connect(t, a, b)
			must(t, c.SetReadDeadline(time.Now().Add(time.Second)))
			return second(c.Read(make([]byte, 1)))
		}},
		{"write after the deadline", "write", os.ErrDeadlineExceeded, true, func(t *testing.T, a, b *lastack.Stack) error {
			c, _ := connect(t, a, b)
			must(t, c.SetWriteDeadline(time.Now().Add(-1)))
			return second(c.Write([]byte("x")))
		}},
		{"read after CloseRead", "read", net.ErrClosed, false, func(t *testing.T, a, b *lastack.Stack) error {
			c, _ := connect(t, a, b)
			must(t, c.CloseRead())
			return second(c.Read(make([]byte, 1)))
		}},
		{"read after Close", "read", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return second(c.Read(make([]byte, 1))) })},
		{"read nothing after Close", "read", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return second(c.Read(nil)) })},
		{"write after Close", "write", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return second(c.Write([]byte("x"))) })},
		{"write nothing after Close", "write", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return second(c.Write(nil)) })},
		{"close after Close", "close", net.ErrClosed, false, afterClose((*lastack.Conn).Close)},
		{"CloseRead after Close", "close", net.ErrClosed, false, afterClose((*lastack.Conn).CloseRead)},
		{"CloseWrite after Close", "close", net.ErrClosed, false, afterClose((*lastack.Conn).CloseWrite)},
		{"SetDeadline after Close", "set", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return c.SetDeadline(time.Time{}) })},
		{"SetLinger after Close", "set", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return c.SetLinger(0) })},
		{"SetNoDelay after Close", "set", net.ErrClosed, false, afterClose(func(c *lastack.Conn) error { return c.SetNoDelay(true) })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := pipe(t)
				checkError(t, tt.do(t, a, b), tt.op, tt.want, tt.timeout)
			})
		})
	}
}

func checkError(t *testing.T, err error, op string, want error, timeout bool) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want one that is %v", err, want)
	}
	e, ok := err.(*net.OpError)
	if !ok {
		t.Fatalf("got a %T, want a *net.OpError", err)
	}
	if e.Op != op || e.Net != "tcp" || e.Addr == nil {
		t.Errorf("got Op %q, Net %q, Addr %v, want %q, tcp and an address", e.Op, e.Net, e.Addr, op)
	}
	if e.Timeout() != timeout {
		t.Errorf("Timeout is %v", e.Timeout())
	}
}

// second is the error of a call that gives a value, too.
func second[T any](_ T, err error) error { return err }

// dialFor dials an address that does not answer.
func dialFor(s *lastack.Stack, d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return second(s.DialContext(ctx, "tcp", "10.0.0.99:80"))
}

// resetByPeer is a connection that the peer has aborted.
func resetByPeer(t *testing.T, a, b *lastack.Stack) *lastack.Conn {
	c, s := connect(t, a, b)
	must(t, s.SetLinger(0))
	must(t, s.Close())
	return c
}

// afterClose does something with a connection that is closed.
func afterClose(do func(*lastack.Conn) error) func(*testing.T, *lastack.Stack, *lastack.Stack) error {
	return func(t *testing.T, a, b *lastack.Stack) error {
		c, _ := connect(t, a, b)
		must(t, c.Close())
		return do(c)
	}
}

func TestEOFMeansThePeersFINAndIsBare(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, second(s.Write([]byte("last words"))))
		must(t, s.Close())
		got := make([]byte, 100)
		n, err := c.Read(got)
		if string(got[:n]) != "last words" || err != nil {
			t.Fatalf("read %q, %v before the end", got[:n], err)
		}
		for range 2 {
			if _, err := c.Read(got); err != io.EOF {
				t.Errorf("at the end, Read gives %v, want io.EOF itself", err)
			}
		}
	})
}

func TestDialGivesNoConnectionWithAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := pipe(t)
		c, err := a.Dial("tcp", server4+":81")
		if c != nil || err == nil {
			t.Errorf("got %v, %v", c, err)
		}
	})
}

func TestDialErrorNamesBothEnds(t *testing.T) {
	a, _ := pipe(t)
	_, err := a.Dial("tcp", server4+":81")
	e, ok := errors.AsType[*net.OpError](err)
	if !ok {
		t.Fatal(err)
	}
	source, _ := e.Source.(*net.TCPAddr)
	if source == nil || source.IP.String() != client4 || source.Port == 0 || e.Addr.String() != "10.0.0.2:81" {
		t.Errorf("the error is %q", err)
	}
}

func TestContextErrorsReadAsThoseOfPackageNet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := pipe(t)
		err := dialFor(a, time.Second)
		if !strings.HasSuffix(err.Error(), "->10.0.0.99:80: i/o timeout") {
			t.Errorf("the deadline gives %q", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		err = second(a.DialContext(ctx, "tcp", "10.0.0.99:80"))
		if err.Error() != "dial tcp 10.0.0.99:80: operation was canceled" {
			t.Errorf("cancelling gives %q", err)
		}
	})
}

func TestBadAddressesAreExplained(t *testing.T) {
	a, _ := pipe(t)
	for _, tt := range []struct{ network, address, want string }{
		{"udp", "10.0.0.2:80", "dial udp: unknown network udp"},
		{"tcp", "10.0.0.2", "dial tcp: address 10.0.0.2: missing port in address"},
		{"tcp", "10.0.0.2:99999", "dial tcp: address 99999: invalid port"},
		{"tcp4", "[fd00::2]:80", "dial tcp4: address fd00::2: no address for network tcp4"},
		{"tcp6", "10.0.0.2:80", "dial tcp6: address 10.0.0.2: no address for network tcp6"},
		{"tcp", "example.com:80", "dial tcp: lookup example.com: no resolver: set Config.Resolver, or use an IP address"},
	} {
		if _, err := a.Dial(tt.network, tt.address); err == nil || err.Error() != tt.want {
			t.Errorf("dialling %s %s gives %q, want %q", tt.network, tt.address, err, tt.want)
		}
	}
}
