package hosts

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/link"
)

func lastackStack() *Stack {
	return &Stack{Name: "lastack", congestion: []string{"cubic", "reno", "bbr"}, Emulated: lastackEmulated, Memory: lastackMemory}
}

// lastackEmulated makes two stacks of lastack, each on an end of a path.
func lastackEmulated(p emulate.Path, o Options) (Pair, error) {
	a, b, err := emulate.New(p)
	if err != nil {
		return nil, err
	}
	return lastackPair(a, b, o)
}

// lastackMemory makes two stacks on lastack's pipe.
func lastackMemory(mtu int, o Options) (Pair, error) {
	a, b := link.Pipe(mtu)
	return lastackPair(a, b, o)
}

// lastackPair makes two stacks, each on a link.
func lastackPair(a, b link.Link, o Options) (Pair, error) {
	pair := &lastacks{}
	var err error
	if pair.a, err = newLastack(a, addrA, o); err != nil {
		return nil, errors.Join(err, a.Close(), b.Close())
	}
	if pair.b, err = newLastack(b, addrB, o); err != nil {
		return nil, errors.Join(err, pair.a.Close(), b.Close())
	}
	return pair, nil
}

func newLastack(l link.Link, addr netip.Prefix, o Options) (*lastack.Stack, error) {
	l, err := captured(l, o, "lastack", addr)
	if err != nil {
		return nil, err
	}
	control, err := congestion.New(o.Congestion)
	if err != nil {
		return nil, err
	}
	return lastack.New(l, lastack.Config{
		Addrs:      []netip.Prefix{addr},
		SendBuffer: o.Buffer,
		RecvBuffer: o.Buffer,
		Congestion: control,
		TimeWait:   timeWait,
	})
}

// lastacks is a Pair of lastack.
type lastacks struct{ a, b *lastack.Stack }

func (p *lastacks) Listen(service int) (net.Listener, error) {
	return p.b.Listen("tcp", at(addrB, service).String())
}

func (p *lastacks) Dial(ctx context.Context, service int) (net.Conn, error) {
	return p.a.DialContext(ctx, "tcp", at(addrB, service).String())
}

func (p *lastacks) Close() error { return errors.Join(p.a.Close(), p.b.Close()) }
