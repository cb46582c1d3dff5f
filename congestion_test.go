package lastack_test

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/congestion"
)

func TestTheStackChoosesTheCongestionControl(t *testing.T) {
	for name, want := range map[string]string{"": "cubic", "reno": "reno", "bbr": "bbr"} {
		synctest.Test(t, func(t *testing.T) {
			control, err := congestion.New(name)
			must(t, err)
			cfg := lastack.Config{Congestion: control}
			if name == "" {
				cfg.Congestion = nil
			}
			client, server := pipe(t, cfg, cfg)
			c, s := connect(t, client, server)
			for _, end := range []*lastack.Conn{c, s} {
				if got := end.Info().Congestion; got != want {
					t.Errorf("the congestion control is %s with the name %q, want %s", got, name, want)
				}
			}
			send(t, c, s, 1<<20)
		})
	}
}

// send passes n bytes from one end to the other.
func send(t *testing.T, c, s *lastack.Conn, n int) {
	t.Helper()
	sent := bytes.Repeat([]byte("lastack "), n/8)
	go c.Write(sent)
	got := make([]byte, len(sent))
	_, err := io.ReadFull(s, got)
	must(t, err)
	if !bytes.Equal(got, sent) {
		t.Error("other bytes arrive than were sent")
	}
}

func TestSetCongestionGoesOnWithTheWindow(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		send(t, c, s, 1<<20)
		before := c.Info().CongestionWindow
		for _, control := range []congestion.Controller{congestion.NewBBR(1), new(congestion.Reno), new(congestion.Cubic)} {
			must(t, c.SetCongestion(control))
			if got := c.Info(); got.CongestionWindow != before || got.Congestion != congestion.Name(control) {
				t.Errorf("%v has a window of %d, want %v and %d as before", got.Congestion, got.CongestionWindow, control, before)
			}
		}
		send(t, c, s, 1<<20)
	})
}

// plain is a congestion control of a program that knows nothing of others.
type plain struct{ *congestion.Reno }

func (plain) Inherit()       {} // not that of congestion.Heir
func (plain) String() string { return "plain" }

func TestSetCongestionTakesAnyController(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		send(t, c, s, 1<<20)
		must(t, c.SetCongestion(plain{new(congestion.Reno)}))
		if got := c.Info(); got.Congestion != "plain" || got.CongestionWindow != 10*got.SegmentSize {
			t.Errorf("the congestion control is %s with a window of %d, want plain and the initial one", got.Congestion, got.CongestionWindow)
		}
		send(t, c, s, 1<<20)
	})
}

func TestSetCongestionOfNothingIsAnError(t *testing.T) {
	connected(t, func(t *testing.T, c, _ *lastack.Conn) {
		if err := c.SetCongestion(nil); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("SetCongestion(nil): %v, want EINVAL", err)
		}
		must(t, c.Close())
		if err := c.SetCongestion(new(congestion.Reno)); err == nil {
			t.Error("SetCongestion of a closed connection: no error")
		}
	})
}
