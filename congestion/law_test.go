package congestion

import (
	"math"
	"testing"
	"time"
)

// lossy is a path without limits that loses every nth segment.
func lossy(n int, rtt time.Duration) path {
	return path{rate: 1e12, queue: maxWindow, rtt: rtt, every: n}
}

// throughput is that of the second half of the time, in segments per round trip.
func throughput(c Controller, p path, d time.Duration) float64 {
	f := newFlow(c, p)
	f.run(d / 2)
	return float64(f.run(d)) / mss * p.rtt.Seconds() / (d / 2).Seconds()
}

// With a loss every 1/p segments, the sawtooth of Reno carries sqrt(3/2p)
// segments in a round trip.
func TestRenoSawtoothFollowsItsModel(t *testing.T) {
	for _, every := range []int{1000, 10000} {
		got := throughput(new(Reno), lossy(every, 100*time.Millisecond), 8*time.Minute)
		within(t, "Reno's throughput", got, math.Sqrt(1.5*float64(every)), 0.1)
	}
}

// RFC 9438 §5.1, figure 8 and tables 1 and 2: what CUBIC carries in a round trip.
func TestCubicFollowsItsModel(t *testing.T) {
	for _, test := range []struct {
		every int
		rtt   time.Duration
		want  float64
	}{
		{10000, 100 * time.Millisecond, 187},
		{100000, 100 * time.Millisecond, 1054},
		{1000, 10 * time.Millisecond, 38},
		{10000, 10 * time.Millisecond, 120},
	} {
		if testing.Short() && test.every > 10000 {
			continue // two million segments
		}
		got := throughput(new(Cubic), lossy(test.every, test.rtt), 2000*test.rtt)
		within(t, "CUBIC's throughput", got, test.want, 0.15)
	}
}
