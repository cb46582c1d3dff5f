package tun

import "golang.org/x/sys/unix"

// maxBatch is the number of packets in one call of receive.
const maxBatch = 64

// A reader reads batches of packets. Its memory is used again for each.
type reader struct {
	bufs [maxBatch][]byte // one packet fits in each
	pkts [][]byte         // what fill has read
	err  error            // why there is no more to read
}

func newReader(mtu int) *reader {
	r := &reader{pkts: make([][]byte, 0, maxBatch)}
	memory := make([]byte, maxBatch*mtu)
	for i := range r.bufs {
		r.bufs[i] = memory[i*mtu : (i+1)*mtu : (i+1)*mtu]
	}
	return r
}

// read delivers packets until the device is closed, which is no error.
func (d *Device) read(receive func(pkts [][]byte)) error {
	r := newReader(d.mtu)
	for {
		r.pkts = r.pkts[:0]
		err := d.raw.Read(r.fill) // fails at once, without fill, after Close
		if len(r.pkts) > 0 {
			d.received.Add(uint64(len(r.pkts)))
			receive(r.pkts)
		}
		switch {
		case d.isClosed():
			return nil
		case err != nil:
			return d.whyNot(err, r.bufs[0])
		case r.err != nil:
			return r.err
		}
	}
}

// whyNot is why the device cannot be waited for. Of one that is gone the poller may
// say only that it cannot; reading tells.
func (d *Device) whyNot(err error, buf []byte) error {
	why := err
	_ = d.raw.Control(func(fd uintptr) {
		if _, e := unix.Read(int(fd), buf); e != nil && e != unix.EAGAIN && e != unix.EINTR {
			why = e
		}
	})
	return why
}

func (d *Device) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// fill reads what can be read without waiting. It reports false, which makes
// its caller wait, when that is nothing.
func (r *reader) fill(fd uintptr) bool {
	for _, buf := range r.bufs {
		n, err := unix.Read(int(fd), buf)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return len(r.pkts) > 0
		case err != nil:
			r.err = err
			return true
		}
		r.pkts = append(r.pkts, buf[:n:n])
	}
	return true
}
