package lastack_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link"
)

func TestBadConfigsSayWhatToDo(t *testing.T) {
	one := []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}
	for _, tt := range []struct {
		cfg  lastack.Config
		want string
	}{
		{lastack.Config{}, "no address in Config.Addrs: give the stack one"},
		{lastack.Config{Addrs: []netip.Prefix{{}}}, "use the address of one host with its prefix"},
		{lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("224.0.0.1/4")}}, "use the address of one host"},
		{lastack.Config{Addrs: one, SendBuffer: 10}, "SendBuffer is 10: use 0 for the default, or 4096 to 1073741824"},
		{lastack.Config{Addrs: one, RecvBuffer: 1<<30 + 1}, "RecvBuffer is 1073741825: use 0"},
		{lastack.Config{Addrs: one, MaxSendBuffer: -1}, "MaxSendBuffer is -1: use 0"},
		{lastack.Config{Addrs: one, MaxRecvBuffer: 1<<31 - 1}, "MaxRecvBuffer is 2147483647: use 0"},
		{lastack.Config{Addrs: one, MemoryLimit: 1000}, "MemoryLimit is 1000: use 0 for the default, or 1048576 to"},
		{lastack.Config{Addrs: one, Backlog: -1}, "Backlog is -1: use 0"},
		{lastack.Config{Addrs: one, TimeWait: -time.Second}, "TimeWait is -1000000000: use 0"},
		{lastack.Config{Addrs: one, PortRange: [2]uint16{9, 8}}, "PortRange is 9 to 8"},
		{lastack.Config{Addrs: one, DSCP: 64}, "bad Diffserv codepoint 64: use 0 to 63"},
		{lastack.Config{Addrs: one, FastOpen: 3}, "FastOpen is 3: use FastOpenDial"},
		{lastack.Config{Addrs: one, MTUProbing: 3}, "MTUProbing is 3: use MTUProbingOnBlackHole"},
		{lastack.Config{Addrs: one, ECN: 4}, "ECN is 4: use ECNWhenAsked"},
		{lastack.Config{Addrs: one, PortRange: [2]uint16{0, 8}}, "PortRange is 0 to 8"},
		{lastack.Config{Addrs: one, Rand: iotest.ErrReader(errors.New("no entropy"))}, "reading random bytes: no entropy"},
	} {
		l, _ := link.Pipe(0)
		_, err := lastack.New(l, tt.cfg)
		if err == nil || !strings.HasPrefix(err.Error(), "lastack: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

func TestNewNeedsALink(t *testing.T) {
	_, err := lastack.New(nil, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
	if err == nil || !strings.Contains(err.Error(), "the link is nil") {
		t.Errorf("error %v, want one that asks for a link", err)
	}
}

func TestPortsComeFromTheRange(t *testing.T) {
	client, server := pipe(t, lastack.Config{PortRange: [2]uint16{7000, 7001}})
	listen(t, server, "tcp", ":80")
	seen := map[string]bool{}
	for range 2 {
		seen[dial(t, client, server4+":80").LocalAddr().String()] = true
	}
	if !seen[client4+":7000"] || !seen[client4+":7001"] {
		t.Errorf("the connections are from %v", seen)
	}
	if _, err := client.Dial("tcp", server4+":80"); err == nil || !strings.Contains(err.Error(), "PortRange") {
		t.Errorf("with no port left: %v", err)
	}
}
