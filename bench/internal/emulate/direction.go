package emulate

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/lastack/lastack/link"
)

const (
	// maxDelivery is how many packets one call of receive brings.
	maxDelivery = 64
	// tick is how exact arrivals are on a path with a delay: those of one tick
	// are delivered together, as a network card gathers interrupts.
	tick = 100 * time.Microsecond
)

// A direction is one way of a path. A goroutine, the carrier, delivers what is
// due.
type direction struct {
	path  Path
	delay time.Duration // half of the path's RTT
	began time.Time     // the origin of times

	mu      sync.Mutex
	more    sync.Cond // the carrier rests because there is nothing, and now there is
	alarm   *alarm    // the carrier rests until wake
	wake    time.Duration
	state   carrier
	ended   chan struct{} // closed with the carrier's end
	receive func(pkts [][]byte)
	closed  bool

	dice    *rand.Rand
	transit transit
	depart  time.Duration // when the latest packet leaves the rate limiter
	leaving [maxDelivery][]byte

	sent, received, dropped uint64 // packets
}

// carrier is what the carrier does.
type carrier uint8

const (
	unborn  carrier = iota // nothing has started it
	working                // it delivers
	idle                   // it waits for a packet
	asleep                 // it waits for the time of a packet
)

func newDirection(p Path, stream uint64) (*direction, error) {
	alarm, err := newAlarm()
	if err != nil {
		return nil, err
	}
	d := &direction{
		path: p, delay: p.RTT / 2, began: time.Now(), alarm: alarm,
		ended: make(chan struct{}),
		dice:  rand.New(rand.NewPCG(p.Seed, stream)),
	}
	d.more.L = &d.mu
	return d, nil
}

// now is the time since the direction began.
func (d *direction) now() time.Duration { return time.Since(d.began) }

// send puts packets on their way. Those that are lost are no error.
func (d *direction) send(pkts [][]byte) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for _, pkt := range pkts {
		if len(pkt) > d.path.MTU {
			err = link.ErrTooLong
			continue
		}
		d.accept(now, pkt)
	}
	d.rouse()
	return err
}

// accept decides the fate of one packet.
func (d *direction) accept(now time.Duration, pkt []byte) {
	d.sent++
	lost, late := d.roll()
	if lost || d.closed || d.transit.full() || !d.serve(now, len(pkt)) {
		d.dropped++
		return
	}
	due := d.depart + d.delay
	if d.delay > 0 {
		due = (due + tick - 1).Truncate(tick)
	}
	if late {
		d.transit.addLate(due+d.path.Late, pkt)
		return
	}
	d.transit.add(due, pkt)
}

// roll is what chance does to the next packet. It always rolls twice, so that
// a seed means the same packets whatever the path's probabilities are.
func (d *direction) roll() (lost, late bool) {
	lost, late = d.dice.Float64() < d.path.Loss, d.dice.Float64() < d.path.Reorder
	return lost && d.sent > spared, late && d.sent > spared
}

// serve lets n bytes through the rate limiter: it sets when they have left it.
// It reports false if the queue before it is full.
func (d *direction) serve(now time.Duration, n int) bool {
	if d.path.Rate == 0 {
		d.depart = now
		return true
	}
	d.depart = max(d.depart, now)
	backlog := int64(d.depart-now) * d.path.Rate / int64(time.Second) // bytes
	if backlog > int64(d.path.Queue)*int64(d.path.MTU) {
		return false
	}
	d.depart += time.Duration(int64(n) * int64(time.Second) / d.path.Rate)
	return true
}

// rouse wakes the carrier if it has something to do earlier than it knows.
func (d *direction) rouse() {
	next, ok := d.transit.next()
	switch {
	case !ok:
	case d.state == idle:
		d.more.Signal()
	case d.state == asleep && next < d.wake:
		d.wake = next
		d.alarm.set(next - d.now())
	}
}

// start sets the receiver and starts the carrier.
func (d *direction) start(receive func(pkts [][]byte)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return link.ErrClosed
	case d.state != unborn:
		return link.ErrStarted
	}
	d.receive, d.state = receive, working
	go d.carry()
	return nil
}

// carry is the carrier: it delivers until the direction is closed.
func (d *direction) carry() {
	defer close(d.ended)
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closed {
		if n := d.transit.take(d.now(), d.leaving[:]); n > 0 {
			d.deliver(d.leaving[:n])
			continue
		}
		d.rest()
		d.state = working
	}
}

// deliver passes packets on, without the lock.
func (d *direction) deliver(pkts [][]byte) {
	d.received += uint64(len(pkts))
	d.mu.Unlock()
	d.receive(pkts)
	d.mu.Lock()
	d.transit.giveBack(pkts)
}

// rest waits for a packet, or for the time of the first one.
func (d *direction) rest() {
	next, ok := d.transit.next()
	if !ok {
		d.state = idle
		d.more.Wait()
		return
	}
	d.state, d.wake = asleep, next
	d.alarm.set(next - d.now())
	d.mu.Unlock()
	d.alarm.wait()
	d.mu.Lock()
}

// close ends delivery: the carrier has ended when it returns.
func (d *direction) close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return link.ErrClosed
	}
	d.closed = true
	started := d.state != unborn
	d.more.Signal()
	d.alarm.set(0)
	d.mu.Unlock()
	if started {
		<-d.ended
	}
	d.alarm.close()
	return nil
}

func (d *direction) counts() (sent, received, dropped uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent, d.received, d.dropped
}
