package hosts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/link"
)

// gvisorControls is the congestion controls that gVisor has.
var gvisorControls = []string{"reno", "cubic"}

// gvisorStack is gVisor over the link that suits it best: a goroutine takes
// over packets at the link, so that GRO finds some to coalesce.
func gvisorStack() *Stack {
	return &Stack{Name: "gvisor", congestion: gvisorControls, Emulated: gvisorEmulated, Memory: gvisorMemory}
}

// gvisorPipeStack is gVisor over a link of its own, which delivers packets one
// by one, inside the call that sends them.
func gvisorPipeStack() *Stack {
	return &Stack{Name: "gvisor/pipe", congestion: gvisorControls, Memory: gvisorPipeMemory}
}

// nic is the number of a gVisor stack's only interface.
const nic = 1

// gvisorEmulated makes two stacks of gVisor, each on an end of a path.
func gvisorEmulated(p emulate.Path, o Options) (Pair, error) {
	a, b, err := emulate.New(p)
	if err != nil {
		return nil, err
	}
	pair := &gvisors{}
	if pair.a, err = newGvisor(a, addrA, o); err != nil {
		return nil, errors.Join(err, a.Close(), b.Close())
	}
	if pair.b, err = newGvisor(b, addrB, o); err != nil {
		return nil, errors.Join(err, pair.a.close(), b.Close())
	}
	return pair, nil
}

// gvisorMemory makes two stacks on gVisor's best link in memory. Above jumbo
// it has offload.
func gvisorMemory(mtu int, o Options) (Pair, error) {
	offload := mtu > jumbo
	a, b := newGvisorMemoryLinks(mtu, offload)
	if offload {
		return gvisorsOn(gvisorOffloadLink{a}, gvisorOffloadLink{b}, o)
	}
	return gvisorsOn(a, b, o)
}

// gvisorPipeMemory makes two stacks on gVisor's link/pipe.
func gvisorPipeMemory(mtu int, o Options) (Pair, error) {
	a, b := pipe.New("", "", uint32(mtu))
	return gvisorsOn(a, b, o)
}

// gvisorsOn makes two stacks on links of gVisor's kind, which they own.
func gvisorsOn(a, b stack.LinkEndpoint, o Options) (Pair, error) {
	pair := &gvisors{a: &gvisor{}, b: &gvisor{}}
	var errA, errB error
	pair.a.Stack, errA = newGvisorOn(a, addrA, o)
	pair.b.Stack, errB = newGvisorOn(b, addrB, o)
	return pair, errors.Join(errA, errB)
}

// A gvisor is a host.
type gvisor struct {
	*stack.Stack
	link io.Closer // nil if it is the stack's own
}

func newGvisor(l link.Link, addr netip.Prefix, o Options) (*gvisor, error) {
	l, err := captured(l, o, "gvisor", addr)
	if err != nil {
		return nil, err
	}
	s, err := newGvisorOn(&gvisorLink{link: l}, addr, o)
	if err != nil {
		return nil, err
	}
	return &gvisor{s, l}, nil
}

// newGvisorOn makes a stack on any kind of gVisor's links.
func newGvisorOn(l stack.LinkEndpoint, addr netip.Prefix, o Options) (*stack.Stack, error) {
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	if err := s.CreateNIC(nic, l); err != nil {
		return nil, fmt.Errorf("gvisor: make the interface: %v", err)
	}
	own := tcpip.ProtocolAddress{
		Protocol: header.IPv4ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{
			Address: tcpip.AddrFrom4(addr.Addr().As4()), PrefixLen: addr.Bits(),
		},
	}
	if err := s.AddProtocolAddress(nic, own, stack.AddressProperties{}); err != nil {
		return nil, fmt.Errorf("gvisor: set the address: %v", err)
	}
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}})
	return s, configureGvisor(s, o)
}

// configureGvisor sets the congestion control and the buffers, and makes sure
// of SACK and RACK.
func configureGvisor(s *stack.Stack, o Options) error {
	sack, recovery := tcpip.TCPSACKEnabled(true), tcpip.TCPRecovery(tcpip.TCPRACKLossDetection)
	control := tcpip.CongestionControlOption(o.Congestion)
	snd := tcpip.TCPSendBufferSizeRangeOption{Min: 4 << 10, Default: o.Buffer, Max: o.Buffer}
	wait := tcpip.TCPTimeWaitTimeoutOption(timeWait)
	rcv := tcpip.TCPReceiveBufferSizeRangeOption{Min: 4 << 10, Default: o.Buffer, Max: o.Buffer}
	for _, opt := range []tcpip.SettableTransportProtocolOption{&sack, &recovery, &control, &snd, &rcv, &wait} {
		if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, opt); err != nil {
			return fmt.Errorf("gvisor: set %T: %v", opt, err)
		}
	}
	return nil
}

// close ends the host. The link goes first: nothing arrives after that.
func (g *gvisor) close() error {
	var err error
	if g.link != nil {
		err = g.link.Close()
	}
	g.Stack.Destroy()
	return err
}

// gvisors is a Pair of gVisor.
type gvisors struct{ a, b *gvisor }

func (p *gvisors) Listen(service int) (net.Listener, error) {
	return gonet.ListenTCP(p.b.Stack, gvisorAddr(at(addrB, service)), ipv4.ProtocolNumber)
}

func (p *gvisors) Dial(ctx context.Context, service int) (net.Conn, error) {
	return gonet.DialContextTCP(ctx, p.a.Stack, gvisorAddr(at(addrB, service)), ipv4.ProtocolNumber)
}

func gvisorAddr(a netip.AddrPort) tcpip.FullAddress {
	return tcpip.FullAddress{NIC: nic, Addr: tcpip.AddrFrom4(a.Addr().As4()), Port: a.Port()}
}

func (p *gvisors) Close() error { return errors.Join(p.a.close(), p.b.close()) }
