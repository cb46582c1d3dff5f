package stack

import (
	"testing"
	"time"

	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// The packets of a fuzz input, each with its length before it, arrive at a
// host with a listener, a connection and a half-open connection. Whatever they
// are, nothing panics, the books balance, and all ends when time passes.
func FuzzInput(f *testing.F) {
	seed := func(segs ...wire.Segment) {
		var in []byte
		for _, s := range segs {
			pkt := segment(peer, server80, s)
			in = append(append(in, byte(len(pkt)>>8), byte(len(pkt))), pkt...)
		}
		f.Add(in)
	}
	seed(wire.Segment{Flags: wire.SYN, Seq: 1}, wire.Segment{Flags: wire.RST, Seq: 2})
	seed(wire.Segment{Flags: wire.ACK, Seq: 1, Ack: 1}, wire.Segment{Flags: wire.SYN | wire.FIN, Payload: []byte("x")})
	b := make([]byte, 200)
	p := wire.Packet{Src: clientIP, Dst: serverIP}
	quoted := segment(server80, peer, wire.Segment{Flags: wire.ACK, Payload: []byte("x")})
	for _, m := range []wire.ICMP{
		{Kind: wire.EchoRequest, Data: []byte("x")},
		{Kind: wire.PacketTooBig, MTU: 600, Data: quoted},
		{Kind: wire.Unreachable, Code: wire.Unreach4Port, Data: quoted},
	} {
		size := wire.PutICMP(b, &p, &m)
		f.Add(append([]byte{0, byte(size)}, b[:size]...))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		n := newNetwork(t)
		l := n.listen(server80, 2)
		established(n)
		for len(in) > 2 {
			size := int(in[0])<<8 | int(in[1])
			pkt := in[2:min(2+size, len(in))]
			in = in[2+len(pkt):]
			n.server.Input(n.now, mend(n.server, pkt))
			n.balance()
		}
		n.drain()
		n.run(time.Second)
		n.balance()
		l.Close(n.now)
		n.server.Close(n.now)
		n.drain()
		n.balance()
		n.empty(n.server)
	})
}

// established makes a connection of the server with peer, by playing peer.
func established(n *network) {
	const irs = seq.Num(1000)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: irs, Wnd: 1000})
	ours := n.owed(n.server)[0].End()
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.ACK, Seq: irs + 1, Ack: ours, Wnd: 1000})
}

// mend makes the packet likely to get far: its addresses and checksums are
// made good, and its numbers are those of a connection, give or take a few.
func mend(s *Core, pkt []byte) []byte {
	var p wire.Packet
	var seg wire.Segment
	if wire.ParseIP(pkt, &p) != wire.OK || wire.ParseTCP(p.Payload, &seg) != wire.OK || seg.Up&1 != 0 {
		return pkt
	}
	if c := s.conns[tupleOf(server80, peer)]; c != nil {
		seg.Seq = c.tcp.RcvNxt() + seg.Seq%8 - 4
		seg.Ack = c.tcp.SndNxt() + seg.Ack%8 - 4
	}
	return segment(peer, server80, seg)
}

// drain takes what the server owes, to nowhere.
func (n *network) drain() {
	for n.server.Output(n.now, n.buf[:]) > 0 {
	}
}

// balance checks that tables, lists and counters of the server agree.
func (n *network) balance() {
	n.t.Helper()
	s := n.server
	half, waits := 0, 0
	for l := range s.Listeners() {
		half += l.halfOpen.n
		waits += l.accept.n
		if l.accept.n > l.backlog || l.halfOpen.n > s.cfg.SynQueue {
			n.t.Errorf("%v holds %d half-open and %d complete", l.Addr(), l.halfOpen.n, l.accept.n)
		}
	}
	if len(s.conns) != s.all.n || half != int(s.Stats().HalfOpen) || s.wheel.Len() > s.all.n {
		n.t.Errorf("%d in the table, %d in the list, %d timers; %d half-open, %d counted",
			len(s.conns), s.all.n, s.wheel.Len(), half, s.Stats().HalfOpen)
	}
}
