package hosts

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/link"
)

func lastackStack() *Stack {
	return &Stack{Name: "lastack", congestion: []string{"reno"}, Emulated: lastackPair}
}

// lastackPair makes two stacks of lastack, each on an end of a path.
func lastackPair(p emulate.Path, o Options) (Pair, error) {
	a, b, err := emulate.New(p)
	if err != nil {
		return nil, err
	}
	pair := &lastacks{}
	if pair.a, err = newLastack(a, addrA, o); err != nil {
		_, _ = a.Close(), b.Close()
		return nil, err
	}
	if pair.b, err = newLastack(b, addrB, o); err != nil {
		_, _ = pair.a.Close(), b.Close()
		return nil, err
	}
	return pair, nil
}

func newLastack(l link.Link, addr netip.Prefix, o Options) (*lastack.Stack, error) {
	l, err := captured(l, o, "lastack", addr)
	if err != nil {
		return nil, err
	}
	return lastack.New(l, lastack.Config{
		Addrs:      []netip.Prefix{addr},
		SendBuffer: o.Buffer,
		RecvBuffer: o.Buffer,
	})
}

// lastacks is a Pair of lastack.
type lastacks struct{ a, b *lastack.Stack }

func (p *lastacks) Listen() (net.Listener, error) {
	return p.b.Listen("tcp", at(addrB))
}

func (p *lastacks) Dial(ctx context.Context) (net.Conn, error) {
	return p.a.DialContext(ctx, "tcp", at(addrB))
}

func (p *lastacks) Close() error { return errors.Join(p.a.Close(), p.b.Close()) }
