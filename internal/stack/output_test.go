package stack

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/wire"
)

// MUST-49: the TTL is configurable. No packet may be fragmented, so that the
// path MTU is found.
func TestPacketsHaveTheTTLAndDoNotFragment(t *testing.T) {
	for _, ttl := range []uint8{0, 7} {
		n := newNetwork(t, func(c *Config) { c.TTL = ttl })
		want := ttl
		if ttl == 0 {
			want = wire.DefaultTTL
		}
		n.fate = func(_ int, p *wire.Packet) fate {
			if p.TTL != want || p.Src.Is4() && !p.DF {
				t.Errorf("a packet with TTL %d, DF %v; want %d and true", p.TTL, p.DF, want)
			}
			return fate{}
		}
		c, _, _ := n.open(server80)
		n.write(c, "x")
		n.open(server80v6)
	}
}

// MUST-48, SHLD-21, SHLD-22: what the user says is the Diffserv field of each
// packet, from the SYN on, and may change. The ECN bits beside it stay clear.
func TestPacketsHaveTheDSCP(t *testing.T) {
	for _, at := range []netip.AddrPort{server80, server80v6} {
		n := newNetwork(t, func(c *Config) {
			if c.Name == "client" {
				c.DSCP = 10
			}
		})
		want := uint8(10)
		n.fate = func(_ int, p *wire.Packet) fate {
			if from := n.at(p.Src); from == n.client && p.TOS != want<<2 || from == n.server && p.TOS != 0 {
				t.Errorf("a packet from %v has TOS %d, want codepoint %d from the client, 0 from the server", p.Src, p.TOS, want)
			}
			return fate{}
		}
		c, _, _ := n.open(at)
		n.write(c, "x")
		n.run(time.Second)
		want = 46
		if err := c.SetDSCP(want); err != nil {
			t.Fatal(err)
		}
		n.write(c, "x")
		n.run(time.Second)
		if err := c.SetDSCP(64); err == nil {
			t.Error("a codepoint of seven bits is taken")
		}
	}
}

// MUST-45: a connection keeps the address to which its SYN came.
func TestLocalAddressStays(t *testing.T) {
	second := netip.MustParseAddrPort("10.0.0.3:80")
	n := newNetwork(t, func(c *Config) {
		if c.Name == "server" {
			c.Addrs = append(c.Addrs, netip.MustParsePrefix("10.0.0.3/24"))
		}
	})
	l := n.listen(netip.AddrPortFrom(netip.Addr{}, 80), 0)
	n.fate = func(_ int, p *wire.Packet) fate {
		if p.Src != second.Addr() {
			t.Errorf("a packet from %v, want %v", p.Src, second.Addr())
		}
		return fate{drop: true}
	}
	n.inject(n.server, peer, second, wire.Segment{Flags: wire.SYN, Seq: 100, Wnd: 1000})
	n.flush()
	child := n.server.conns[tupleOf(second, peer)]
	n.inject(n.server, peer, second, wire.Segment{Flags: wire.ACK, Seq: 101, Ack: child.tcp.SndNxt(), Wnd: 1000})
	if l.Accept(n.now) != child || child.Local() != second {
		t.Errorf("the connection is at %v, want %v", child.Local(), second)
	}
	n.write(child, "x")
	n.run(time.Second)
}

// One connection with much to send does not keep others waiting.
func TestConnectionsTakeTurns(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	e := n.dial(server80)
	n.run(time.Second)
	n.write(c, strings.Repeat("x", 100000))
	n.write(e, "me too")
	segs := n.owed(n.client)
	at := slices.IndexFunc(segs, func(s wire.Segment) bool { return s.SrcPort == e.Local().Port() })
	if at != quantum {
		t.Errorf("the second connection sends after %d segments, want %d", at, quantum)
	}
}
