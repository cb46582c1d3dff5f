package hosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"github.com/lastack/lastack/bench/internal/emulate"
	"github.com/lastack/lastack/link"
)

func gvisorStack() *Stack {
	return &Stack{Name: "gvisor", congestion: []string{"reno", "cubic"}, Emulated: gvisorPair}
}

// nic is the number of a gVisor stack's only interface.
const nic = 1

// gvisorPair makes two stacks of gVisor, each on an end of a path.
func gvisorPair(p emulate.Path, o Options) (Pair, error) {
	a, b, err := emulate.New(p)
	if err != nil {
		return nil, err
	}
	pair := &gvisors{}
	if pair.a, err = newGvisor(a, addrA, o); err != nil {
		_, _ = a.Close(), b.Close()
		return nil, err
	}
	if pair.b, err = newGvisor(b, addrB, o); err != nil {
		_, _ = pair.a.close(), b.Close()
		return nil, err
	}
	return pair, nil
}

// A gvisor is a host.
type gvisor struct {
	*stack.Stack
	link link.Link
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
	rcv := tcpip.TCPReceiveBufferSizeRangeOption{Min: 4 << 10, Default: o.Buffer, Max: o.Buffer}
	for _, opt := range []tcpip.SettableTransportProtocolOption{&sack, &recovery, &control, &snd, &rcv} {
		if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, opt); err != nil {
			return fmt.Errorf("gvisor: set %T: %v", opt, err)
		}
	}
	return nil
}

// close ends the host. The link goes first: nothing arrives after that.
func (g *gvisor) close() error {
	err := g.link.Close()
	g.Stack.Close()
	return err
}

// gvisors is a Pair of gVisor.
type gvisors struct{ a, b *gvisor }

func (p *gvisors) Listen() (net.Listener, error) {
	return gonet.ListenTCP(p.b.Stack, tcpip.FullAddress{NIC: nic, Port: service}, ipv4.ProtocolNumber)
}

func (p *gvisors) Dial(ctx context.Context) (net.Conn, error) {
	to := tcpip.FullAddress{NIC: nic, Addr: tcpip.AddrFrom4(addrB.Addr().As4()), Port: service}
	return gonet.DialContextTCP(ctx, p.a.Stack, to, ipv4.ProtocolNumber)
}

func (p *gvisors) Close() error { return errors.Join(p.a.close(), p.b.close()) }
