package stack

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// Initial sequence numbers step with a clock of 4 microseconds (§3.4.1) from
// where a keyed hash of the connection says, which nobody else can compute (RFC
// 6528, MUST-8, MUST-9, SHLD-1).
func TestInitialSequenceNumbers(t *testing.T) {
	s := newSecrets([32]byte{1})
	a := tupleOf(netip.AddrPortFrom(clientIP, 1000), server80)
	b := tupleOf(netip.AddrPortFrom(clientIP, 1001), server80)
	now := clock.Time(time.Hour)
	if got := s.iss(now.Add(4*time.Millisecond), a) - s.iss(now, a); got != 1000 {
		t.Errorf("4 ms are %d numbers, want 1000", got)
	}
	if s.iss(now, a) == s.iss(now, b) {
		t.Error("two connections start at the same number")
	}
	other := newSecrets([32]byte{2})
	if s.iss(now, a) == other.iss(now, a) {
		t.Error("two secrets give the same number")
	}
	if s.tsOffset(a) == s.tsOffset(b) {
		t.Error("two connections have the same offset of timestamps")
	}
	if s.isn == s.timestamp || s.isn == s.port || s.timestamp == s.port {
		t.Error("two uses share a key")
	}
	c := a
	c.localPort = 9
	if s.portOffset(a) != s.portOffset(c) {
		t.Error("the port that is looked for has a part in where the search starts")
	}
}

// Timestamps count from an origin that differs from connection to connection and is
// not known from outside, and is the same again for the next incarnation (RFC 7323
// §5.4, RFC 6191 §3).
func TestTimestampOffsets(t *testing.T) {
	a, b := newSecrets([32]byte{1}), newSecrets([32]byte{2})
	seen := map[uint32]uint16{}
	for port := uint16(1); port <= 1000; port++ {
		tu := tupleOf(server80, netip.AddrPortFrom(clientIP, port))
		off := a.tsOffset(tu)
		if other, taken := seen[off]; taken {
			t.Errorf("ports %d and %d have the same offset", other, port)
		}
		seen[off] = port
		if off != a.tsOffset(tu) {
			t.Errorf("port %d has two offsets", port)
		}
		if off == b.tsOffset(tu) {
			t.Errorf("port %d has the same offset under another secret", port)
		}
	}
}
