package tun

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWatchIgnoresWhatItDoesNotAwait(t *testing.T) {
	own := netip.MustParseAddr("fd99::1")
	w := &watch{awaits: map[announced]bool{{own, unix.RTN_LOCAL}: true}}
	route := func(dst string, typ uint8) []byte {
		p := netip.MustParsePrefix(dst)
		m := newMessage(unix.RTM_NEWROUTE, 0, &unix.RtMsg{Family: unix.AF_INET6, Dst_len: uint8(p.Bits()), Type: typ})
		m.attr(unix.RTA_DST, p.Addr().AsSlice())
		return m.encode(0)
	}
	for _, b := range [][]byte{
		{1, 2, 3},
		newMessage(unix.RTM_NEWROUTE, 0, uint32(0)).encode(0),
		route("fd99::1/64", unix.RTN_LOCAL),
		route("fd99::1/128", unix.RTN_UNICAST),
		route("fd99::2/128", unix.RTN_LOCAL),
	} {
		if w.heard(b); len(w.awaits) != 1 {
			t.Errorf("message %x is taken for the awaited one", b)
		}
	}
	if w.heard(route("fd99::1/128", unix.RTN_LOCAL)); len(w.awaits) != 0 {
		t.Error("the awaited route is not recognized")
	}
}

func TestNetlinkAnswers(t *testing.T) {
	for n := range 20 {
		if done, err := answer(make([]byte, n), 1); !done || err == nil {
			t.Errorf("an answer of %d bytes is taken", n)
		}
	}
	if done, _ := answer(make([]byte, 20), 1); done {
		t.Error("a message that is no answer is taken for one")
	}
}
