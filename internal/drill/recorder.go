package drill

import (
	"encoding/hex"

	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/trace"
)

// A recorder makes events of packets, for a target that shows nothing else.
type recorder struct {
	log  []trace.Event
	isns map[trace.Conn]*[2]isn // of the target and of its peer
}

// An isn is an initial sequence number, once a SYN has told it.
type isn struct {
	n     uint32
	known bool
}

// packet notes a packet that the target has sent or received.
func (r *recorder) packet(c captured, kind trace.Kind) {
	s, err := parseSegment(c.pkt)
	if s == nil || err != nil {
		return
	}
	conn := trace.Conn{Local: s.local, Remote: s.remote}
	from := 0
	if kind == trace.Recv {
		conn = conn.Reverse()
		from = 1
	}
	if r.isns == nil {
		r.isns = map[trace.Conn]*[2]isn{}
	}
	if r.isns[conn] == nil {
		r.isns[conn] = &[2]isn{}
	}
	isns := r.isns[conn]
	if s.Flags&script.SYN != 0 {
		isns[from] = isn{s.Seq, true}
	}
	seg := trace.Segment{
		Flags: trace.Flags(s.Flags), Seq: s.Seq, RelSeq: s.Seq, Wnd: uint32(s.Win), Up: s.Urg, Len: s.Len, Opts: traceOptions(s.Opts),
	}
	if isns[from].known {
		seg.RelSeq -= isns[from].n
	}
	if s.HasAck {
		seg.Ack, seg.RelAck = s.Ack, s.Ack
		if isns[1-from].known {
			seg.RelAck -= isns[1-from].n
		}
	}
	r.log = append(r.log, trace.Event{Time: c.at, End: "kernel", Conn: conn, Kind: kind, Seg: seg})
}

// traceOptions is the options that events show.
func traceOptions(opts []script.TCPOption) (out trace.Options) {
	for _, o := range opts {
		switch o.Kind {
		case script.OptMSS:
			out.MSS = uint16(o.N)
		case script.OptWScale:
			out.HasWScale, out.WScale = true, uint8(o.N)
		case script.OptSACKOK:
			out.SACKOK = true
		case script.OptTS:
			out.HasTS, out.TSVal, out.TSEcr = true, o.Val, o.Ecr
		case script.OptFO:
			out.HasFO, out.FO = true, hex.EncodeToString(o.Data)
		default:
		}
	}
	return out
}
