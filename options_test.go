package lastack_test

import (
	"net"
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
