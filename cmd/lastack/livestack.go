package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/link/tun"
	"github.com/lastack/lastack/trace"
)

// A liveStack is a stack on a TUN device that is recorded.
type liveStack struct {
	*lastack.Stack
	device    *tun.Device
	recording *recording
}

// startStack makes the device, the files and the stack. view is told every
// event, by one goroutine at a time.
func startStack(n *network, r *recording, view func(*trace.Event)) (*liveStack, error) {
	dev, err := n.open()
	if err != nil {
		return nil, err
	}
	if err := r.open(); err != nil {
		return nil, errors.Join(err, dev.Close())
	}
	l, err := r.tap(dev)
	if err != nil {
		return nil, errors.Join(err, dev.Close(), r.close())
	}
	s, err := lastack.New(l, lastack.Config{
		Addrs:      n.addrs,
		Congestion: n.congestion,
		Observer: func(e trace.Event) {
			view(&e)
			r.note(&e)
		},
		Resolver: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
	})
	if err != nil {
		return nil, errors.Join(err, l.Close(), r.close())
	}
	return &liveStack{Stack: s, device: dev, recording: r}, nil
}

// end ends the stack, and then the files, so that they have all of it. err is
// what went wrong so far; a device that is gone is the reason for all of it.
func (s *liveStack) end(err error) error {
	gone := s.device.Err() != nil
	closing := errors.Join(s.Stack.Close(), s.recording.close())
	if gone {
		return closing // which has the device's error
	}
	return errors.Join(err, closing)
}

// until is a context that ends with the device.
func (s *liveStack) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		<-s.device.Done() // at the latest when the stack is closed
		cancel()
	}()
	return ctx, cancel
}

// untilSignal is a context that ends when the user asks the command to end, or
// leaves. A signal that is ignored, as nohup does, stays so.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if hangUp != nil && !signal.Ignored(hangUp) {
		signals = append(signals, hangUp)
	}
	return signal.NotifyContext(ctx, signals...)
}
