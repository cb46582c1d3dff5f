package main

import (
	"fmt"
	"io"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// A live view prints the changes of connections' states as they happen, one
// line each.
type live struct {
	w     io.Writer
	color bool
}

// newLive makes a view, with colours if w is a terminal that shows them.
func newLive(w io.Writer) *live { return &live{w, new(output).color(w)} }

// note prints the line of an event that changes a state:
//
//	0.003s  10.99.0.2:80>10.99.0.1:40404   LISTEN      -> SYN_RCVD     rcv SYN    §3.10.7.2 third
func (l *live) note(e *trace.Event) {
	if e.Kind != trace.State {
		return
	}
	to := fmt.Sprintf("%-11v", e.To)
	if l.color {
		to = stateColor(e) + to + colorOff
	}
	fmt.Fprintf(l.w, "%9.3fs  %-34v %-11v -> %s  %-18v %s\n", e.Time.Seconds(), e.Conn, e.From, to, e.Event, e.Ref())
}

// The colours of a terminal.
const (
	colorRed    = "\x1b[31m"
	colorGreen  = "\x1b[32m"
	colorYellow = "\x1b[33m"
	colorGrey   = "\x1b[90m"
	colorOff    = "\x1b[0m"
)

// stateColor is red if the connection has failed, green if it is open, grey if
// it is over, and otherwise yellow.
func stateColor(e *trace.Event) string {
	switch {
	case failed(e):
		return colorRed
	case e.To == fsm.Established:
		return colorGreen
	case e.To == fsm.Closed || e.To == fsm.TimeWait || e.To == fsm.Listen:
		return colorGrey
	}
	return colorYellow
}

// failed reports whether an event ends a connection before its time.
func failed(e *trace.Event) bool {
	if e.Kind != trace.State || e.Row == 0 {
		return false
	}
	const signals = fsm.SigReset | fsm.SigRefused | fsm.SigTimeout | fsm.SigUnreachable | fsm.SndRST
	return fsm.Row(e.Row).Do&signals != 0
}
