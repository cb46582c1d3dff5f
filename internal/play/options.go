package play

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/internal/sim"
)

// DefaultRTT is the round-trip time of the network if Options does not tell.
const DefaultRTT = 20 * time.Millisecond

// MaxRTT is the longest round-trip time that a scenario is played with.
const MaxRTT = 10 * time.Second

// Options is the network that a scenario is played on. Its two directions are
// alike; shares are from 0 to 1.
type Options struct {
	RTT     time.Duration // round-trip time without waiting; default DefaultRTT
	Jitter  time.Duration // up to this much more each way
	Rate    int64         // bits per second; 0: no limit
	Queue   int           // packets that may wait for a link with a rate; 0: any number
	Loss    float64       // the share of packets lost
	Reorder float64       // the share of packets held back by half a round trip, so that others overtake
	Dup     float64       // the share of packets that arrive twice
	Seed    uint64        // of all randomness
	Drop    int           // the number of a packet to be lost, counted from one; 0: none
}

// minRate is the slowest link that a scenario is played on, in bits per second:
// a full packet takes twelve seconds.
const minRate = 1000

// check tells what cannot be played.
func (o *Options) check() error {
	if o.RTT < 0 || o.RTT > MaxRTT {
		return fmt.Errorf("round-trip time %v: give one up to %v", o.RTT, MaxRTT)
	}
	if o.Jitter < 0 || o.Jitter > MaxRTT {
		return fmt.Errorf("jitter %v: give one up to %v", o.Jitter, MaxRTT)
	}
	if o.Rate < 0 || o.Rate > 0 && o.Rate < minRate {
		return fmt.Errorf("rate %d: give at least %d bits per second", o.Rate, minRate)
	}
	if o.Queue < 0 {
		return fmt.Errorf("queue %d: give a number of packets", o.Queue)
	}
	for name, share := range map[string]float64{"loss": o.Loss, "reorder": o.Reorder, "dup": o.Dup} {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("%s %v: give a share from 0 to 1", name, share)
		}
	}
	if o.Drop < 0 {
		return fmt.Errorf("packet %d: packets are counted from one", o.Drop)
	}
	return nil
}

// path is what each direction of the link does.
func (o *Options) path() sim.Path {
	return sim.Path{
		Delay: o.RTT / 2, Jitter: o.Jitter,
		Rate: o.Rate, Queue: sim.Queue{Packets: o.Queue},
		Loss: o.Loss, Duplicate: o.Dup, Reorder: o.Reorder, Hold: o.RTT / 2,
		Rule: func(p *sim.Packet) sim.Verdict {
			if o.Drop > 0 && p.N == uint64(o.Drop) {
				return sim.Drop
			}
			return sim.Pass
		},
	}
}
