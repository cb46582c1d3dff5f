package script

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// String is the script in its own language, one event a line.
func (s *Script) String() string {
	var b strings.Builder
	for _, o := range s.Options {
		b.WriteString("--" + o.Name)
		if o.HasValue {
			b.WriteString("=" + o.Value)
		}
		b.WriteByte('\n')
	}
	if s.Init != nil {
		b.WriteString("`" + s.Init.Text + "`\n")
	}
	for i := range s.Events {
		b.WriteString(s.Events[i].String() + "\n")
	}
	if s.Cleanup != nil {
		b.WriteString("`" + s.Cleanup.Text + "`\n")
	}
	return b.String()
}

// String is the event with its time.
func (e *Event) String() string {
	at := e.Time.String()
	switch {
	case e.Packet != nil:
		return at + " " + e.Packet.String()
	case e.Call != nil:
		return at + " " + e.Call.String()
	case e.Command != nil:
		return at + " `" + e.Command.Text + "`"
	case e.Code != nil:
		return at + " %{" + e.Code.Text + "}%"
	}
	return at
}

// String is the time as it is written.
func (t Time) String() string {
	switch t.Kind {
	case Relative:
		return "+" + seconds(t.Start)
	case AbsoluteRange:
		return seconds(t.Start) + "~" + seconds(t.End)
	case RelativeRange:
		return "+" + seconds(t.Start) + "~+" + seconds(t.End)
	case AnyTime:
		return "*"
	case Absolute:
	}
	return seconds(t.Start)
}

// seconds is a duration as decimal seconds.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1e6, 'f', -1, 64)
}

// String is the packet as it is written.
func (p *Packet) String() string {
	out := string(p.Dir)
	for _, outer := range p.Encap {
		out += " " + outer + ":"
	}
	if info := p.IP.String(); info != "" {
		out += " [" + info + "]"
	}
	switch {
	case p.TCP != nil:
		return out + " " + p.TCP.String()
	case p.ICMP != nil:
		return out + " icmp " + p.ICMP.String()
	case p.UDP != nil:
		return out + " udp " + p.UDP.Ports.prefix() + fmt.Sprintf("(%d)", p.UDP.Len)
	}
	return out
}

// String is what is said, without brackets.
func (i IPInfo) String() string {
	var words []string
	if i.ECN != ECNUnchecked {
		words = append(words, ecnNames[i.ECN])
	}
	if i.TOS >= 0 {
		words = append(words, fmt.Sprintf("tos %#02x", i.TOS))
	}
	if i.DSCP >= 0 {
		words = append(words, fmt.Sprintf("dscp %#02x", i.DSCP))
	}
	if i.TTL >= 0 {
		words = append(words, fmt.Sprintf("ttl %d", i.TTL))
	}
	if i.FlowLabel >= 0 {
		words = append(words, fmt.Sprintf("flowlabel %#x", i.FlowLabel))
	}
	return strings.Join(words, ", ")
}

func (p Ports) prefix() string {
	if p == (Ports{}) {
		return ""
	}
	return fmt.Sprintf("%d > %d ", p.Src, p.Dst)
}

// String is the segment as it is written.
func (t *TCP) String() string {
	out := t.Ports.prefix() + t.flags() + " "
	if t.AnySeq {
		out += fmt.Sprintf("...(%d)", t.Len)
	} else {
		out += fmt.Sprintf("%d:%d(%d)", t.Seq, t.Seq+uint32(t.Len), t.Len)
	}
	if t.LiteralSeq {
		out += "!"
	}
	if t.HasAck {
		out += fmt.Sprintf(" ack %d", t.Ack)
	}
	if t.Win >= 0 {
		out += fmt.Sprintf(" win %d", t.Win)
	}
	if t.Urg != 0 {
		out += fmt.Sprintf(" urg %d", t.Urg)
	}
	if t.AnyOpts {
		out += " <...>"
	} else if len(t.Opts) > 0 {
		out += " <" + FormatOptions(t.Opts) + ">"
	}
	if t.UDPEncap != nil {
		out += fmt.Sprintf(" /udp(%d > %d)", t.UDPEncap.Src, t.UDPEncap.Dst)
	}
	return out
}

// flags is the letters of the flags, then the dot, then the ACE count.
func (t *TCP) flags() string {
	out := ""
	for _, l := range flagLetters {
		if t.Flags&l.flag != 0 {
			out += string(l.letter)
		}
	}
	if t.Flags&ACK != 0 {
		out += "."
	}
	if t.ACE >= 0 {
		out += strconv.Itoa(t.ACE)
	}
	if out == "" {
		return "-"
	}
	return out
}

