package play

import (
	"net/netip"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/wire"
)

// heard is the last segment that the client sent, and that reached it. An
// attacker who is not on the way does not know them; scenarios choose by them
// what he happens to guess.
type heard struct{ sent, came wire.Segment }

// hear notes a segment at the client.
func (st *stage) hear(seg *wire.Segment, out bool) {
	kept := *seg
	kept.Payload = nil
	kept.Seq = seg.End() // the number after it
	if out {
		st.heard.sent = kept
	} else {
		st.heard.came = kept
	}
}

// forge brings a segment to a node that seems to come from another address.
func (st *stage) forge(to *sim.Node, from, at netip.AddrPort, seg wire.Segment) {
	var buf [128]byte
	seg.SrcPort, seg.DstPort = from.Port(), at.Port()
	n := wire.PutTCP(buf[:], &wire.Packet{Src: from.Addr(), Dst: at.Addr()}, &seg)
	to.Inject(buf[:n])
}

// offBy is how far a blind attacker's guess is from the number that the server
// expects, in bytes: within its window, as a good guess is.
const offBy = 5000

// attacked is the lifecycle with something that happens to the server when the
// connection is open and idle; rest is how it goes on.
func (st *stage) attacked(attack func()) {
	l := st.listen(st.server, serverAddr)
	c := st.dial(st.client, clientAddr, serverAddr)
	st.in(c, fsm.Established, func() {
		st.After(2*st.rtt, attack)
		st.After(5*st.rtt, func() { st.write(c, request) })
		st.read(c, len(answer), func() { st.soon(func() { c.Release(st.Now()) }) })
	})
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}

// blindRST: a reset that nobody in the connection has sent hits the window.
func blindRST(st *stage) {
	st.attacked(func() {
		st.forge(st.server, clientAddr, serverAddr, wire.Segment{Flags: wire.RST, Seq: st.heard.sent.Seq.Add(offBy)})
	})
}

// blindSYN: the same with a SYN.
func blindSYN(st *stage) {
	st.attacked(func() {
		st.forge(st.server, clientAddr, serverAddr, wire.Segment{
			Flags: wire.SYN, Seq: st.heard.sent.Seq.Add(offBy), Wnd: 65535,
			Opts: wire.Options{HasTS: true, TSVal: st.heard.sent.Opts.TSVal},
		})
	})
}

// floodQueue is how many half-open connections the server of synFlood keeps.
const floodQueue = 2

// floodedHost is a server with a short SYN queue that gives up early, so that
// the picture is short.
func floodedHost(cfg *stack.Config) {
	cfg.SynQueue = floodQueue
	cfg.TCP.SynAckRetries = 1
}

// synFlood: SYNs from addresses that do not answer fill the SYN queue. The
// client's handshake succeeds all the same.
func synFlood(st *stage) {
	l := st.listen(st.server, serverAddr)
	for i := range floodQueue {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), 6000)
		st.forge(st.server, from, serverAddr, wire.Segment{Flags: wire.SYN, Seq: 1000, Wnd: 65535, Opts: wire.Options{MSS: 1460}})
	}
	st.After(st.rtt, func() {
		c := st.dial(st.client, clientAddr, serverAddr)
		st.ask(c, func() { st.soon(func() { c.Release(st.Now()) }) })
	})
	st.serve(l, func(s *stack.Conn) {
		st.eof(s, func() { st.soon(func() { s.Release(st.Now()) }) })
	})
}
