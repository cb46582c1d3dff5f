package matrix

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// A Script is a case as a packetdrill script.
type Script struct{ Name, Text string }

// Scripts is the scripts of all cases.
func Scripts() []Script {
	rules, cases := Table(), Cases()
	scripts := make([]Script, len(cases))
	for i := range cases {
		c := &cases[i]
		r := Find(rules, c)
		if r == nil {
			panic("BUG: no rule for " + c.String())
		}
		scripts[i] = Script{c.String(), Write(c, r)}
	}
	return scripts
}

// settings turns off what would only be in the way, and limits to the
// frequency of answers.
const settings = "`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0 " +
	"net.ipv4.tcp_invalid_ratelimit=0 net.ipv4.tcp_rfc1337=1`\n\n"

// Write is the script of a case, as its rule wants it to end.
func Write(c *Case, r *Rule) string {
	s := situationOf(c.State, c.Active)
	var b strings.Builder
	b.WriteString(head(c, r))
	b.WriteString(s.String())
	end := arrive(&b, s, c, r)
	check(&b, s, c.State, end)
	probe(&b, s, end)
	return relative(b.String())
}

// head says what the script is about. With 1285 octets of text in a segment
// the largest window, 65535, is a multiple of them, so that no TCP rounds it.
func head(c *Case, r *Rule) string {
	why := r.Why
	if strings.HasPrefix(why, "§") {
		why = "RFC 9293 " + why
	}
	mtu := 1325
	if c.IPv6 {
		mtu = 1345
	}
	what := fmt.Sprintf("%v by %s open: %s, SEQ %s", c.State, c.opener(), segmentNames[c.Segment], c.Seq)
	if c.Ack != "" {
		what += ", ACK " + c.Ack
	}
	return fmt.Sprintf("// %s.\n// %s. (matrix.txt, line %d)\n\n--ip_version=%s\n--mtu=%d\n%s", why, what, r.Line, c.version(), mtu, settings)
}

// arrive writes the segment and the answer. The result is the state after it.
// The numbers of s are moved to where they should be then.
func arrive(b *strings.Builder, s *situation, c *Case, r *Rule) fsm.State {
	if isICMP(c.Segment) {
		fmt.Fprintf(b, "+.1   < icmp unreachable %s [%d:%d(0)]\n", icmpCode(c), s.quoted(c.Seq), s.quoted(c.Seq))
		return r.after(c)
	}
	seq, ack := s.seq(c.Seq), s.ack(c.Ack)
	size := textOf(c.Segment)
	next := seq + uint32(size)
	for _, flag := range "SF" {
		if strings.ContainsRune(c.Segment, flag) {
			next++
		}
	}
	fmt.Fprintf(b, "+.1   < %s %d:%d(%d)%s\n", c.Segment, seq, seq+uint32(size), size, tail(c, ack))
	switch r.Answer {
	case "ack":
		fmt.Fprintf(b, "+0    > . %d:%d(0) ack %d\n", s.nxt, s.nxt, s.rcv)
	case "take":
		s.rcv = next
		fmt.Fprintf(b, "+0~+.2 > . %d:%d(0) ack %d\n", s.nxt, s.nxt, s.rcv)
	case "rst":
		fmt.Fprintf(b, "+0    > R %d:%d(0)\n", ack, ack)
	case "rst-ack":
		fmt.Fprintf(b, "+0    > R. 0:0(0)! ack %d\n", next)
	case "syn-ack":
		s.una, s.nxt, s.rcv = iss, iss+1, seq+1
		fmt.Fprintf(b, "+0    > S. %d:%d(0) ack %d <mss 1285>\n", iss, iss, s.rcv)
	case "syn-done":
		s.una, s.rcv = s.nxt, seq+1
		fmt.Fprintf(b, "+0    > . %d:%d(0) ack %d\n", s.nxt, s.nxt, s.rcv)
	}
	return r.after(c)
}

