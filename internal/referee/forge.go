package referee

import (
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A forgery is a segment that somebody sends to one end in the other's name. It
// must not do what it says.
type forgery struct {
	name string
	// make makes it for a victim.
	make func(v *side) wire.Segment
	// answered is set if the victim has to answer at once: it asks the peer.
	answered bool
}

// nxt is the victim's RCV.NXT.
func (s *side) nxt() seq.Num { return s.peer.iss.Add(s.acked) }

// seen is what the victim has seen acknowledged: as an acknowledgment it says
// nothing new.
func (s *side) seen() seq.Num { return s.iss.Add(s.una) }

// unsent is a number that the victim has not come to.
func (s *side) unsent() seq.Num { return s.iss.Add(s.sent + 1000) }

// false text: nobody has written it.
var lie = []byte("this was never sent")

// forgeries is every kind of segment that RFC 9293 and 5961 want refused.
var forgeries = []forgery{
	{"a reset in the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.RST, Seq: v.nxt() + 1}
	}, true},
	{"a reset before the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.RST, Seq: v.nxt() - 1}
	}, false},
	{"a reset beyond the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.RST, Seq: v.peer.iss.Add(v.edge + 1<<20)}
	}, false},
	{"a SYN in the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.SYN, Seq: v.nxt() + 1}
	}, true},
	{"a SYN at RCV.NXT", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.SYN, Seq: v.nxt()}
	}, true},
	{"an acknowledgment of what was never sent", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Seq: v.nxt(), Ack: v.unsent(), Wnd: 1000, Payload: lie}
	}, true},
	{"text with an ancient acknowledgment", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Seq: v.nxt(), Ack: v.seen() - 1<<30, Wnd: 1000, Payload: lie}
	}, true},
	{"text without ACK", func(v *side) wire.Segment {
		return wire.Segment{Seq: v.nxt(), Wnd: 1000, Payload: lie}
	}, false},
	{"a FIN without ACK", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.FIN, Seq: v.nxt(), Wnd: 1000}
	}, false},
	{"text beyond the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Seq: v.peer.iss.Add(v.edge + 1<<20), Ack: v.seen(), Wnd: 1000, Payload: lie}
	}, true},
	{"text that has come before", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Seq: v.nxt() - 100, Ack: v.seen(), Wnd: 1000, Payload: lie}
	}, true},
	{"a FIN beyond the window", func(v *side) wire.Segment {
		return wire.Segment{Flags: wire.FIN | wire.ACK, Seq: v.peer.iss.Add(v.edge + 1<<20), Ack: v.seen(), Wnd: 1000}
	}, true},
	{"text from long ago, its numbers wrapped", func(v *side) wire.Segment {
		seg := wire.Segment{Flags: wire.ACK, Seq: v.nxt(), Ack: v.seen(), Wnd: 1000, Payload: lie}
		seg.Opts.HasTS, seg.Opts.TSVal = true, v.peerTS-100_000
		return seg
	}, true},
}

// forge lets a victim have a forgery, and whistles if it does not answer what it
// has to.
func (r *referee) forge(v *side, f forgery) {
	if !v.play.open() || v.peer.play.conn == nil {
		return
	}
	seg := f.make(v)
	r.inject(v, seg)
	if f.answered {
		v.answerBy = deadline{r.Now(), true}
	}
}

// inject brings a segment to an end as if the other had sent it, with a timestamp
// that is good if it has none.
func (r *referee) inject(v *side, seg wire.Segment) {
	if !seg.Opts.HasTS && v.peerTS != 0 {
		seg.Opts.HasTS, seg.Opts.TSVal = true, v.peerTS
	}
	if seg.Has(wire.RST) {
		v.lastRST = r.Now()
	}
	seg.SrcPort, seg.DstPort = v.peer.addr.Port(), v.addr.Port()
	var buf [2000]byte
	h := wire.Packet{Src: v.peer.addr.Addr(), Dst: v.addr.Addr()}
	n := wire.PutTCP(buf[:], &h, &seg)
	v.node.Input(r.Now(), buf[:n])
}

// refused brings a segment to an end, and whistles if that does not reset it at
// once.
func (r *referee) refused(v *side, seg wire.Segment) {
	before := v.resets
	r.inject(v, seg)
	r.After(1, func() {
		if v.resets == before {
			r.whistle(v, "does not reset an acknowledgment of what it never sent (§3.5.2)")
		}
	})
}

// truth brings an end text that its peer's user has written, from one sequence
// number to another, as if the peer had cut it into segments in another way.
func (r *referee) truth(v *side, from, to int) {
	from, to = max(from, 1), min(to, v.peer.sent)
	if !v.play.open() || to <= from || v.peer.finSent {
		return
	}
	seg := wire.Segment{Flags: wire.ACK, Seq: v.peer.iss.Add(from), Ack: v.seen(), Wnd: 60_000, Payload: v.peer.play.says[from-1 : to-1]}
	v.mark(&seg)
	r.inject(v, seg)
}
