package main

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// A live view prints the changes of connections' states as they happen, and
// the SYNs to ports at which nobody listens, one line each.
type live struct {
	w     io.Writer
	color bool
}

// newLive makes a view, with colours if w is a terminal that shows them.
func newLive(w io.Writer) *live { return &live{w, new(output).color(w)} }

// liveWidth is how many columns a line may have. Only long addresses exceed it.
const liveWidth = 100

// note prints the line of an event that changes a state, or of a refusal:
//
//	0.003s 10.99.0.2:80>10.99.0.1:40404   LISTEN      -> SYN_RCVD    rcv SYN        §3.10.7.2 third
//	0.004s 10.99.0.2:81>10.99.0.1:40406   CLOSED: SYN refused, nobody listens at the port
func (l *live) note(e *trace.Event) {
	begin := fmt.Sprintf("%8.3fs %-30v ", e.Time.Seconds(), connName(e.Conn))
	switch {
	case e.Kind == trace.State:
		begin += fmt.Sprintf("%-11v -> ", e.From)
		to, end := fmt.Sprintf("%-11v", e.To), fmt.Sprintf(" %-14v ", e.Event)
		end += fitting(e.Ref(), liveWidth-utf8.RuneCountInString(begin+to+end))
		fmt.Fprintf(l.w, "%s%s%s\n", begin, l.paint(stateColor(e), to), strings.TrimRight(end, " "))
	case refused(e):
		fmt.Fprintf(l.w, "%s%s\n", begin, l.paint(colorRed, "CLOSED: SYN refused, nobody listens at the port"))
	}
}

// paint gives a text a colour, if the view has any.
func (l *live) paint(color, text string) string {
	if !l.color {
		return text
	}
	return color + text + colorOff
}

// connName is a connection's name. A listener's is its address, with "*" for
// all of the stack's.
func connName(c trace.Conn) string {
	switch {
	case !c.IsListener():
		return c.String()
	case c.Local.Addr() == netip.IPv6Unspecified():
		return fmt.Sprintf("*:%d", c.Local.Port())
	}
	return c.Local.String()
}

// fitting is as many words of a text as fit into a number of columns.
func fitting(text string, columns int) string {
	for utf8.RuneCountInString(text) > columns {
		i := strings.LastIndexByte(text, ' ')
		if i < 0 {
			return ""
		}
		text = text[:i]
	}
	return text
}

// refused reports whether an event is the arrival of a SYN at a port at which
// nobody listens: only there is it received in CLOSED (§3.10.7.1).
func refused(e *trace.Event) bool {
	return e.Kind == trace.Recv && e.From == fsm.Closed && e.Seg.Flags&(trace.SYN|trace.ACK|trace.RST) == trace.SYN
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
