package sim

import (
	"encoding/binary"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// A Packet is an IP packet on its way.
type Packet struct {
	N    uint64 // its number, counted from one over the whole simulation, or 0 for none; a copy has the original's
	From *Node
	Data []byte       // the whole packet
	IP   wire.Packet  // its header
	TCP  wire.Segment // if it is TCP; zero otherwise

	room   []byte      // the memory that Data is in
	told   trace.Event // that it was sent; Kind 0: there is no trace
	era    int         // in which it was sent
	on     *Direction  // the way that it takes
	queued clock.Time  // when it came to the queue
	held   Verdict     // how much longer than others it takes
	gone   bool        // it goes out, but does not arrive
	wrong  uint64      // chooses the bit that is wrong when it arrives; 0: none
	event  event       // of its arrival
}

// newPacket is an empty packet, with room for any that a node sends.
func (s *Sim) newPacket(from *Node) *Packet {
	if last := len(s.free) - 1; last >= 0 {
		p := s.free[last]
		s.free = s.free[:last]
		p.From, p.era = from, s.era
		return p
	}
	p := &Packet{From: from, era: s.era, room: make([]byte, s.mtu)}
	p.event.do = p
	return p
}

// release gives a packet's memory back, for the next one.
func (s *Sim) release(p *Packet) {
	p.told.Kind = 0
	p.held, p.gone, p.wrong = Pass, false, 0
	s.free = append(s.free, p)
}

// fill reads the packet that a stack has written to the room.
func (p *Packet) fill(size int) {
	p.Data = p.room[:size]
	if why := wire.ParseIP(p.Data, &p.IP); why != wire.OK {
		panic("BUG: " + p.From.Name() + " sent a packet that does not parse: " + why.String())
	}
	if p.IP.Proto != wire.ProtoTCP {
		p.TCP = wire.Segment{}
		return
	}
	if why := wire.ParseTCP(p.IP.Payload, &p.TCP); why != wire.OK {
		panic("BUG: " + p.From.Name() + " sent a segment that does not parse: " + why.String())
	}
}

// clone is a copy of the packet, as the network may make one.
func (p *Packet) clone() *Packet {
	c := p.From.sim.newPacket(p.From)
	copy(c.room, p.Data)
	c.fill(len(p.Data))
	c.N, c.told, c.on, c.wrong = p.N, p.told, p.on, p.wrong
	return c
}

// The ECN field, the lowest bits of the TOS (RFC 3168 §5).
const (
	ecnBits = 3
	ecnCE   = 3 // congestion experienced
)

// capable reports whether the packet may be marked instead of dropped: it is
// ECN-capable (RFC 3168 §5).
func (p *Packet) capable() bool { return p.IP.TOS&ecnBits != 0 }

// mark sets the ECN field to CE and mends the checksum of an IPv4 header, as
// routers do (RFC 1624 §3).
func (p *Packet) mark() {
	p.IP.TOS |= ecnCE
	if !p.IP.Is4() {
		p.Data[0], p.Data[1] = p.Data[0]&0xf0|p.IP.TOS>>4, p.Data[1]&0x0f|p.IP.TOS<<4
		return
	}
	const sumOff = 10
	was := binary.BigEndian.Uint16(p.Data)
	p.Data[1] |= ecnCE
	is := binary.BigEndian.Uint16(p.Data)
	sum := uint32(^binary.BigEndian.Uint16(p.Data[sumOff:])) + uint32(^was) + uint32(is)
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	binary.BigEndian.PutUint16(p.Data[sumOff:], ^uint16(sum))
}

// damage turns one bit that a checksum covers: any of an IPv4 packet, but not
// of an IPv6 header, which has none.
func (p *Packet) damage() {
	covered := p.Data
	if !p.IP.Is4() {
		covered = p.IP.Payload
	}
	bit := p.wrong % uint64(len(covered)*8)
	covered[bit/8] ^= 1 << (bit % 8)
}

// act is the packet's arrival.
func (p *Packet) act() { p.on.arrive(p) }
