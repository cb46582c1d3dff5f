package throughput

import (
	"fmt"
	"time"
)

// A Cell is one flow on one network.
type Cell struct {
	Congestion string        // the name of the congestion control
	Loss       float64       // the chance that a packet with data is lost, 0 to 1
	RTT        time.Duration // without waiting
	Rate       int64         // of the link, in bits per second
}

// What the grid is made of.
var (
	Congestions = []string{"reno", "cubic", "bbr"}
	Losses      = []float64{0, 0.0001, 0.001, 0.01, 0.03}
	RTTs        = []time.Duration{time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond}
	Rates       = []int64{10e6, 100e6, 1000e6}
)

// Grid is every cell, in the order of the table.
func Grid() (cells []Cell) {
	for _, cc := range Congestions {
		for _, loss := range Losses {
			for _, rtt := range RTTs {
				for _, rate := range Rates {
					cells = append(cells, Cell{cc, loss, rtt, rate})
				}
			}
		}
	}
	return cells
}

// Sizes in bytes: a full packet, and what it carries beside IPv4, TCP and the
// timestamps.
const (
	packetSize = 1500
	mss        = packetSize - 20 - 32
)

// String names the cell: "cubic loss=0.1% rtt=20ms rate=100M".
func (c Cell) String() string {
	return fmt.Sprintf("%s loss=%g%% rtt=%v rate=%dM", c.Congestion, c.Loss*100, c.RTT, c.Rate/1e6)
}

// bdp is the product of bandwidth and delay, in bytes: what fills the link.
func (c Cell) bdp() int { return int(float64(c.Rate) / 8 * c.RTT.Seconds()) }

// minQueue is the shortest queue of a link, in bytes: routers hold some packets
// however short the link is.
const minQueue = 20 * packetSize

// queue is the queue before the link, in bytes. One that holds as much as the
// link lets a sender that halves its window keep the link full.
func (c Cell) queue() int { return max(c.bdp(), minQueue) }

// buffer is the send and the receive buffer, in bytes: never what limits the
// flow.
func (c Cell) buffer() int { return 3*(c.bdp()+c.queue()) + 1<<20 }

// losses is how many losses a measurement is to see.
const losses = 100

// maxSegments bounds a measurement, so that a table does not take for ever.
const maxSegments = 1_000_000

// duration is how long a measurement lasts, in virtual time: many round trips,
// many losses, and long enough for what happens every few seconds.
func (c Cell) duration() time.Duration {
	perSecond := c.model() / 8 / mss
	d := max(10*time.Second, 30*c.RTT)
	if c.Loss > 0 {
		d = max(d, seconds(losses/c.Loss/perSecond))
	}
	return max(min(d, seconds(maxSegments/perSecond)), 30*c.RTT)
}

// cost is about how many segments a measurement takes.
func (c Cell) cost() float64 { return c.duration().Seconds() * c.model() / 8 / mss }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
