//go:build !linux

package drill

import (
	"errors"
	"fmt"
)

// newKernel says that there is no Linux kernel here.
func newKernel(*config) (target, error) {
	return nil, fmt.Errorf("--target kernel needs Linux: %w", errors.ErrUnsupported)
}
