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
