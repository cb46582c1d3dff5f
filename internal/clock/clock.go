// Package clock is time as the protocol code sees it: eight bytes that only
// go forward. Nothing below the root package reads a clock; now is a parameter.
package clock

import (
	"math"
	"time"
)

// A Time is a moment: nanoseconds since an origin that its owner chose (the
// start of a stack, or of a simulation).
type Time int64

// Never is a moment that does not come: the deadline of a timer that is off.
const Never Time = math.MaxInt64

// Add is the moment d after t. Never stays Never, and a sum too large to
// represent is Never.
func (t Time) Add(d time.Duration) Time {
	if t == Never || d > 0 && t > Never-Time(d) {
		return Never
	}
	return t + Time(d)
}

// Sub is the time that passes from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Before reports whether t comes before u.
func (t Time) Before(u Time) bool { return t < u }

// After reports whether t comes after u.
func (t Time) After(u Time) bool { return t > u }

// String is t as a duration since the origin.
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}
