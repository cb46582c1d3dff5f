package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lastack/lastack/fsm"
)

// The JSON form of an event is one object on one line. Its keys, in order:
//
//	t         nanoseconds since the origin of the trace
//	end       who: "client", "server", or the stack's name
//	conn      "local>remote"; "local>*" is a listener
//	kind      state, send, recv, drop, timer, call or icmp
//
//	state     (every kind but state) the connection's state at the time
//	from, to  (state) the change
//	pkt       (send, recv, drop) the packet's number, the same at both ends, if known
//	flags     (send, recv, drop) "SYN,ACK"
//	seq, ack  (send, recv, drop) as in the header; ack with the ACK flag only
//	rel_seq, rel_ack             less the initial sequence numbers: a SYN is 0
//	win       (send, recv, drop) the window in bytes, scaled if scaling is in force
//	up        (send, recv, drop) the urgent pointer, with the URG flag only
//	len       (send, recv, drop) bytes of payload
//	opts      (send, recv, drop) {"mss":1460,"wscale":7,"sackok":true,"ts":[val,ecr],"sack":[[left,right]]}
//	reason    (drop) why; (icmp) what the error says
//	timer, op (timer) which timer, and armed, fired or stopped
//	deadline  (timer) when it will fire, in nanoseconds since the origin, with armed only
//	call      (call) connect, listen, accept, write, read, close, abort ...
//	n, err    (call) bytes taken or given, and the error; n with icmp: the MTU that it tells
//
//	event     (any) the cause of the transition taken, in the words of figure 5
//	row, ref  (any) its row of fsm.Table, counted from one, and where that is written
//
// A key that does not apply is left out. Keys may be added, never renamed.

// The parts of which the objects are made, each in the order of its keys.
type (
	head struct {
		T    time.Duration `json:"t"`
		End  string        `json:"end"`
		Conn Conn          `json:"conn"`
		Kind Kind          `json:"kind"`
	}
	change struct {
		From fsm.State `json:"from"`
		To   fsm.State `json:"to"`
	}
	place struct {
		State fsm.State `json:"state"`
	}
	segment struct {
		Pkt    uint64   `json:"pkt,omitempty"`
		Flags  Flags    `json:"flags"`
		Seq    uint32   `json:"seq"`
		Ack    *uint32  `json:"ack,omitempty"`
		RelSeq uint32   `json:"rel_seq"`
		RelAck *uint32  `json:"rel_ack,omitempty"`
		Wnd    uint32   `json:"win"`
		Up     *uint16  `json:"up,omitempty"`
		Len    int      `json:"len"`
		Opts   *options `json:"opts,omitempty"`
		ECN    ECN      `json:"ecn,omitempty"`
	}
	options struct {
		MSS    uint16      `json:"mss,omitempty"`
		WScale *uint8      `json:"wscale,omitempty"`
		SACKOK bool        `json:"sackok,omitempty"`
		TS     *[2]uint32  `json:"ts,omitempty"`
		SACK   [][2]uint32 `json:"sack,omitempty"`
		UTO    int64       `json:"uto,omitempty"` // in seconds
		FO     *string     `json:"fo,omitempty"`
	}
	why struct {
		Reason string `json:"reason"`
	}
	number struct {
		N int `json:"n,omitempty"`
	}
	timer struct {
		Timer    TimerKind      `json:"timer"`
		Op       TimerOp        `json:"op"`
		Deadline *time.Duration `json:"deadline,omitempty"`
	}
	call struct {
		Call string `json:"call"`
		N    int    `json:"n,omitempty"`
		Err  string `json:"err,omitempty"`
	}
	cause struct {
		Event string `json:"event,omitempty"`
		Row   int    `json:"row,omitempty"`
		Ref   string `json:"ref,omitempty"`
	}
)

// MarshalJSON writes the event's JSON form. json.Marshal escapes the ">" of the
// connection's name afterwards; a Writer does not.
func (e Event) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.object()); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// object is the event as a struct with the keys of its kind.
func (e *Event) object() any {
	h, p, c := head{e.Time, e.End, e.Conn, e.Kind}, place{e.From}, e.cause()
	switch e.Kind {
	case State:
		return struct {
			head
			change
			cause
		}{h, change{e.From, e.To}, c}
	case Drop:
		return struct {
			head
			place
			why
			segment
			cause
		}{h, p, why{e.Reason}, e.segment(), c}
	case Timer:
		t := timer{Timer: e.Timer, Op: e.Op}
		if e.Op == Armed {
			t.Deadline = &e.Deadline
		}
		return struct {
			head
			place
			timer
			cause
		}{h, p, t, c}
	case Call:
		return struct {
			head
			place
			call
			cause
		}{h, p, call{e.Call, e.N, e.Err}, c}
	case ICMP:
		return struct {
			head
			place
			why
			number
		}{h, p, why{e.Reason}, number{e.N}}
	default:
		return struct {
			head
			place
			segment
			cause
		}{h, p, e.segment(), c}
	}
}

