package lastack

import (
	"net/netip"

	"github.com/lastack/lastack/link"
)

// Pipe makes two stacks that are joined by a link in memory: a is 10.0.0.1/24
// and fd00::1/64, b is 10.0.0.2/24 and fd00::2/64. It is meant for tests and
// examples, and works in a bubble of testing/synctest.
//
// With one Config both stacks are made with it, with two each with its own;
// their zero Addrs and Name are filled in. Pipe panics if a Config is not
// valid.
func Pipe(cfgs ...Config) (a, b *Stack) {
	return PipeMTU(link.DefaultMTU, cfgs...)
}

// PipeMTU is Pipe over a link with the given MTU, in bytes.
func PipeMTU(mtu int, cfgs ...Config) (a, b *Stack) {
	if len(cfgs) > 2 {
		panic("lastack: Pipe takes a Config for each of its two stacks, or one for both")
	}
	left, right := link.Pipe(mtu)
	return pipeEnd(left, "a", "10.0.0.1/24", "fd00::1/64", cfgs, 0),
		pipeEnd(right, "b", "10.0.0.2/24", "fd00::2/64", cfgs, 1)
}

// pipeEnd makes stack i of a pipe.
func pipeEnd(l link.Link, name, ip4, ip6 string, cfgs []Config, i int) *Stack {
	var cfg Config
	if len(cfgs) > 0 {
		cfg = cfgs[min(i, len(cfgs)-1)]
	}
	if cfg.Name == "" {
		cfg.Name = name
	}
	if cfg.Addrs == nil {
		cfg.Addrs = []netip.Prefix{netip.MustParsePrefix(ip4), netip.MustParsePrefix(ip6)}
	}
	s, err := New(l, cfg)
	if err != nil {
		panic(err)
	}
	return s
}
