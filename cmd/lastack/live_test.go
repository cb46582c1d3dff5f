package main

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// changed is the event of a transition.
func changed(from fsm.State, on fsm.Event, facts fsm.Guard) *trace.Event {
	row := fsm.Next(from, on, facts)
	return &trace.Event{
		Time: 3 * time.Millisecond, Kind: trace.State, From: from, To: fsm.Row(row).Next(from), Event: on, Row: row,
		Conn: trace.Conn{Local: netip.MustParseAddrPort("10.99.0.2:80"), Remote: netip.MustParseAddrPort("10.99.0.1:40404")},
	}
}

func TestLiveViewPrintsALineForEachChange(t *testing.T) {
	var out bytes.Buffer
	view := newLive(&out)
	view.note(changed(fsm.Listen, fsm.RcvSYN, fsm.Passive))
	view.note(&trace.Event{Kind: trace.Send})
	want := "    0.003s  10.99.0.2:80>10.99.0.1:40404       LISTEN      -> SYN_RCVD     rcv SYN            §3.10.7.2 third\n"
	if got := out.String(); got != want {
		t.Errorf("printed\n%swant\n%s", got, want)
	}
}

func TestColoursTellHowAConnectionFares(t *testing.T) {
	for color, e := range map[string]*trace.Event{
		colorYellow: changed(fsm.Listen, fsm.RcvSYN, fsm.Passive),
		colorGreen:  changed(fsm.SynSent, fsm.RcvSYNACK, fsm.Active),
		colorGrey:   changed(fsm.LastAck, fsm.RcvACKofFIN, 0),
		colorRed:    changed(fsm.Established, fsm.RcvRST, 0),
	} {
		var out bytes.Buffer
		(&live{&out, true}).note(e)
		if !strings.Contains(out.String(), color+e.To.String()) {
			t.Errorf("%v -> %v is printed as %q", e.From, e.To, out.String())
		}
	}
}

func TestTallyCountsConnectionsAndBytes(t *testing.T) {
	sums := new(tally)
	for _, e := range []*trace.Event{
		changed(fsm.SynSent, fsm.RcvSYNACK, fsm.Active),
		changed(fsm.SynReceived, fsm.RcvACKofSYN, fsm.Passive),
		changed(fsm.Established, fsm.RcvRST, 0),
		changed(fsm.LastAck, fsm.RcvACKofFIN, 0),
		{Kind: trace.Call, Call: "write", N: 1_234_567},
		{Kind: trace.Call, Call: "read", N: 999},
	} {
		sums.note(e)
	}
	if got, want := sums.String(), "2 connections, 1 broken off; 1.2 MB sent, 999 B received"; got != want {
		t.Errorf("the sum is %q, want %q", got, want)
	}
}
