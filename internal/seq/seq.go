// Package seq is the arithmetic of TCP's sequence space (§3.4).
package seq

// A Num is a sequence number: a position in a space that wraps at 2³².
//
// Nums are ordered only within half the space, so they compare with Before
// and After, never with < and >.
type Num uint32

// Before reports whether a is behind b: a < b in the RFC's notation.
func (a Num) Before(b Num) bool { return int32(a-b) < 0 }

// After reports whether a is ahead of b: a > b in the RFC's notation.
func (a Num) After(b Num) bool { return b.Before(a) }

// In reports whether a is one of the n numbers starting at lo:
// lo =< a < lo+n in the RFC's notation.
func (a Num) In(lo Num, n uint32) bool { return uint32(a-lo) < n }

// Add is a, n numbers further on; n may be negative.
func (a Num) Add(n int) Num { return a + Num(n) }

// Sub is the distance from b to a: a-b, negative if a is behind b.
func (a Num) Sub(b Num) int { return int(int32(a - b)) }

// Max is the one of a and b that is ahead.
func Max(a, b Num) Num {
	if a.Before(b) {
		return b
	}
	return a
}

// Min is the one of a and b that is behind.
func Min(a, b Num) Num {
	if a.Before(b) {
		return a
	}
	return b
}
