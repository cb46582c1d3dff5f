// Package report shows what package explore has found: a counterexample as a
// list of events, which package diagram draws, as a capture, and as a Go test.
package report

import (
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/explore"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// The ends' names and addresses in events and captures.
var (
	names = [2]string{"A", "B"}
	addrs = [2]netip.AddrPort{
		netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:80"),
	}
)

// stepTime is how far apart the moves of a run are put, which have no times of
// their own.
const stepTime = 10 * time.Millisecond

// Conn is the connection as A sees it.
func Conn() trace.Conn { return trace.Conn{Local: addrs[0], Remote: addrs[1]} }

// Events is what happened in a run, as a trace.
func Events(r *explore.Run) []trace.Event {
	var all []trace.Event
	for i := range r.Steps {
		all = append(all, events(time.Duration(i+1)*stepTime, &r.Steps[i])...)
	}
	return all
}

// events is one step as events: what came in, the changes of state, what was
// sent.
func events(at time.Duration, s *explore.Step) (out []trace.Event) {
	begin := func(kind trace.Kind) *trace.Event {
		state := s.State
		if s.Result.N > 0 && len(out) == 0 {
			state = s.Result.Rows[0].From
		}
		out = append(out, trace.Event{
			Time: at, End: names[s.End], Kind: kind, From: state, To: state,
			Conn: trace.Conn{Local: addrs[s.End], Remote: addrs[1-s.End]},
		})
		return &out[len(out)-1]
	}
	switch s.Act {
	case "drop":
		return nil // what was sent and does not arrive was lost
	case "deliver", "duplicate", "forge":
		e := begin(trace.Recv)
		e.Seg, e.Pkt = segment(&s.Arrived, 1-s.End), uint64(s.Packet)
	case "timer":
		e := begin(trace.Timer)
		e.Timer, e.Op = trace.TimerKind(s.At+1), trace.Fired
	case "call":
		e := begin(trace.Call)
		e.Call = s.Name
		if s.Result.Err != nil {
			e.Err = s.Result.Err.Error()
		}
	}
	for _, took := range s.Result.Rows[:s.Result.N] {
		if took.From != took.To {
			e := begin(trace.State)
			e.From, e.To, e.Event, e.Row = took.From, took.To, took.Event, int(took.Row)
		}
	}
	if s.Result.Dropped != tcp.ReasonNone && s.Result.Dropped != tcp.ResetAccepted {
		e := begin(trace.Drop)
		e.Seg, e.Pkt, e.Reason = segment(&s.Arrived, 1-s.End), uint64(s.Packet), s.Result.Dropped.String()
	}
	for i := range s.Sent {
		e := begin(trace.Send)
		e.Seg, e.Pkt = segment(&s.Sent[i].Seg, s.End), uint64(s.Sent[i].Number)
	}
	return out
}

// segment is a segment from one end, as traces have it.
func segment(seg *wire.Segment, from int) trace.Segment {
	s := trace.Segment{
		Flags: trace.Flags(seg.Flags), Seq: uint32(seg.Seq), Ack: uint32(seg.Ack),
		RelSeq: uint32(seg.Seq) - explore.Initial(from), Wnd: uint32(seg.Wnd), Len: len(seg.Payload),
		Opts: trace.Options{MSS: seg.Opts.MSS},
	}
	if seg.Has(wire.RST) && seg.Seq == 0 {
		s.RelSeq = 0 // a reset to nobody: the number is none of the sender's (§3.10.7.1)
	}
	if seg.Has(wire.ACK) {
		s.RelAck = s.Ack - explore.Initial(1-from)
	}
	return s
}
