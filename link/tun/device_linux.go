package tun

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/link"
)

// A Device is a TUN device. It is a link.Link: Send gives packets to the
// kernel, as if they arrived from a network, and Start delivers what the kernel
// sends to the device. The device disappears with Close.
type Device struct {
	name string
	mtu  int
	file *os.File        // one packet per read and write
	raw  syscall.RawConn // the same, for reading batches

	mu      sync.Mutex
	started bool
	closed  bool
	reader  sync.WaitGroup // the goroutine of read
	readErr error          // why read ended; valid once done is closed
	done    chan struct{}  // closed when nothing more can arrive

	sent, received, dropped atomic.Uint64 // packets
}

var _ link.Counter = (*Device)(nil)

// Open makes a TUN device in the network namespace of the calling thread, and
// brings it up with the addresses, routes and MTU of c.
//
// Errors say what to do, and match what the kernel said: os.ErrPermission
// without the capability, syscall.EBUSY if the name is taken, os.ErrNotExist
// without /dev/net/tun.
func Open(c Config) (*Device, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("tun: %w", err)
	}
	fd, name, err := create(c.Name)
	if err != nil {
		return nil, fmt.Errorf("tun: %w", err)
	}
	if err := configure(name, c); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("tun: set up %s: %w", name, err)
	}
	d := &Device{name: name, mtu: c.MTU, file: os.NewFile(uintptr(fd), tunPath), done: make(chan struct{})}
	if d.raw, err = d.file.SyscallConn(); err != nil {
		_ = d.file.Close()
		return nil, fmt.Errorf("tun: %w", err)
	}
	return d, nil
}

// Name is the device's name, such as tun0.
func (d *Device) Name() string { return d.name }

// MTU is the MTU that the device was made with, in bytes.
func (d *Device) MTU() int { return d.mtu }

// Stats counts the packets of the device. Dropped are those that the kernel
// refused.
func (d *Device) Stats() link.Stats {
	return link.Stats{Sent: d.sent.Load(), Received: d.received.Load(), Dropped: d.dropped.Load()}
}

// Start starts the goroutine that reads from the device. See link.Link.
func (d *Device) Start(receive func(pkts [][]byte)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return link.ErrClosed
	case d.started:
		return link.ErrStarted
	}
	d.started = true
	d.reader.Go(func() {
		defer close(d.done)
		d.readErr = explainRead(d.read(receive))
	})
	return nil
}

// Done is closed when nothing more arrives from a device that was started: it
// is closed, or it is gone, as after "ip link delete". Err tells which.
func (d *Device) Done() <-chan struct{} { return d.done }

// Err is why the device receives no more: nil as long as it does, and if Close
// has ended it.
func (d *Device) Err() error {
	select {
	case <-d.done:
		return d.receiveError()
	default:
		return nil
	}
}

// receiveError is the error that ended reading, after it has ended.
func (d *Device) receiveError() error {
	if d.readErr == nil {
		return nil
	}
	return fmt.Errorf("tun: receive on %s: %w", d.name, d.readErr)
}

// Send gives packets to the kernel. See link.Link. The kernel refuses what is
// not an IP packet (EINVAL) and, when the device is down, everything (EIO).
func (d *Device) Send(pkts [][]byte) (err error) {
	for _, pkt := range pkts {
		switch e := d.write(pkt); {
		case e == nil:
		case errors.Is(e, link.ErrClosed):
			return e
		case err == nil:
			err = e
		}
	}
	return err
}

// write sends one packet.
func (d *Device) write(pkt []byte) error {
	if len(pkt) > d.mtu {
		return link.ErrTooLong
	}
	_, err := d.file.Write(pkt)
	if errors.Is(err, os.ErrClosed) {
		return link.ErrClosed
	}
	d.sent.Add(1)
	if err != nil {
		d.dropped.Add(1)
		return fmt.Errorf("tun: send on %s: %w", d.name, err)
	}
	return nil
}

// Close ends the reading goroutine and removes the device. It returns the error
// that ended reading earlier, if one did. See link.Link.
func (d *Device) Close() error {
	d.mu.Lock()
	again := d.closed
	d.closed = true
	if !again && !d.started {
		close(d.done)
	}
	d.mu.Unlock()

	err := d.file.Close()
	d.reader.Wait()
	switch {
	case again:
		return link.ErrClosed
	case d.readErr != nil:
		return d.receiveError()
	case err != nil:
		return fmt.Errorf("tun: close %s: %w", d.name, err)
	}
	return nil
}
