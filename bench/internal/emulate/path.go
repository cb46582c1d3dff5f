// Package emulate makes a network path between two hosts on one machine, in
// real time: delay, loss, reordering, a rate and a queue.
//
// Both ends of a path are links of lastack, so a stack in user space stands on
// an end directly, and a kernel behind a TUN device is joined to it with Join.
// All stacks that are compared cross the same code.
package emulate

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/link"
)

// A Path says what happens to packets between a and b. Data flow from a to b
// in all that is measured, so loss and reordering happen on that way only; the
// delay is the same on both.
type Path struct {
	RTT     time.Duration // the delay of both ways together
	Rate    int64         // bytes per second each way; 0: as fast as the machine
	Queue   int           // packets that may wait for the rate; 0: 1,000
	Loss    float64       // the probability that a packet is lost, 0 to 1
	Reorder float64       // the probability that a packet is late, 0 to 1
	Late    time.Duration // how much later it arrives; 0: an eighth of RTT, at least minLate
	MTU     int           // bytes, IP header included; 0: 1500
	Seed    uint64        // of the dice for loss and reordering
}

const (
	// minLate is the least lateness: at RTT 0 packets take about 0.1 ms.
	minLate = 200 * time.Microsecond
	// spared is how many of the first packets are neither lost nor late, so
	// that no measurement is one of a lost SYN, which costs a second.
	spared = 16
	// defaultQueue is how many packets wait for the rate by default.
	defaultQueue = 1000
)

// withDefaults is the path with its zero values replaced.
func (p Path) withDefaults() Path {
	if p.MTU == 0 {
		p.MTU = link.DefaultMTU
	}
	if p.Queue == 0 {
		p.Queue = defaultQueue
	}
	if p.Late == 0 {
		p.Late = max(p.RTT/8, minLate)
	}
	return p
}

// Impairment says in a word or two what is wrong with the path.
func (p Path) Impairment() string {
	switch {
	case p.Loss > 0 && p.Reorder > 0:
		return fmt.Sprintf("%g%% lost, %g%% late", 100*p.Loss, 100*p.Reorder)
	case p.Loss > 0:
		return fmt.Sprintf("%g%% lost", 100*p.Loss)
	case p.Reorder > 0:
		return fmt.Sprintf("%g%% late", 100*p.Reorder)
	}
	return "none"
}

// New returns the ends of a path. Each end's Close ends the delivery to it.
func New(p Path) (a, b link.Link, err error) {
	p = p.withDefaults()
	ab, err := newDirection(p, 1)
	if err != nil {
		return nil, nil, err
	}
	p.Loss, p.Reorder = 0, 0
	ba, err := newDirection(p, 2)
	if err != nil {
		_ = ab.close()
		return nil, nil, err
	}
	return &end{mtu: p.MTU, in: ba, out: ab}, &end{mtu: p.MTU, in: ab, out: ba}, nil
}

// An end is one end of a path.
type end struct {
	mtu     int
	in, out *direction
}

var _ link.Counter = (*end)(nil)

func (e *end) MTU() int                                { return e.mtu }
func (e *end) Start(receive func(pkts [][]byte)) error { return e.in.start(receive) }
func (e *end) Send(pkts [][]byte) error                { return e.out.send(pkts) }
func (e *end) Close() error                            { return e.in.close() }

func (e *end) Stats() link.Stats {
	sent, _, dropped := e.out.counts()
	_, received, _ := e.in.counts()
	return link.Stats{Sent: sent, Received: received, Dropped: dropped}
}

// Join passes on packets between an end of a path and another link, such as a
// TUN device, both ways. It owns both then; Close of the result closes them.
func Join(end, other link.Link) (*Joint, error) {
	j := &Joint{end: end, other: other}
	// A packet that a link does not take is lost, as on any network.
	if err := end.Start(func(pkts [][]byte) { _ = other.Send(pkts) }); err != nil {
		return nil, err
	}
	if err := other.Start(func(pkts [][]byte) { _ = end.Send(pkts) }); err != nil {
		_ = end.Close()
		return nil, err
	}
	return j, nil
}

// A Joint is two links that pass on packets to each other.
type Joint struct{ end, other link.Link }

// Close closes both links.
func (j *Joint) Close() error {
	err := j.end.Close()
	if other := j.other.Close(); err == nil {
		err = other
	}
	return err
}
