package main

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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
	want := "   0.003s 10.99.0.2:80>10.99.0.1:40404   LISTEN      -> SYN_RCVD    rcv SYN        §3.10.7.2 third\n"
	if got := out.String(); got != want {
		t.Errorf("printed\n%swant\n%s", got, want)
	}
}

func TestLiveViewNamesListenersByTheirAddress(t *testing.T) {
	for local, want := range map[string]string{"[::]:80": "*:80 ", "0.0.0.0:80": "0.0.0.0:80 ", "10.99.0.2:80": "10.99.0.2:80 "} {
		var out bytes.Buffer
		newLive(&out).note(&trace.Event{
			Kind: trace.State, To: fsm.Listen, Conn: trace.Conn{Local: netip.MustParseAddrPort(local)},
		})
		if !strings.Contains(out.String(), "s "+want) {
			t.Errorf("a listener at %s is printed as %q", local, out.String())
		}
	}
}

func TestLiveViewPrintsARefusedSYN(t *testing.T) {
	var out bytes.Buffer
	e := changed(fsm.Listen, fsm.RcvSYN, fsm.Passive)
	e.Kind, e.From, e.To, e.Seg.Flags = trace.Recv, fsm.Closed, fsm.Closed, trace.SYN
	newLive(&out).note(e)
	want := "   0.003s 10.99.0.2:80>10.99.0.1:40404   CLOSED: SYN refused, nobody listens at the port\n"
	if got := out.String(); got != want {
		t.Errorf("printed\n%swant\n%s", got, want)
	}
}

// Every row of the table fits, with addresses of the usual length.
func TestLinesOfTheLiveViewFit(t *testing.T) {
	for i := range fsm.Table {
		row := &fsm.Table[i]
		for from := range row.From.All() {
			var out bytes.Buffer
			e := changed(fsm.Listen, fsm.RcvSYN, fsm.Passive)
			e.From, e.To, e.Event, e.Row = from, row.Next(from), row.On, i+1
			newLive(&out).note(e)
			if line := strings.TrimSuffix(out.String(), "\n"); utf8.RuneCountInString(line) > liveWidth {
				t.Errorf("longer than %d columns: %s", liveWidth, line)
			}
		}
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
