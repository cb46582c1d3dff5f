// Package hosts makes pairs of hosts that are joined by a path or by a link in
// memory: the stacks that are compared, each in the same hands.
package hosts

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/lastack/lastack/bench/internal/emulate"
)

// The addresses of the hosts of a pair, with their network.
var (
	addrA = netip.MustParsePrefix("10.77.0.1/24")
	addrB = netip.MustParsePrefix("10.77.0.2/24")
)

// service is the port at b that connections go to.
const service = 7777

// Options is what is the same for all stacks of a comparison.
type Options struct {
	Congestion string // the congestion control: "cubic", "reno" or "bbr"
	Buffer     int    // bytes that a connection may hold, each way, at each end
	Capture    string // a directory for captures of what each host sees; "": none
}

// A Pair is two hosts, a and b.
type Pair interface {
	// Listen opens the service at b.
	Listen() (net.Listener, error)
	// Dial connects a to the service.
	Dial(ctx context.Context) (net.Conn, error)
	// Close ends both hosts and what joins them.
	Close() error
}

// A Stack is one of those that are compared.
type Stack struct {
	Name       string
	congestion []string // which congestion controls it has

	// Emulated makes two hosts at the ends of a path.
	Emulated func(emulate.Path, Options) (Pair, error)
}

// Has reports whether the stack has a congestion control.
func (s *Stack) Has(congestion string) bool { return slices.Contains(s.congestion, congestion) }

// Stacks is all stacks that there are here, in the order of the tables.
func Stacks() []*Stack { return []*Stack{linuxStack(), gvisorStack(), lastackStack()} }

// Named picks stacks by name, separated by commas.
func Named(names string) (picked []*Stack, err error) {
	all := Stacks()
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(s *Stack) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no stack %q: use linux, gvisor or lastack", name)
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}
