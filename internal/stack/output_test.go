package stack

import (
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
