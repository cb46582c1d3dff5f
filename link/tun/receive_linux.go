package tun

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Receive takes one packet that waits, without waiting for one: n is its
// length, 0 if there is none. It is for those who ask instead of being told,
// and does not go together with Start. What the kernel sends in answer to a
// packet, it has mostly sent when Send returns.
func (d *Device) Receive(buf []byte) (n int, err error) {
	var readErr error
	err = d.raw.Read(func(fd uintptr) bool {
		for {
			n, readErr = unix.Read(int(fd), buf)
			if readErr != unix.EINTR {
				return true
			}
		}
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("tun: receive on %s: %w", d.name, err)
	case readErr == unix.EAGAIN:
		return 0, nil
	case readErr != nil:
		return 0, fmt.Errorf("tun: receive on %s: %w", d.name, readErr)
	}
	d.received.Add(1)
	return n, nil
}
