package diagram

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// bulk is the events of a client that sends n segments of 1,000 bytes, a
// millisecond apart, over a way of 10 ms, to a server that acknowledges every
// second one at once and reads. The packet with the number lost does not arrive.
func bulk(n int, lost uint64) (events []trace.Event) {
	there := trace.Conn{Local: netip.MustParseAddrPort("10.0.0.1:40000"), Remote: netip.MustParseAddrPort("10.0.0.2:80")}
	add := func(t time.Duration, end string, kind trace.Kind, pkt uint64, seg trace.Segment) {
		e := trace.Event{Time: t, End: end, Kind: kind, Conn: there, Pkt: pkt, Seg: seg, From: fsm.Established, To: fsm.Established}
		if end == "server" {
			e.Conn = there.Reverse()
		}
		events = append(events, e)
	}
	const ms = time.Millisecond
	for i := range n {
		pkt, at := uint64(2*i+1), time.Duration(i)*ms
		text := trace.Segment{Flags: trace.ACK, Seq: uint32(1000*i + 1), RelSeq: uint32(1000*i + 1), Ack: 1, RelAck: 1, Wnd: 9000, Len: 1000}
		add(at, "client", trace.Send, pkt, text)
		if pkt == lost {
			add(at, "client", trace.Drop, pkt, text)
			continue
		}
		add(at+10*ms, "server", trace.Recv, pkt, text)
		read := trace.Event{Time: at + 10*ms, End: "server", Conn: there.Reverse(), Kind: trace.Call, Call: "read", N: 1000, From: fsm.Established, To: fsm.Established}
		events = append(events, read)
		if i%2 == 1 {
			ack := trace.Segment{Flags: trace.ACK, Seq: 1, RelSeq: 1, Ack: text.Seq + 1000, RelAck: text.Seq + 1000, Wnd: 9000}
			add(at+10*ms, "server", trace.Send, pkt+1, ack)
			add(at+20*ms, "client", trace.Recv, pkt+1, ack)
		}
	}
	return events
}

// draw is the events, which may be out of order, as a ladder.
func draw(events []trace.Event) string {
	return LadderText(events, LadderOptions{BothEnds: true})
}

func TestLongTransferIsAFewArrows(t *testing.T) {
	text := draw(bulk(200, 0))
	for _, want := range []string{"200 × ACK seq 1 ack 1 len 200000", "100 × ACK seq 1 ack 200001", "read() 200000 bytes"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once", want)
		}
	}
	if n := strings.Count(text, "\n"); n > 12 || strings.Count(text, "read()") != 1 {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

func TestLossIsDrawnByItself(t *testing.T) {
	text := draw(bulk(40, 41)) // the 21st
	for _, want := range []string{"20 × ACK seq 1 ack 1 len 20000", "ACK seq 20001 ack 1 len 1000", "lost", "19 × ACK seq 21001 ack 1 len 19000"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestFewSegmentsAreDrawnOneByOne(t *testing.T) {
	if text := draw(bulk(minRun-1, 0)); strings.Contains(text, "×") || strings.Count(text, "len 1000") != minRun-1 {
		t.Errorf("segments are missing:\n%s", text)
	}
}
