package sim

import (
	"time"

	"github.com/lastack/lastack/trace"
)

// Why the network did not bring a packet, as the trace tells it.
const (
	lostInNetwork = "lost in the network"
	queueFull     = "queue of the link full"
	droppedByAQM  = "queue of the link long for too long"
	tooBig        = "too big for the link"
	linkDown      = "link down"
	damaged       = "damaged in the network"
)

// Reasons is all of them.
func Reasons() []string {
	return []string{lostInNetwork, queueFull, droppedByAQM, tooBig, linkDown, damaged}
}

// observe is the stack's observer: it stamps the event with the number of its
// packet and keeps it.
func (n *Node) observe(e *trace.Event) {
	ev, s := *e, n.sim
	ev.Time -= time.Duration(s.origin)
	if ev.Kind == trace.Timer && ev.Op == trace.Armed {
		ev.Deadline -= time.Duration(s.origin)
	}
	if ev.Kind == trace.Send {
		n.handed = s.nextPacket()
	}
	if ev.Kind == trace.Send || ev.Kind == trace.Recv || ev.Kind == trace.Drop {
		ev.Pkt = n.handed
	}
	if ev.Kind == trace.Send {
		n.sent = ev
	}
	s.events = append(s.events, ev)
}

// nextPacket is the number of the next packet.
func (s *Sim) nextPacket() uint64 {
	s.packet++
	return s.packet
}

// lose tells the trace that the packet will not arrive, and why. It is told as
// of the sender, now.
func (p *Packet) lose(why string) {
	if p.told.Kind == 0 {
		return
	}
	s, e := p.From.sim, p.told
	e.Time, e.Kind, e.Reason = s.Time(), trace.Drop, why
	s.events = append(s.events, e)
}
