//go:build !linux

package tun

import (
	"errors"
	"testing"
)

func TestOpenIsUnsupported(t *testing.T) {
	if d, err := Open(Config{}); d != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Open gives %v, %v; want %v", d, err, errors.ErrUnsupported)
	}
}
