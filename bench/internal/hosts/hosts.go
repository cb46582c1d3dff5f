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
	"time"

	"github.com/lastack/lastack/bench/internal/emulate"
)

// The addresses of the hosts of a pair, with their network.
var (
	addrA = netip.MustParsePrefix("10.77.0.1/24")
	addrB = netip.MustParsePrefix("10.77.0.2/24")
)

// firstPort is the port of the first service at b. Several services allow for
// more connections than one has ports for.
const firstPort = 7777

// at is a service of a host.
func at(host netip.Prefix, service int) netip.AddrPort {
	return netip.AddrPortFrom(host.Addr(), uint16(firstPort+service))
}

// Options is what is the same for all stacks of a comparison.
type Options struct {
	Congestion string // the congestion control: "cubic", "reno" or "bbr"
	Buffer     int    // bytes that a connection may hold, each way, at each end
	Capture    string // a directory for captures of what each host sees; "": none
}

// A Pair is two hosts, a and b.
type Pair interface {
	// Listen opens a service at b. They are numbered from 0.
	Listen(service int) (net.Listener, error)
	// Dial connects a to a service.
	Dial(ctx context.Context, service int) (net.Conn, error)
	// Close ends both hosts and what joins them.
	Close() error
}

// A Stack is one of those that are compared.
type Stack struct {
	Name       string
	congestion []string // which congestion controls it has

	// Emulated makes two hosts at the ends of a path. It is nil for a stack
	// that stands on links of its own only.
	Emulated func(emulate.Path, Options) (Pair, error)
	// Memory makes two hosts that are joined in memory. The MTU is in bytes;
	// above 9000 it asks for the largest segments that the stack can make,
	// with what it has of segmentation offload.
	Memory func(mtu int, o Options) (Pair, error)
}

// jumbo is the largest MTU that is not offload.
const jumbo = 9000

// timeWait is how long user-space stacks keep TIME_WAIT, so that the ports of
// short connections are free again. Linux keeps its 60 s and reuses ports that
// have been in it for a second.
const timeWait = time.Millisecond

// Has reports whether the stack has a congestion control.
func (s *Stack) Has(congestion string) bool { return slices.Contains(s.congestion, congestion) }

// Stacks is all stacks that there are here, in the order of the tables.
func Stacks() []*Stack {
	return []*Stack{linuxStack(), gvisorPipeStack(), gvisorStack(), lastackStack()}
}

// Named picks stacks by name, separated by commas.
func Named(names string) (picked []*Stack, err error) {
	all := Stacks()
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(s *Stack) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no stack %q: use linux, gvisor, gvisor/pipe or lastack", name)
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}
