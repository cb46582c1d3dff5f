package lastack

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
)

// opError wraps an error once, as package net does. It leaves nil and io.EOF
// alone, and an error that is wrapped already.
func opError(op string, source, addr net.Addr, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: source, Addr: addr, Err: err}
}

// tcpAddr is an address as package net has it, or nil if there is none.
func tcpAddr(a netip.AddrPort) net.Addr {
	if !a.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(a)
}

// contextError is what a call gives when its context has ended, with the words
// and the identities of net.Dialer's errors.
func contextError(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return dialTimeout{}
	case errors.Is(err, context.Canceled):
		return dialCanceled{}
	}
	return err
}

// dialTimeout reports that the deadline of a dial's context has passed.
type dialTimeout struct{}

func (dialTimeout) Error() string   { return "i/o timeout" }
func (dialTimeout) Timeout() bool   { return true }
func (dialTimeout) Temporary() bool { return true }
func (dialTimeout) Is(target error) bool {
	return target == context.DeadlineExceeded || target == os.ErrDeadlineExceeded
}

// dialCanceled reports that the context of a dial was cancelled.
type dialCanceled struct{}

func (dialCanceled) Error() string        { return "operation was canceled" }
func (dialCanceled) Is(target error) bool { return target == context.Canceled }
