package hosts

import (
	"sync"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/stack/gro"

	"github.com/lastack/lastack/link"
)

// A gvisorLink lets a gVisor stack stand on a link of ours. gVisor computes
// and checks its checksums, as lastack does: those of what arrives in its GRO.
type gvisorLink struct {
	link link.Link
	gro  gro.GRO // used by the link's reader only

	mu       sync.RWMutex
	attached bool
	started  bool
}

var _ stack.LinkEndpoint = (*gvisorLink)(nil)

// Attach starts delivery to the stack, the first time it is called with one.
// What arrives together is coalesced by gVisor's own GRO.
func (l *gvisorLink) Attach(to stack.NetworkDispatcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attached = to != nil
	if to == nil || l.started {
		return
	}
	l.started = true
	l.gro.Init(true)
	l.gro.Dispatcher = to
	// It fails for a link that is closed: then nothing arrives, as promised.
	_ = l.link.Start(l.deliver)
}

// deliver copies packets into gVisor's memory and hands them over.
func (l *gvisorLink) deliver(pkts [][]byte) {
	for _, pkt := range pkts {
		p := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(pkt)})
		p.NetworkProtocolNumber = ipv4.ProtocolNumber
		l.gro.Enqueue(p)
		p.DecRef()
	}
	l.gro.Flush()
}

// Capabilities tells that checksums need no check any more: GRO has done it, and
// does not correct them when it makes one packet of several.
func (l *gvisorLink) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityRXChecksumOffload
}

// WritePackets sends packets.
func (l *gvisorLink) WritePackets(list stack.PacketBufferList) (int, tcpip.Error) {
	pkts := list.AsSlice()
	var views [1]*buffer.View
	var one [1][]byte
	for _, pkt := range pkts {
		views[0] = pkt.ToView()
		one[0] = views[0].AsSlice()
		_ = l.link.Send(one[:]) // what the link does not take is lost
		views[0].Release()
	}
	return len(pkts), nil
}

func (l *gvisorLink) IsAttached() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.attached
}

func (l *gvisorLink) MTU() uint32                             { return uint32(l.link.MTU()) }
func (l *gvisorLink) SetMTU(uint32)                           {}
func (l *gvisorLink) MaxHeaderLength() uint16                 { return 0 }
func (l *gvisorLink) LinkAddress() tcpip.LinkAddress          { return "" }
func (l *gvisorLink) SetLinkAddress(tcpip.LinkAddress)        {}
func (l *gvisorLink) Wait()                                   {}
func (l *gvisorLink) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareNone }
func (l *gvisorLink) AddHeader(*stack.PacketBuffer)           {}
func (l *gvisorLink) ParseHeader(*stack.PacketBuffer) bool    { return true }
func (l *gvisorLink) Close()                                  {}
func (l *gvisorLink) SetOnCloseAction(func())                 {}
