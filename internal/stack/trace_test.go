package stack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/trace"
)

// line is an event in a few words.
func line(e *trace.Event) string {
	s := fmt.Sprintf("%s %v %v", e.End, e.Time, e.Kind)
	switch e.Kind {
	case trace.State:
		s += fmt.Sprintf(" %v > %v: %v", e.From, e.To, e.Event)
	case trace.Send, trace.Recv:
		s += fmt.Sprintf(" %v %d:%d ack %d", e.Seg.Flags, e.Seg.RelSeq, int(e.Seg.RelSeq)+e.Seg.Len, e.Seg.RelAck)
	case trace.Drop:
		s += " " + e.Reason
	case trace.Timer:
		s += fmt.Sprintf(" %v %v", e.Timer, e.Op)
		if e.Op == trace.Armed {
			s += fmt.Sprintf(" for %v", e.Deadline)
		}
	case trace.Call:
		s += fmt.Sprintf(" %s %d %s", e.Call, e.N, e.Err)
	case trace.ICMP:
		s += fmt.Sprintf(" %s %d", e.Reason, e.N)
	}
	if e.Row != 0 && e.Kind != trace.State {
		s += fmt.Sprintf(" (%v)", e.Event)
	}
	return strings.TrimSpace(s)
}

// check compares the events since the last check with what is wanted.
func (n *network) check(want string) {
	n.t.Helper()
	var got []string
	for i := range n.events {
		got = append(got, line(&n.events[i]))
	}
	n.events = nil
	var lines []string
	for l := range strings.Lines(want) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if !slices.Equal(got, lines) {
		n.t.Errorf("the trace is\n\t%s", strings.Join(got, "\n\t"))
	}
}

func TestTraceOfAConnection(t *testing.T) {
	n := newNetwork(t)
	l := n.listen(server80, 0)
	c := n.dial(server80)
	n.run(100 * time.Millisecond)
	d := l.Accept(n.now)
	n.check(`
		server 0s call listen 0
		server 0s state CLOSED > LISTEN: passive OPEN
		client 0s call connect 0
		client 0s state CLOSED > SYN_SENT: active OPEN
		client 0s send SYN 0:0 ack 0
		client 0s timer retransmission armed for 1s
		server 10ms recv SYN 0:0 ack 0
		server 10ms state LISTEN > SYN_RCVD: rcv SYN
		server 10ms send SYN,ACK 0:0 ack 1
		server 10ms timer retransmission armed for 1.01s
		client 20ms recv SYN,ACK 0:0 ack 1
		client 20ms state SYN_SENT > ESTABLISHED: rcv SYN,ACK
		client 20ms timer retransmission stopped
		client 20ms send ACK 1:1 ack 1
		server 30ms recv ACK 1:1 ack 1
		server 30ms state SYN_RCVD > ESTABLISHED: rcv ACK of SYN
		server 30ms timer retransmission stopped
		server 100ms call accept 0`)

	n.write(c, "hello")
	n.run(100 * time.Millisecond)
	n.readAll(d)
	n.check(`
		client 100ms call write 5  (SEND)
		client 100ms send PSH,ACK 1:6 ack 1
		client 100ms timer tail-probe armed for 300ms
		client 100ms timer retransmission armed for 300ms
		server 110ms recv PSH,ACK 1:6 ack 1
		server 110ms timer delayed-ack armed for 150ms
		server 150ms timer delayed-ack fired
		server 150ms send ACK 1:1 ack 6
		client 160ms recv ACK 1:1 ack 6
		client 160ms timer tail-probe stopped
		client 160ms timer retransmission stopped
		server 200ms call read 5`)
}

// A timer that fires says what it caused; a segment that is dropped says why,
// with the row that answers it.
func TestTraceOfTimersAndDrops(t *testing.T) {
	n := newNetwork(t)
	n.fate = func(i int, _ *wire.Packet) fate { return fate{drop: i == 1} }
	c := n.dial(server80)
	n.run(1500 * time.Millisecond)
	n.want(c, fsm.Closed)
	n.check(`
		client 0s call connect 0
		client 0s state CLOSED > SYN_SENT: active OPEN
		client 0s send SYN 0:0 ack 0
		client 0s timer retransmission armed for 1s
		client 1s timer retransmission fired (retransmission timeout)
		client 1s timer retransmission armed for 3s
		client 1s send SYN 0:0 ack 0
		server 1.01s recv SYN 0:0 ack 0
		server 1.01s drop no connection (rcv segment)
		server 1.01s send RST,ACK 0:0 ack 1
		client 1.02s recv RST,ACK 0:0 ack 1
		client 1.02s state SYN_SENT > CLOSED: rcv RST
		client 1.02s timer retransmission stopped`)
}

// 2 MSL start anew when the peer sends its FIN again (§3.10.7.4 eighth), and the
// trace says so although the timer was on.
func TestTraceTellsThat2MSLStartAnew(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	_ = c.Close(n.now)
	n.run(100 * time.Millisecond)
	sent := n.sent
	n.fate = func(i int, _ *wire.Packet) fate { return fate{drop: i == sent+2} } // the ACK of d's FIN
	_ = d.Close(n.now)
	n.events = nil
	n.run(time.Second)
	var ends []time.Duration
	for _, e := range n.events {
		if e.Timer == trace.TimeWait && e.Op == trace.Armed {
			ends = append(ends, e.Deadline)
		}
	}
	if len(ends) != 2 || ends[1] <= ends[0] {
		t.Errorf("2 MSL were started to end at %v, want two times, one after the other", ends)
	}
	n.want(d, fsm.Closed)
}

// Windows in the trace are in bytes, whatever the scale.
func TestTraceScalesWindows(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	n.events = nil
	n.write(c, "x")
	n.run(time.Second)
	for _, e := range n.events {
		if (e.Kind == trace.Send || e.Kind == trace.Recv) && e.Seg.Wnd < 500_000 {
			t.Errorf("%s has a window of %d bytes, want about a MiB", line(&e), e.Seg.Wnd)
		}
	}
}

// Without an observer, connections carry nothing for the trace.
func TestNoObserverNoTrace(t *testing.T) {
	n := newNetwork(t, quiet)
	c, _, _ := n.open(server80)
	if c.seen != nil || n.client.trace != nil {
		t.Error("a trace is kept that nobody sees")
	}
}
