package congestion

import "math"

// maxWindow bounds a congestion window, in bytes. The peer's window is never
// larger (RFC 7323 §2.3), so a larger one could not be used; and the sum of two
// fits in 32 bits.
const maxWindow = 1<<30 - 1

// noThreshold is ssthresh while nothing is known about the path: "arbitrarily
// high" (RFC 5681 §3.1), in bytes.
const noThreshold = math.MaxInt32

// initialWindow is IW, in bytes: ten segments, as far as they are not unusually
// large (RFC 6928 §2).
func initialWindow(mss int) int { return min(10*mss, max(2*mss, 14600)) }

// bound is n, as far as it makes sense as a size of a window or a flight.
func bound(n int) int { return min(max(n, 0), maxWindow) }

// percent is p hundredths of n.
func percent(p, n int) int { return int(int64(n) * int64(p) / 100) }

// A window is the congestion window and the threshold below which it grows fast,
// in bytes.
type window struct {
	cwnd, ssthresh int
}

// slowStart tells that cwnd is to grow fast.
func (w *window) slowStart() bool { return w.cwnd < w.ssthresh }

// first tells that the path has never shown its limits (RFC 9406 §4.3).
func (w *window) first() bool { return w.ssthresh == noThreshold }

// grow opens the window by n bytes.
func (w *window) grow(n int) { w.cwnd = min(w.cwnd+min(n, maxWindow), maxWindow) }

// shrink makes cwnd n, and remembers in the threshold what it was, so that slow
// start leads back to near it (RFC 7661 §4.4.3).
func (w *window) shrink(n int) {
	w.ssthresh = max(w.ssthresh, percent(75, w.cwnd))
	w.cwnd = min(w.cwnd, n)
}