// icmpCode is the code of an ICMP error.
func icmpCode(c *Case) string {
	switch {
	case c.Segment == "hard":
		return "port_unreachable"
	case c.IPv6:
		return "no_route"
	}
	return "host_unreachable"
}

// textOf is the octets of text of a segment.
func textOf(segment string) int {
	if segment == "P." || segment == "U." {
		return 10
	}
	return 0
}

// tail is what stands behind the sequence numbers of a segment.
func tail(c *Case, ack uint32) string {
	var t string
	if hasACK(c.Segment) {
		t += fmt.Sprintf(" ack %d", ack)
	}
	if c.Segment[0] == 'R' {
		return t + " win 0"
	}
	t += fmt.Sprintf(" win %d", wnd)
	switch c.Segment[0] {
	case 'U':
		t += " urg 10"
	case 'S':
		t += " <mss 1000>"
	}
	return t
}

// check writes an assertion about the state. In LISTEN the connection is gone,
// or has not begun; that somebody listens the probe tells.
func check(b *strings.Builder, s *situation, before, end fsm.State) {
	if end == fsm.TimeWait && (before == fsm.FinWait1 || before == fsm.FinWait2) {
		fmt.Fprintf(b, "+0    close(%d) = 0\n", s.fd) // a descriptor would keep TIME-WAIT from being seen
	}
	if end == fsm.Listen {
		end = fsm.Closed
	}
	fmt.Fprintf(b, "+0    %%{ assert tcpi_state == %s }%%\n", symbols[end])
}

// symbols is the names of Linux's states.
var symbols = [fsm.NumStates]string{
	fsm.Closed: "TCP_CLOSE", fsm.SynSent: "TCP_SYN_SENT", fsm.SynReceived: "TCP_SYN_RECV", fsm.Established: "TCP_ESTABLISHED",
	fsm.FinWait1: "TCP_FIN_WAIT1", fsm.FinWait2: "TCP_FIN_WAIT2", fsm.CloseWait: "TCP_CLOSE_WAIT", fsm.Closing: "TCP_CLOSING",
	fsm.LastAck: "TCP_LAST_ACK", fsm.TimeWait: "TCP_TIME_WAIT",
}

// probe writes an exchange whose outcome is known. What has been sent since the
// answer, delayed or not, would be taken for the outcome and be wrong or early.
func probe(b *strings.Builder, s *situation, state fsm.State) {
	switch state {
	case fsm.Closed:
		fmt.Fprintf(b, "+.2   < . %d:%d(0) ack %d win %d\n", s.rcv, s.rcv, s.nxt+5000, wnd)
		fmt.Fprintf(b, "+0    > R %d:%d(0)\n", s.nxt+5000, s.nxt+5000)
	case fsm.Listen:
		fmt.Fprintf(b, "+.2   < S %d:%d(0) win %d <mss 1000>\n", nextIRS, nextIRS, wnd)
		fmt.Fprintf(b, "+0    > S. %d:%d(0) ack %d <mss 1285>\n", iss, iss, nextIRS+1)
	case fsm.SynSent:
		fmt.Fprintf(b, "+.2   < S. %d:%d(0) ack %d win %d <mss 1000>\n", nextIRS, nextIRS, s.nxt, wnd)
		fmt.Fprintf(b, "+0    > . %d:%d(0) ack %d\n", s.nxt, s.nxt, nextIRS+1)
	case fsm.SynReceived:
		fmt.Fprintf(b, "+.2   < P. %d:%d(10) ack %d win %d\n", s.rcv, s.rcv+10, s.nxt, wnd)
		fmt.Fprintf(b, "+0~+.2 > . %d:%d(0) ack %d\n", s.nxt, s.nxt, s.rcv+10)
	default: // synchronized
		fmt.Fprintf(b, "+.2   < . %d:%d(0) ack %d win %d\n", s.rcv-1, s.rcv-1, s.nxt, wnd)
		fmt.Fprintf(b, "+0    > . %d:%d(0) ack %d\n", s.nxt, s.nxt, s.rcv)
	}
}
