package throughput

import (
	"time"

	"github.com/lastack/lastack/internal/sim"
)

// A Result is what one flow got.
type Result struct {
	Cell
	Goodput float64       // bits of data per second that the receiver's user read
	Resent  float64       // segments sent again, as a share of those that arrived
	Delay   time.Duration // smoothed round-trip time at the end: what is more than RTT is queue
	Start   time.Duration // when slow start was over
}

// Measure lets a flow run: through slow start, and then for the time that is
// measured.
func Measure(c Cell) Result {
	there := sim.Path{Rate: c.Rate, Delay: c.RTT / 2, Queue: sim.Queue{Bytes: c.queue()}, Loss: c.Loss}
	back := sim.Path{Rate: c.Rate, Delay: c.RTT / 2}
	w := newWorld(1, c.buffer(), there, back)
	f := w.open(40000, c.Congestion)
	w.pour(f, endless)
	w.RunUntil(never, w.started(f, c))
	start, got, resent := w.Time(), f.got, f.from.Info().Resent
	w.Run(w.Now().Add(c.duration()))
	info := f.from.Info()
	bytes := float64(f.got - got)
	return Result{
		Cell:    c,
		Goodput: bytes * 8 / c.duration().Seconds(),
		Resent:  float64(info.Resent-resent) / (bytes / mss),
		Delay:   info.SRTT,
		Start:   start,
	}
}

// settling is how many round trips after its end slow start has effects: what it
// has put into the network too much is lost and mended.
const settling = 10

// started is asked after everything that happens whether the flow's slow start is
// over, and what it has lost is mended. BBR has no slow start threshold; it finds
// the bandwidth in some round trips.
func (w *world) started(f *flow, c Cell) func() bool {
	if c.Congestion == "bbr" {
		return func() bool { return w.Time() > 20*c.RTT+time.Second }
	}
	over := time.Duration(0)
	return func() bool {
		if over == 0 && f.from.Info().Ssthresh < 1<<30 {
			over = w.Time()
		}
		return over > 0 && w.Time() > over+settling*c.RTT && f.to.Info().OutOfOrder == 0
	}
}
