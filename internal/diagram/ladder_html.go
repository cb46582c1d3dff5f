package diagram

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/trace"
)

// LadderHTML is a page with the sequence diagram, the explanation of
// Options.Text, and a table of the events.
func LadderHTML(events []trace.Event, o LadderOptions) string {
	var out strings.Builder
	name := o.Title
	if name == "" {
		name = o.say("TCP sequence diagram", "TCP 时序图")
	}
	out.WriteString(paragraphs(o.Text))
	picture := o
	picture.bare = true
	out.WriteString("<figure>\n" + LadderSVG(events, picture) + "</figure>\n")
	fmt.Fprintf(&out, "<h2>%s</h2>\n", o.say("Events", "事件"))
	var rows [][]string
	for i := range events {
		e := &events[i]
		if c := o.Conn; c != (trace.Conn{}) && e.Conn != c && e.Conn != c.Reverse() && !e.Conn.IsListener() {
			continue
		}
		rows = append(rows, eventCells(o.Options, e))
	}
	heads := []string{"time", "end", "connection", "kind", "what", "state", "RFC 9293"}
	caption := "Everything that happened, in order. Sequence numbers are relative."
	if o.Lang == explain.ZH {
		heads = []string{"时间", "端", "连接", "种类", "内容", "状态", "出处"}
		caption = "按顺序列出发生的一切；序列号是相对值。"
	}
	out.WriteString(table(caption, heads, rows))
	return page(o.Options, name, out.String())
}

// eventCells is an event as a row of the table.
func eventCells(o Options, e *trace.Event) []string {
	what, state := "", e.From.String()
	switch e.Kind {
	case trace.State:
		state = e.From.String() + " → " + e.To.String()
		if e.Row != 0 {
			what = explain.Event(o.Lang, e.Event)
		}
	case trace.Send, trace.Recv, trace.Drop:
		f := flight{seg: e.Seg, window: true}
		what = f.labels()[0]
		if e.Kind == trace.Drop {
			what += " · " + explain.Reason(o.Lang, e.Reason)
		}
	case trace.Timer:
		what = timerName(o, e.Timer) + " " + opName(o, e.Op)
		if e.Op == trace.Armed {
			what += " → " + clockText(e.Deadline)
		}
	case trace.Call:
		what = callText(o, e)
	case trace.ICMP:
		what = icmpText(o, e)
	}
	return []string{clockText(e.Time), e.End, e.Conn.String(), e.Kind.String(), what, state, e.Ref()}
}

// opName is what happened to a timer, in words.
func opName(o Options, op trace.TimerOp) string {
	if o.Lang != explain.ZH {
		return op.String()
	}
	switch op {
	case trace.Armed:
		return "启动"
	case trace.Fired:
		return "到时"
	case trace.Stopped:
		return "停止"
	}
	return op.String()
}
