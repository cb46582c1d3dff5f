package lastack_test

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link"
)

func TestStatsCountBothEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, lastack.Config{})
		c, s := connect(t, client, server)
		if _, err := c.Write(make([]byte, 10_000)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		there := server.Stats()
		if there.QueueBytes == 0 {
			t.Error("unread text takes no memory")
		}
		if _, err := s.Read(make([]byte, 10_000)); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Dial("tcp", "10.0.0.2:1"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatal(err)
		}
		synctest.Wait()
		here := client.Stats()
		there = server.Stats()
		if here.Opened != 2 || there.Accepted != 1 || there.ResetsOut != 1 {
			t.Errorf("%d opened, %d accepted, %d resets; want 2, 1, 1", here.Opened, there.Accepted, there.ResetsOut)
		}
		if here.Conns != 1 || there.Conns != 1 || there.HalfOpen != 0 {
			t.Errorf("%d and %d connections, %d half-open; want 1, 1, 0", here.Conns, there.Conns, there.HalfOpen)
		}
		if here.PacketsOut != there.PacketsIn || here.BytesOut != there.BytesIn || here.SegmentsIn != there.SegmentsOut || here.BytesOut < 10_000 {
			t.Errorf("the ends disagree: %+v and %+v", here, there)
		}
		if there.Dropped["no connection"] != 1 {
			t.Errorf("dropped: %v, want the SYN to a closed port", there.Dropped)
		}
	})
}

func TestErrorsOfNewSayLastackOnce(t *testing.T) {
	a, b := link.Pipe(68)
	defer b.Close()
	defer a.Close()
	_, err := lastack.New(a, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
	if err == nil || !strings.HasPrefix(err.Error(), "lastack: the MTU is 68: use ") {
		t.Errorf("got %v", err)
	}
}
