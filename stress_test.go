package lastack_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link"
)

// Both stacks serve and dial, in both families, on real goroutines: the race
// detector watches.
func TestManyConnectionsAtOnce(t *testing.T) {
	a, b := pipe(t, lastack.Config{SendBuffer: 16 << 10, RecvBuffer: 16 << 10})
	for _, s := range []*lastack.Stack{a, b} {
		go echo(listen(t, s, "tcp", ":7"))
	}
	var all sync.WaitGroup
	for i := range 100 {
		s, hosts := a, []string{server4, server6}
		if i%2 == 0 {
			s, hosts = b, []string{client4, client6}
		}
		all.Go(func() { echoOnce(t, s, net.JoinHostPort(hosts[i/2%2], "7"), i) })
	}
	all.Wait()
}

// echo sends back what comes, until the listener is closed.
func echo(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			io.Copy(c, c)
			c.Close()
		}()
	}
}

// echoOnce sends some data, half-closes, and compares what comes back.
func echoOnce(t *testing.T, s *lastack.Stack, address string, seed int) {
	conn, err := s.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	c := conn.(*lastack.Conn)
	defer c.Close()
	sent := make([]byte, 50_000)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(sent)
	go func() {
		c.Write(sent)
		c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("connection %d: %d bytes came back, %v", seed, len(got), err)
	}
}

// A Write that happens to send what others owe is not kept for ever: another
// goroutine takes over. Here the 100th packet waits until Write has returned.
func TestWriteIsNotKeptBusyForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := link.Pipe(0)
		busy := &busyLink{Link: left}
		a, err := lastack.New(busy, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
		must(t, err)
		defer a.Close()
		b, err := lastack.New(right, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}})
		must(t, err)
		defer b.Close()
		c, _ := connect(t, a, b)
		other, _ := connect(t, a, b)

		returned := make(chan struct{})
		sends := 0
		busy.sent = func() {
			switch sends++; {
			case sends < 100:
				other.Write([]byte("x"))
			case sends == 100:
				<-returned
			}
		}
		must(t, second(c.Write([]byte("x"))))
		close(returned)
		synctest.Wait()
		if sends < 100 {
			t.Errorf("only %d packets were sent", sends)
		}
	})
}

// A busyLink calls sent after every Send.
type busyLink struct {
	link.Link
	sent func()
}

func (l *busyLink) Send(pkts [][]byte) error {
	err := l.Link.Send(pkts)
	if l.sent != nil {
		l.sent()
	}
	return err
}

// A stack that closes in the middle of everything ends everything.
func TestStackCloseUnderLoad(t *testing.T) {
	for range 20 {
		a, b := lastack.Pipe()
		ln := listen(t, b, "tcp", ":7")
		go echo(ln)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				c, err := a.Dial("tcp", server4+":7")
				if err != nil {
					return
				}
				c.SetDeadline(time.Now().Add(time.Hour))
				go io.Copy(c, zeros{})
				_, err = io.Copy(io.Discard, c)
				if !errors.Is(err, net.ErrClosed) && !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("reading ended with %v", err)
				}
			})
		}
		all.Go(func() { b.Close() })
		all.Go(func() { a.Close() })
		all.Wait()
	}
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