func (e *Event) cause() cause {
	if e.Row == 0 {
		return cause{}
	}
	return cause{e.Event.String(), e.Row, e.Ref()}
}

func (e *Event) segment() segment {
	s := segment{Pkt: e.Pkt, Flags: e.Seg.Flags, Seq: e.Seg.Seq, RelSeq: e.Seg.RelSeq, Wnd: e.Seg.Wnd, Len: e.Seg.Len, ECN: e.Seg.ECN}
	if e.Seg.Flags&ACK != 0 {
		s.Ack, s.RelAck = &e.Seg.Ack, &e.Seg.RelAck
	}
	if e.Seg.Flags&URG != 0 {
		s.Up = &e.Seg.Up
	}
	if o := e.Seg.Opts; o.any() {
		s.Opts = &options{MSS: o.MSS, SACKOK: o.SACKOK, UTO: int64(o.UserTimeout / time.Second)}
		if o.HasFO {
			s.Opts.FO = &o.FO
		}
		if o.HasWScale {
			s.Opts.WScale = &o.WScale
		}
		if o.HasTS {
			s.Opts.TS = &[2]uint32{o.TSVal, o.TSEcr}
		}
		for _, b := range o.SACK {
			s.Opts.SACK = append(s.Opts.SACK, [2]uint32{b.Left, b.Right})
		}
	}
	return s
}

// UnmarshalJSON reads what MarshalJSON writes. Keys that it does not know are
// left alone.
func (e *Event) UnmarshalJSON(data []byte) error {
	var in struct {
		head
		change
		place
		why
		segment
		timer
		call
		cause
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*e = Event{
		Time: in.T, End: in.End, Conn: in.Conn, Kind: in.Kind, From: in.State, To: in.State,
		Pkt: in.Pkt, Reason: in.Reason, Timer: in.Timer, Op: in.Op, Call: in.Call, N: in.N, Err: in.Err,
		Seg: in.restore(),
	}
	switch in.Kind {
	case 0:
		return errors.New(`trace: an event without a "kind"`)
	case State:
		e.From, e.To = in.From, in.To
	case Send, Recv, Drop, Timer, Call, ICMP:
	}
	if in.Deadline != nil {
		e.Deadline = *in.Deadline
	}
	if in.Row == 0 {
		return nil
	}
	if in.Row < 0 || in.Row > len(fsm.Table) {
		return fmt.Errorf("trace: there is no row %d; the table has %d", in.Row, len(fsm.Table))
	}
	e.Row, e.Event = in.Row, fsm.Row(in.Row).On
	if in.Event != e.Event.String() {
		return fmt.Errorf("trace: row %d is %q, not %q: the trace was written with another table", in.Row, e.Event, in.Event)
	}
	return nil
}

// restore is the segment that the keys describe.
func (s *segment) restore() Segment {
	out := Segment{Flags: s.Flags, Seq: s.Seq, RelSeq: s.RelSeq, Wnd: s.Wnd, Len: s.Len, ECN: s.ECN}
	if s.Ack != nil {
		out.Ack = *s.Ack
	}
	if s.RelAck != nil {
		out.RelAck = *s.RelAck
	}
	if s.Up != nil {
		out.Up = *s.Up
	}
	if o := s.Opts; o != nil {
		out.Opts = Options{MSS: o.MSS, SACKOK: o.SACKOK, HasWScale: o.WScale != nil, HasTS: o.TS != nil, UserTimeout: time.Duration(o.UTO) * time.Second}
		if o.FO != nil {
			out.Opts.HasFO, out.Opts.FO = true, *o.FO
		}
		if o.WScale != nil {
			out.Opts.WScale = *o.WScale
		}
		if o.TS != nil {
			out.Opts.TSVal, out.Opts.TSEcr = o.TS[0], o.TS[1]
		}
		for _, b := range o.SACK {
			out.Opts.SACK = append(out.Opts.SACK, Block{b[0], b[1]})
		}
	}
	return out
}
