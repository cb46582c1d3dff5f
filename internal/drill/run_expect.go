package drill

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/internal/drill/script"
)

// expect takes the next packet of the flow and compares it.
func (r *run) expect(e *script.Event, at, end time.Duration) error {
	want := e.Packet.TCP
	if want == nil || len(e.Packet.Encap) > 0 || want.UDPEncap != nil {
		return need("packets other than TCP to be expected")
	}
	deadline := end + patience
	if gap := at - r.before; gap > 0 && e.Time.Kind != script.AnyTime {
		deadline += gap
	}
	f, live, when, err := r.outbound(e, deadline)
	if err != nil {
		return err
	}
	if live == nil {
		return fail(e, differs("packet", "this packet", fmt.Sprintf("nothing until %s", seconds(deadline))))
	}
	f.learn(live, want.Seq)
	pieces := 0
	for rest := *want; ; pieces++ {
		got := f.toScript(live, want)
		last := r.cfg.strict || got.Len == 0 || got.Len >= rest.Len
		part := rest
		if !last {
			part.Len = got.Len
		}
		if m := r.compare(e, f, &part, got, live, last); m != nil {
			m.got += "; it came at " + seconds(when) + ": > " + got.TCP.String()
			return fail(e, m)
		}
		if m := compareTime(r.cfg, e.Time, at, end, r.before, when); m != nil {
			return fail(e, m)
		}
		if last {
			return nil
		}
		rest.Seq += uint32(got.Len)
		rest.Len -= got.Len
		size := got.Len
		if live, when, err = r.nextOf(f, deadline); err != nil {
			return fail(e, differs("packet", "a TCP segment", err))
		}
		switch {
		case live == nil:
			return fail(e, differs("payload length", want.Len, want.Len-rest.Len))
		case live.Len > size || live.Len < size && live.Len < rest.Len:
			return fail(e, differs("segments of equal length", size, live.Len))
		}
	}
}

// compare compares one segment, and notes its timestamp.
func (r *run) compare(e *script.Event, f *flow, want *script.TCP, got, live *segment, last bool) *mismatch {
	if m := compareSegment(r.cfg, e.Packet.IP, want, got, last); m != nil {
		return m
	}
	i, j := indexTS(want.Opts), indexTS(live.Opts)
	if i < 0 || j < 0 {
		return nil
	}
	if want.Opts[i].AnyVal {
		return nil
	}
	val := f.noteTS(want.Opts[i].Val, live.Opts[j].Val)
	if tick := r.cfg.tsTick; tick > 0 {
		off := time.Duration(int32(val-want.Opts[i].Val)) * tick
		if off.Abs() > r.cfg.allowed(r.t.now()) {
			return differs("timestamp", want.Opts[i].Val, val)
		}
	}
	return nil
}

func indexTS(opts []script.TCPOption) int {
	for i := range opts {
		if opts[i].Kind == script.OptTS {
			return i
		}
	}
	return -1
}

// outbound is the next segment of the flow that an expected one belongs to.
func (r *run) outbound(e *script.Event, deadline time.Duration) (*flow, *segment, time.Duration, error) {
	t := e.Packet.TCP
	if t.Ports != (script.Ports{}) {
		if f := r.byPorts(t.Ports); f != nil {
			r.current = f
		} else if r.connecting == nil {
			return nil, nil, 0, r.wrong(e, fmt.Errorf("no connection has the ports %d and %d", t.Ports.Src, t.Ports.Dst))
		}
	}
	var live *segment
	var when time.Duration
	var err error
	switch {
	case r.current != nil && (r.connecting == nil || t.Flags&script.SYN == 0):
		live, when, err = r.nextOf(r.current, deadline)
	case r.connecting != nil:
		live, when, err = r.nextSYN(t.Ports, deadline)
	default:
		return nil, nil, 0, r.wrong(e, fmt.Errorf("there is no connection yet that could send this"))
	}
	if err != nil {
		return nil, nil, 0, fail(e, differs("packet", "a TCP segment", err))
	}
	return r.current, live, when, nil
}

// nextOf is the next segment of a flow; nil if none comes before the deadline.
func (r *run) nextOf(f *flow, deadline time.Duration) (*segment, time.Duration, error) {
	return r.next(deadline, f.seen)
}

// nextSYN is the SYN of the connection that connect opens. It tells the ports.
func (r *run) nextSYN(ports script.Ports, deadline time.Duration) (*segment, time.Duration, error) {
	live, when, err := r.next(deadline, func(s *segment) bool {
		return s.Flags&(script.SYN|script.ACK) == script.SYN && s.remote == r.connecting.remote
	})
	if live == nil || err != nil {
		return nil, 0, err
	}
	f := r.begin(newFlow(live.local, live.remote), ports)
	f.active = true
	f.fd = r.connecting.fd
	r.connecting = nil
	return live, when, nil
}

// next is the first segment that is wanted, among those held back and those
// that come. Others are held for their flows.
func (r *run) next(deadline time.Duration, wanted func(*segment) bool) (*segment, time.Duration, error) {
	for i, c := range r.held {
		if s, err := parseSegment(c.pkt); err == nil && wanted(s) {
			r.held = append(r.held[:i:i], r.held[i+1:]...)
			return s, c.at, nil
		}
	}
	for {
		c, ok := r.t.receive(deadline)
		if !ok {
			return nil, 0, nil
		}
		s, err := parseSegment(c.pkt)
		switch {
		case err != nil:
			return nil, 0, err
		case s == nil:
		case wanted(s):
			return s, c.at, nil
		default:
			r.held = append(r.held, c)
		}
	}
}

// note remembers where the peer's numbers have got to.
func (f *flow) note(t *script.TCP) {
	end := t.Seq + uint32(t.Len)
	if t.Flags&script.SYN != 0 {
		end++
	}
	if t.Flags&script.FIN != 0 {
		end++
	}
	if int32(end-f.next) > 0 || t.Flags&script.SYN != 0 {
		f.next = end
	}
}
