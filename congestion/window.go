package congestion

import "math"

// maxWindow bounds a congestion window, in bytes. The peer's window is never
// larger (RFC 7323 §2.3), so a larger one could not be used; and sums and small
// multiples of it stay within 32 bits.
const maxWindow = 1 << 30

// noThreshold is ssthresh while nothing is known about the path: "arbitrarily
// high" (RFC 5681 §3.1), in bytes.
const noThreshold = math.MaxInt32

// initialWindow is IW, in bytes: ten segments, as far as they are not unusually
// large (RFC 6928 §2).
func initialWindow(mss int) int { return min(10*mss, max(2*mss, 14600)) }

// A window is the congestion window and the threshold below which it grows fast,
// in bytes.
type window struct {
	cwnd, ssthresh int
}

// slowStart tells that cwnd is to grow fast.
func (w *window) slowStart() bool { return w.cwnd < w.ssthresh }

// grow opens the window by n bytes.
func (w *window) grow(n int) { w.cwnd = min(w.cwnd+n, maxWindow) }

// restart is what an idle time leaves of the window: the acknowledgments that
// would set the pace have gone, and a full window would be a burst, so cwnd is
// RW, no more than the initial window (RFC 5681 §4.1). What the window was is
// remembered in the threshold, so that slow start leads back to near it
// (RFC 2861 §3.1).
func (w *window) restart(mss int) {
	w.ssthresh = max(w.ssthresh, w.cwnd/4*3)
	w.cwnd = min(w.cwnd, initialWindow(mss))
}
