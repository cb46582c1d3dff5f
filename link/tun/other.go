//go:build !linux

package tun

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/lastack/lastack/link"
)

// A Device is a TUN device, on Linux. Elsewhere there are none.
type Device struct{}

var _ link.Counter = (*Device)(nil)

// Open returns an error that matches errors.ErrUnsupported.
func Open(Config) (*Device, error) {
	return nil, fmt.Errorf("tun: tun devices are supported on linux only, not on %s: use another link: %w",
		runtime.GOOS, errors.ErrUnsupported)
}

// Name is empty: there is no device.
func (d *Device) Name() string { return "" }

// MTU is 0: there is no device.
func (d *Device) MTU() int { return 0 }

// Start returns link.ErrClosed: there is no device.
func (d *Device) Start(func(pkts [][]byte)) error { return link.ErrClosed }

// Send returns link.ErrClosed: there is no device.
func (d *Device) Send([][]byte) error { return link.ErrClosed }

// Done is closed already: there is no device.
func (d *Device) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// Err returns link.ErrClosed: there is no device.
func (d *Device) Err() error { return link.ErrClosed }

// Receive returns link.ErrClosed: there is no device.
func (d *Device) Receive([]byte) (int, error) { return 0, link.ErrClosed }

// Close returns link.ErrClosed: there is no device.
func (d *Device) Close() error { return link.ErrClosed }

// Stats is zero: there is no device.
func (d *Device) Stats() link.Stats { return link.Stats{} }