// FormatOptions is options as they are written, without the brackets.
func FormatOptions(opts []TCPOption) string {
	words := make([]string, len(opts))
	for i := range opts {
		words[i] = opts[i].String()
	}
	return strings.Join(words, ",")
}

// String is the option as it is written.
func (o *TCPOption) String() string {
	switch o.Kind {
	case OptEOL:
		return "eol"
	case OptNOP:
		return "nop"
	case OptMSS:
		return fmt.Sprintf("mss %d", o.N)
	case OptWScale:
		return fmt.Sprintf("wscale %d", o.N)
	case OptSACKOK:
		return "sackOK"
	case OptSACK:
		out := "sack"
		for _, b := range o.Blocks {
			out += fmt.Sprintf(" %d:%d", b.Left, b.Right)
		}
		return out
	case OptTS:
		out := fmt.Sprintf("TS val %d ecr %d", o.Val, o.Ecr)
		if o.AnyVal {
			out = fmt.Sprintf("TS val ... ecr %d", o.Ecr)
		}
		if o.LiteralEcr {
			out += "!"
		}
		return out
	case OptMD5:
		return strings.TrimSpace("md5 " + o.Digest + hex.EncodeToString(o.Data))
	case OptFO:
		return strings.TrimSpace("FO " + hex.EncodeToString(o.Data))
	case OptFOExp:
		return strings.TrimSpace("FOEXP " + hex.EncodeToString(o.Data))
	case OptECN0, OptECN1:
		return o.counters()
	case OptOther:
	}
	return fmt.Sprintf("kind %d (%x)", o.N, o.Data)
}

// counters is an AccECN option.
func (o *TCPOption) counters() string {
	names := []string{"e0b", "ceb", "e1b"}
	if o.Kind == OptECN1 {
		names = []string{"e1b", "ceb", "e0b"}
	}
	out := "ECN"
	for i, n := range o.Counters {
		out += fmt.Sprintf(" %s %d", names[i], n)
	}
	return out
}

// String is the message as it is written, after "icmp".
func (m *ICMP) String() string {
	out := m.Type
	if m.Code != "" {
		out += " " + m.Code
	}
	if m.MTU >= 0 {
		out += fmt.Sprintf(" mtu %d", m.MTU)
	}
	if m.EchoID >= 0 {
		out += fmt.Sprintf(" id %d", m.EchoID)
	}
	switch {
	case m.QuoteOther != "":
		out += fmt.Sprintf(" [%s(%d)]", m.QuoteOther, m.QuoteLen)
	case m.HasQuote:
		out += fmt.Sprintf(" [%d:%d(%d)]", m.QuoteSeq, m.QuoteSeq+uint32(m.QuoteLen), m.QuoteLen)
	}
	return out
}

// String is the call with its expected result.
func (c *Call) String() string {
	out := ""
	if c.Blocking {
		out = "..." + seconds(c.End) + " "
	}
	out += c.Name + "(" + join(c.Args) + ") = " + c.Result.String()
	if c.Errno != "" {
		out += " " + c.Errno
	}
	if c.Note != "" {
		out += " (" + c.Note + ")"
	}
	return out
}

func join(list []*Expr) string {
	words := make([]string, len(list))
	for i, e := range list {
		words[i] = e.String()
	}
	return strings.Join(words, ", ")
}

// String is the expression as it is written.
func (e *Expr) String() string {
	switch e.Kind {
	case Integer:
		if e.Hex {
			return fmt.Sprintf("%#x", e.Int)
		}
		return strconv.FormatInt(e.Int, 10)
	case Word:
		return e.Text
	case String:
		return `"` + e.Text + `"`
	case Truncated:
		return `"` + e.Text + `"...`
	case Or:
		return e.Args[0].String() + "|" + e.Args[1].String()
	case Assign:
		if e.Text == "" {
			return e.Args[0].String() + "=" + e.Args[1].String()
		}
		return e.Text + "=" + e.Args[0].String()
	case List:
		return "[" + join(e.Args) + "]"
	case Struct:
		return "{" + join(e.Args) + "}"
	case Invoke:
		return e.Text + "(" + join(e.Args) + ")"
	case Ellipsis:
	}
	return "..."
}
