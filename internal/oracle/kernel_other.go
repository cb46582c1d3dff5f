//go:build !linux

package oracle

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
)

// Kernel is the Linux kernel's TCP, on Linux. Elsewhere there is none.
type Kernel struct{}

var _ System = (*Kernel)(nil)

// Available is an error that matches errors.ErrUnsupported.
func Available() error {
	return fmt.Errorf("the kernel's TCP can be asked on linux only, not on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// WithKernel returns the error of Available.
func WithKernel(func(*Kernel) error) error { return Available() }

// Name is "kernel".
func (k *Kernel) Name() string { return "kernel" }

// Reset returns the error of Available.
func (k *Kernel) Reset() error { return Available() }

// Call gives NoObject: there is no kernel.
func (k *Kernel) Call(Call) Result { return NoObject }

// Arrive returns the error of Available.
func (k *Kernel) Arrive(*wire.Segment) error { return Available() }

// Sent returns the error of Available.
func (k *Kernel) Sent() ([]wire.Segment, error) { return nil, Available() }

// State returns the error of Available.
func (k *Kernel) State() (fsm.State, error) { return fsm.Closed, Available() }
