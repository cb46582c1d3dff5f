package main

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/trace"
)

// A liveStack is a stack on a TUN device that is recorded.
type liveStack struct {
	*lastack.Stack
	device    string
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
		Addrs: n.addrs,
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
	return &liveStack{Stack: s, device: dev.Name(), recording: r}, nil
}

// close ends the stack, and then the files, so that they have all of it.
func (s *liveStack) close() error {
	return errors.Join(s.Stack.Close(), s.recording.close())
}
