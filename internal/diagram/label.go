package diagram

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/trace"
)

// missing stands in a label for what is left out of it.
const missing = "…"

// labels is what an arrow may say about its segment, from the fullest to the
// shortest: "SYN seq 0 win 65535 <mss 1460,wscale 7,sackOK>". The window stands
// there where it matters: in a SYN, or when it closes or opens again. Whatever
// the shorter ones leave out has a "…" in its place.
func (f *flight) labels() (out []string) {
	s := f.seg
	flags := s.Flags.String()
	if s.ECN == trace.CE {
		flags = "[" + s.ECN.String() + "] " + flags
	}
	if f.n > 1 {
		flags = fmt.Sprintf("%d × %s", f.n, flags)
	}
	seq, ack, text := fmt.Sprintf(" seq %d", s.RelSeq), "", ""
	if f.absolute {
		seq += " (absolute)"
	}
	if s.Flags&trace.ACK != 0 {
		ack = fmt.Sprintf(" ack %d", s.RelAck)
	}
	if s.Len > 0 {
		text = fmt.Sprintf(" len %d", s.Len)
	}
	numbers, window := flags+seq+ack+text, ""
	if f.window {
		window = fmt.Sprintf(" win %d", s.Wnd)
	}
	shorter := f.options()
	for _, options := range shorter {
		out = append(out, numbers+window+options)
	}
	if window != "" && shorter[0] != "" {
		for _, options := range shorter[:len(shorter)-1] {
			out = append(out, numbers+" "+missing+options)
		}
	}
	if window+shorter[0] != "" {
		out = append(out, numbers+" "+missing)
	}
	if text != "" {
		out = append(out, flags+seq+" "+missing+text, flags+" "+missing+text)
	} else if s.Flags == trace.ACK {
		out = append(out, flags+" "+missing+ack)
	}
	return append(out, flags+" "+missing)
}

// options is the options in angle brackets, as packetdrill has them, from all
// of them to a mark that there are some.
func (f *flight) options() []string {
	opts := f.seg.Opts
	opts.HasTS = false // on every segment, and rarely what one looks for
	others, stamp := opts.String(), ""
	if f.stamps && f.seg.Opts.HasTS {
		stamp = fmt.Sprintf("TS val %d", f.stamp)
		if f.seg.Flags&trace.ACK != 0 {
			stamp += fmt.Sprintf(" ecr %d", f.echo)
		}
	}
	switch {
	case others == "" && stamp == "":
		return []string{""}
	case stamp == "":
		out := []string{" <" + others + ">"}
		for i := strings.LastIndexByte(others, ','); i > 0; i = strings.LastIndexByte(others[:i], ',') {
			out = append(out, " <"+others[:i+1]+missing+">")
		}
		return append(out, " <"+missing+">")
	case others == "":
		return []string{" <" + stamp + ">", " <" + missing + ">"}
	}
	return []string{" <" + others + "," + stamp + ">", " <" + missing + "," + stamp + ">", " <" + missing + ">"}
}

// fitting is the fullest label of at most n columns that is no fuller than the
// level allows, and its own level; the shortest is cut if need be.
func (f *flight) fitting(n, level int) (string, int) {
	all := f.labels()
	for i := min(level, len(all)-1); i < len(all); i++ {
		if width(all[i]) <= n {
			return all[i], i
		}
	}
	s := []rune(all[len(all)-1])
	return string(s[:max(min(n, len(s)), 0)]), len(all) - 1
}

// Clock is a time as pictures have it: "20 ms", "1.02 s".
func Clock(d time.Duration) string { return clockText(d) }

// clockText is a moment of the trace: "20 ms", "1.02 s". Microseconds are shown
// below one millisecond, and never more than three decimals. It fits the column of
// times, which has eight places.
func clockText(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + clockText(-d)
	case d == 0:
		return "0"
	case d < time.Microsecond:
		return decimals(float64(d), 0) + " ns"
	case d < time.Millisecond:
		return decimals(float64(d)/1e3, 1) + " µs"
	case d < 100*time.Millisecond:
		return decimals(float64(d)/1e6, 2) + " ms"
	case d < time.Second:
		return decimals(float64(d)/1e6, 1) + " ms"
	case d < 100*time.Second:
		return decimals(d.Seconds(), 3) + " s"
	}
	return decimals(d.Seconds(), 2) + " s"
}

// decimals is v with at most n decimals, without zeros at the end.
func decimals(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', n, 64)
	if n == 0 {
		return s
	}
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

// icmpText is an ICMP error: "ICMP: packet too big, MTU 1400".
func icmpText(o Options, e *trace.Event) string {
	out := "ICMP" + o.say(": ", "：") + explain.Reason(o.Lang, e.Reason)
	if e.N > 0 {
		out += fmt.Sprintf(o.say(", MTU %d", "，MTU %d"), e.N)
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
	case trace.Reorder:
		return o.say("reordering timer", "乱序定时器")
	case trace.TailProbe:
		return o.say("tail loss probe", "尾部丢失探测")
	case trace.Pace:
		return o.say("pacing timer", "发送节奏定时器")
	}
	return k.String()
}
