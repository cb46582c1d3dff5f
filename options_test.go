package lastack_test

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/trace"
)

func TestKeepAliveIsSetAsInPackageNet(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		for _, tt := range []struct {
			name string
			set  func() error
			want time.Duration // until the first probe; 0: none
		}{
			{"by default", func() error { return nil }, 15 * time.Second},
			{"period 5 s", func() error { return c.SetKeepAlivePeriod(5 * time.Second) }, 5 * time.Second},
			{"a negative period", func() error { return c.SetKeepAlivePeriod(-1) }, 5 * time.Second},
			{"off", func() error { return c.SetKeepAlive(false) }, 0},
			{"on again", func() error { return c.SetKeepAlive(true) }, 5 * time.Second},
			{"all negative", func() error {
				return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1})
			}, 5 * time.Second},
			{"all zero", func() error { return c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}) }, 15 * time.Second},
		} {
			must(t, tt.set())
			got := c.Info()
			if on := got.Timer == trace.KeepAlive; on != (tt.want > 0) || got.TimerLeft != tt.want {
				t.Errorf("%s: the next timer is %v in %v, want %v", tt.name, got.Timer, got.TimerLeft, tt.want)
			}
		}
	})
}

func TestKeepAliveOfTheConfig(t *testing.T) {
	for _, tt := range []struct {
		cfg  lastack.Config
		want time.Duration // until the first probe; 0: none
	}{
		{lastack.Config{KeepAlive: 7 * time.Second}, 7 * time.Second},
		{lastack.Config{KeepAlive: -1}, 0},
		{lastack.Config{KeepAlive: -1, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: time.Minute}}, time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := pipe(t, tt.cfg)
			c, s := connect(t, client, server)
			for _, end := range []*lastack.Conn{c, s} {
				if got := end.Info().TimerLeft; got != tt.want {
					t.Errorf("the first probe is sent after %v, want %v", got, tt.want)
				}
			}
		})
	}
}

// SetReadBuffer and SetWriteBuffer do what those of net.TCPConn do: what is out
// of bounds is moved within, and what is no size is an error.
func TestBuffersCanBeFixed(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		for set, want := range map[int]int{1: 4 << 10, 100_000: 100_000, 1<<31 - 1: 1 << 30} {
			must(t, c.SetReadBuffer(set))
			must(t, c.SetWriteBuffer(set))
			if got := c.Info(); got.RecvBuffer != want || got.SendBuffer != want {
				t.Errorf("set to %d: the buffers are %d and %d, want %d", set, got.RecvBuffer, got.SendBuffer, want)
			}
		}
		checkError(t, c.SetReadBuffer(0), "set", syscall.EINVAL, false)
		checkError(t, c.SetWriteBuffer(-1), "set", syscall.EINVAL, false)
		must(t, c.Close())
		checkError(t, c.SetReadBuffer(10_000), "set", net.ErrClosed, false)
		checkError(t, c.SetWriteBuffer(10_000), "set", net.ErrClosed, false)
	})
}

// A Write that waits goes on as soon as there is room.
func TestLargerWriteBufferWakesTheWriter(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		wrote := make(chan error, 1)
		go func() { wrote <- second(c.Write(make([]byte, 1<<20))) }()
		synctest.Wait()
		if n := c.Info().SendQueue; n == 1<<20 {
			t.Fatal("the Write does not wait")
		}
		must(t, c.SetWriteBuffer(2<<20))
		must(t, <-wrote)
	})
}

// Many connections that nobody reads stay within the stack's memory limit, but
// for one chunk each, and go on when somebody does.
func TestMemoryLimitHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, conns, each = 1 << 20, 40, 200_000
		client, server := pipe(t, lastack.Config{MemoryLimit: limit})
		ends := make([]*lastack.Conn, conns)
		wrote := make(chan error, conns)
		for i := range ends {
			var c *lastack.Conn
			c, ends[i] = connect(t, client, server)
			go func() { wrote <- errors.Join(second(c.Write(make([]byte, each))), c.CloseWrite()) }()
		}
		time.Sleep(10 * time.Second)
		for name, s := range map[string]*lastack.Stack{"client": client, "server": server} {
			n := 0
			for info := range s.Conns() {
				n += info.SendQueue + info.RecvQueue
			}
			if n < limit/2 || n > limit+2*conns*16<<10 {
				t.Errorf("the %s holds %d bytes, want about %d", name, n, limit)
			}
		}
		for _, s := range ends {
			go func() {
				got, err := io.ReadAll(s)
				wrote <- err
				if len(got) != each {
					t.Errorf("%d bytes arrived, want %d", len(got), each)
				}
			}()
		}
		for range 2 * conns {
			must(t, <-wrote)
		}
	})
}

// With the Nagle algorithm a second small write waits for the acknowledgment
// of the first, which the peer delays.
func TestNoDelayIsTheDefault(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		for _, tt := range []struct {
			name   string
			set    func() error
			unsent int
		}{
			{"by default", func() error { return nil }, 0},
			{"with SetNoDelay(false)", func() error { return c.SetNoDelay(false) }, 1},
			{"with SetNoDelay(true)", func() error { return c.SetNoDelay(true) }, 0},
		} {
			must(t, tt.set())
			must(t, second(c.Write([]byte("a"))))
			must(t, second(c.Write([]byte("b"))))
			if got := c.Info().Unsent; got != tt.unsent {
				t.Errorf("%s %d bytes wait, want %d", tt.name, got, tt.unsent)
			}
			time.Sleep(time.Second) // all is acknowledged
		}
	})
}
