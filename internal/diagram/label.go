package diagram

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/trace"
)

// labels is what an arrow may say about its segment, from the fullest to the
// shortest: "SYN seq 0 win 65535 <mss 1460,sackOK,wscale 7>". The window stands
// there where it matters: in a SYN, or when it closes or opens again.
func (f *flight) labels() []string {
	s := f.seg
	flags := s.Flags.String()
	numbers := fmt.Sprintf("%s seq %d", flags, s.RelSeq)
	if s.Flags&trace.ACK != 0 {
		numbers += fmt.Sprintf(" ack %d", s.RelAck)
	}
	if s.Len > 0 {
		numbers += fmt.Sprintf(" len %d", s.Len)
	}
	full := numbers
	if f.window {
		full += fmt.Sprintf(" win %d", s.Wnd)
	}
	opts := s.Opts
	opts.HasTS = false // on every segment, and rarely what one looks for
	scale := trace.Options{MSS: opts.MSS, HasWScale: opts.HasWScale, WScale: opts.WScale}
	mss := trace.Options{MSS: opts.MSS}
	out := []string{withOptions(full, opts), withOptions(full, scale), withOptions(full, mss), full, numbers}
	short := fmt.Sprintf("%s seq %d", flags, s.RelSeq)
	if s.Len > 0 {
		return append(out, fmt.Sprintf("%s len %d", short, s.Len), fmt.Sprintf("%s len %d", flags, s.Len), flags)
	}
	if s.Flags == trace.ACK {
		short = fmt.Sprintf("%s %d", flags, s.RelAck)
	}
	return append(out, short, flags)
}

// withOptions adds the options in angle brackets, as packetdrill does.
func withOptions(s string, o trace.Options) string {
	if text := o.String(); text != "" {
		return s + " <" + text + ">"
	}
	return s
}

// fitting is the fullest label of at most n columns; the shortest is cut if
// need be.
func (f *flight) fitting(n int) string {
	all := f.labels()
	for _, s := range all {
		if width(s) <= n {
			return s
		}
	}
	s := all[len(all)-1]
	return s[:max(min(n, len(s)), 0)]
}

// clockText is a moment of the trace: "20 ms", "1.02 s". Microseconds are shown
// below one millisecond, and never more than three decimals.
func clockText(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + clockText(-d)
	case d == 0:
		return "0"
	case d < time.Millisecond:
		return decimals(float64(d)/1e3, 1) + " µs"
	case d < time.Second:
		return decimals(float64(d)/1e6, 2) + " ms"
	}
	return decimals(d.Seconds(), 3) + " s"
}

// decimals is v with at most n decimals, without zeros at the end.
func decimals(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', n, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// callText is a user call: "write() 5 bytes", "connect(): connection refused".
func callText(o Options, e *trace.Event) string {
	out := e.Call + "()"
	switch {
	case e.Err != "":
		return out + ": " + e.Err
	case e.N == 1:
		return out + o.say(" 1 byte", " 1 字节")
	case e.N > 0:
		return fmt.Sprintf("%s %d %s", out, e.N, o.say("bytes", "字节"))
	}
	return out
}

// timerText is the event of a timer, empty if it is not worth showing.
func timerText(o Options, e *trace.Event) string {
	switch {
	case e.Op == trace.Fired:
		return timerName(o, e.Timer)
	case e.Op == trace.Armed && e.Timer == trace.TimeWait:
		return o.say("2 MSL starts: ", "2 MSL 开始：") + clockText(e.Deadline-e.Time)
	}
	return ""
}

// timerName is a timer in words.
func timerName(o Options, k trace.TimerKind) string {
	switch k {
	case trace.Retransmission:
		return o.say("retransmission timer", "重传定时器")
	case trace.Persist:
		return o.say("persist timer", "坚持定时器")
	case trace.DelayedACK:
		return o.say("delayed ACK timer", "延迟 ACK 定时器")
	case trace.KeepAlive:
		return o.say("keep-alive timer", "保活定时器")
	case trace.FinWait2:
		return o.say("FIN_WAIT_2 timer", "FIN_WAIT_2 定时器")
	case trace.TimeWait:
		return o.say("2 MSL timer", "2 MSL 定时器")
	case trace.UserTimeout:
		return o.say("user timeout", "用户超时")
	}
	return k.String()
}
