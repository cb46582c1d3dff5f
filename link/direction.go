package link

import "sync"

const (
	maxWaiting      = 1 << 16 // packets that wait in one direction of a pipe
	maxWaitingBytes = 8 << 20 // bytes that wait in one direction of a pipe
	maxDelivery     = 64      // packets in one call of receive
)

// A direction is one way through a pipe.
//
// Packets wait in one batch. The goroutine that delivers, the drainer, takes
// the whole batch, leaves an empty one in its place, and calls receive without
// the lock. So Send never waits for a receive of another goroutine, and a Send
// from inside receive ends in the batch that waits, not in a deeper call.
type direction struct {
	mtu int

	mu       sync.Mutex
	idle     sync.Cond // draining has become false
	receive  func(pkts [][]byte)
	draining bool // a goroutine is delivering; it alone uses leaving and views
	noSender bool // the sending end is closed
	closed   bool // the receiving end is closed

	waiting batch
	leaving batch
	views   [maxDelivery][]byte // the packets of one call of receive

	sent, received, dropped uint64 // packets
}

func newDirection(mtu int) *direction {
	d := &direction{mtu: mtu}
	d.idle.L = &d.mu
	return d
}

// start sets the receiver and delivers what waits for it.
func (d *direction) start(receive func(pkts [][]byte)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrClosed
	case d.receive != nil:
		return ErrStarted
	}
	d.receive = receive
	d.drain()
	return nil
}

// send queues packets and, if nobody is delivering, delivers.
func (d *direction) send(pkts [][]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.noSender {
		return ErrClosed
	}
	err := d.enqueue(pkts)
	d.drain()
	return err
}

// enqueue copies packets to the batch that waits, as far as there is room.
func (d *direction) enqueue(pkts [][]byte) (err error) {
	for _, pkt := range pkts {
		if len(pkt) > d.mtu {
			err = ErrTooLong
			continue
		}
		d.sent++
		if d.closed || d.waiting.len() == maxWaiting || d.waiting.bytes()+len(pkt) > maxWaitingBytes {
			d.dropped++
			continue
		}
		d.waiting.add(pkt)
	}
	return err
}

// drain delivers until nothing waits, unless another goroutine, or a call
// further up the stack of this one, does so already. It is called with the
// lock held, and releases it around every call of receive.
func (d *direction) drain() {
	if d.draining || d.receive == nil {
		return
	}
	d.draining = true
	defer d.rest()
	for d.waiting.len() > 0 {
		d.leaving.reset()
		d.waiting, d.leaving = d.leaving, d.waiting
		d.deliver()
	}
}

// rest ends the drainer's work. It is deferred, so that a receive that panics
// leaves the pipe usable.
func (d *direction) rest() {
	d.leaving.reset()
	d.draining = false
	d.idle.Broadcast()
}

// deliver passes on the batch that leaves, or drops the rest of it if the
// receiving end is closed meanwhile.
func (d *direction) deliver() {
	next := 0
	for next < d.leaving.len() && !d.closed {
		n := d.leaving.slice(d.views[:], next)
		d.received += uint64(n)
		next += n
		d.call(d.views[:n])
	}
	d.dropped += uint64(d.leaving.len() - next)
}

// call calls receive without the lock.
func (d *direction) call(pkts [][]byte) {
	d.mu.Unlock()
	defer d.mu.Lock()
	d.receive(pkts)
	clear(pkts)
}

// closeSender makes every later send fail. What waits is still delivered.
func (d *direction) closeSender() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noSender = true
}

// closeReceiver ends delivery and waits until receive is not running.
func (d *direction) closeReceiver() (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		err = ErrClosed
	}
	d.closed = true
	d.dropped += uint64(d.waiting.len())
	d.waiting = batch{}
	for d.draining {
		d.idle.Wait()
	}
	return err
}

func (d *direction) counts() (sent, received, dropped uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent, d.received, d.dropped
}
