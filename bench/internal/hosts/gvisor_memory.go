package hosts

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/stack/gro"

	"github.com/lastack/lastack/link"
)

const (
	// gvisorQueue is how many packets wait at a link: as many as at lastack's
	// pipe.
	gvisorQueue = 1 << 16
	// gvisorSegment is the largest segment in bytes, headers left out, so that
	// the packet is one of IPv4.
	gvisorSegment = 65000
)

// A gvisorMemoryLink is one end of gVisor's best link in memory. Packets are
// not copied. A goroutine at each end takes over what has gathered, so that
// GRO finds something to coalesce.
type gvisorMemoryLink struct {
	mtu   uint32
	other *gvisorMemoryLink
	ended sync.WaitGroup // the goroutine
	gro   gro.GRO        // used by the goroutine only

	mu      sync.Mutex
	more    sync.Cond
	to      stack.NetworkDispatcher
	waiting []*stack.PacketBuffer
	closed  bool
}

// newGvisorMemoryLinks makes both ends. With offload they take segments of any
// size, without checksums.
func newGvisorMemoryLinks(mtu int, offload bool) (a, b *gvisorMemoryLink) {
	a, b = &gvisorMemoryLink{mtu: uint32(mtu)}, &gvisorMemoryLink{mtu: uint32(mtu)}
	a.other, b.other = b, a
	for _, l := range []*gvisorMemoryLink{a, b} {
		l.more.L = &l.mu
		l.gro.Init(!offload)
		l.ended.Go(l.carry)
	}
	return a, b
}

// WritePackets puts packets into the other end's queue.
func (l *gvisorMemoryLink) WritePackets(list stack.PacketBufferList) (int, tcpip.Error) {
	pkts, to := list.AsSlice(), l.other
	to.mu.Lock()
	defer to.mu.Unlock()
	for _, pkt := range pkts {
		if to.closed || len(to.waiting) == gvisorQueue {
			break // lost
		}
		arriving := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: pkt.ToBuffer()})
		arriving.NetworkProtocolNumber = pkt.NetworkProtocolNumber
		to.waiting = append(to.waiting, arriving)
	}
	to.more.Signal()
	return len(pkts), nil
}

// carry delivers what arrives until the link is closed.
func (l *gvisorMemoryLink) carry() {
	var batch []*stack.PacketBuffer
	for {
		l.mu.Lock()
		for (len(l.waiting) == 0 || l.to == nil) && !l.closed {
			l.more.Wait()
		}
		if l.closed {
			l.mu.Unlock()
			return
		}
		l.gro.Dispatcher = l.to
		batch, l.waiting = l.waiting, batch[:0]
		l.mu.Unlock()
		for _, pkt := range batch {
			l.gro.Enqueue(pkt)
			pkt.DecRef()
		}
		clear(batch)
		l.gro.Flush()
	}
}

// Close ends the goroutine.
func (l *gvisorMemoryLink) Close() {
	l.mu.Lock()
	l.closed = true
	l.more.Signal()
	l.mu.Unlock()
	l.ended.Wait()
}

// Attach sets who packets are delivered to.
func (l *gvisorMemoryLink) Attach(to stack.NetworkDispatcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = to
	l.more.Signal()
}

// Capabilities tells that GRO has checked the checksums.
func (l *gvisorMemoryLink) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityRXChecksumOffload
}

func (l *gvisorMemoryLink) IsAttached() bool                        { return true }
func (l *gvisorMemoryLink) MTU() uint32                             { return l.mtu }
func (l *gvisorMemoryLink) SetMTU(uint32)                           {}
func (l *gvisorMemoryLink) MaxHeaderLength() uint16                 { return 0 }
func (l *gvisorMemoryLink) LinkAddress() tcpip.LinkAddress          { return "" }
func (l *gvisorMemoryLink) SetLinkAddress(tcpip.LinkAddress)        {}
func (l *gvisorMemoryLink) Wait()                                   {}
func (l *gvisorMemoryLink) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareNone }
func (l *gvisorMemoryLink) AddHeader(*stack.PacketBuffer)           {}
func (l *gvisorMemoryLink) ParseHeader(*stack.PacketBuffer) bool    { return true }
func (l *gvisorMemoryLink) SetOnCloseAction(func())                 {}

// A gvisorOffloadLink takes segments of many MSS, without checksums.
type gvisorOffloadLink struct{ *gvisorMemoryLink }

var _ stack.GSOEndpoint = gvisorOffloadLink{}

func (l gvisorOffloadLink) GSOMaxSize() uint32               { return gvisorSegment }
func (l gvisorOffloadLink) SupportedGSO() stack.SupportedGSO { return stack.HostGSOSupported }

// Capabilities tells that nobody needs checksums.
func (l gvisorOffloadLink) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityRXChecksumOffload | stack.CapabilityTXChecksumOffload
}

// MTU is what a segment would have on a real network.
func (l gvisorOffloadLink) MTU() uint32 { return link.DefaultMTU }
