package diagram

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// scripts is exchanges to draw. A line is a time in milliseconds, an end
// (client, server, or the server's listener) and what happens there:
//
//	! call [n] [: error]     > packet flags seq ack [len=n] [win=n] [opts]     < packet
//	= state, in state        @ timer op [deadline in ms]                       x packet reason
var scripts = map[string]string{
	"lifecycle": `
0 listener ! listen
0 listener = LISTEN
0 client ! connect
0 client = SYN_SENT
0 client > 1 SYN 0 0 opts
20 server < 1
20 server = SYN_RCVD
20 server > 2 SYN,ACK 0 1 opts
40 client < 2
40 client = ESTABLISHED
40 client > 3 ACK 1 1
41 client ! write 300
41 client > 4 PSH,ACK 1 1 len=300
60 server < 3
60 server = ESTABLISHED
60 server ! accept
61 server < 4
61 server ! read 300
61 server ! write 2000
61 server > 5 ACK 1 301 len=1460
61 server > 6 PSH,ACK 1461 301 len=540
81 client < 5
81 client < 6
81 client ! read 2000
81 client > 7 ACK 301 2001
90 client ! close
90 client = FIN_WAIT_1
90 client > 8 FIN,ACK 301 2001
101 server < 7
110 server < 8
110 server = CLOSE_WAIT
110 server > 9 ACK 2001 302
110 server ! read : EOF
130 client < 9
130 client = FIN_WAIT_2
140 server ! close
140 server = LAST_ACK
140 server > 10 FIN,ACK 2001 302
160 client < 10
160 client = TIME_WAIT
160 client @ time-wait armed 60160
160 client > 11 ACK 302 2002
180 server < 11
180 server = CLOSED
60160 client @ time-wait fired
60160 client = CLOSED
`,
	"simultaneous-open": `
0 client ! connect
0 client = SYN_SENT
0 client > 1 SYN 0 0 opts
0 server ! connect
0 server = SYN_SENT
0 server > 2 SYN 0 0 opts
20 client < 2
20 client = SYN_RCVD
20 client > 3 SYN,ACK 0 1 opts
20 server < 1
20 server = SYN_RCVD
20 server > 4 SYN,ACK 0 1 opts
40 client < 4
40 client = ESTABLISHED
40 server < 3
40 server = ESTABLISHED
`,
	"simultaneous-close": `
0 client in ESTABLISHED
0 server in ESTABLISHED
100 client ! close
100 client = FIN_WAIT_1
100 client > 1 FIN,ACK 1 1
105 server ! close
105 server = FIN_WAIT_1
105 server > 2 FIN,ACK 1 1
120 server < 1
120 server = CLOSING
120 server > 3 ACK 2 2
125 client < 2
125 client = CLOSING
125 client > 4 ACK 2 2
140 client < 3
140 client = TIME_WAIT
145 server < 4
145 server = TIME_WAIT
60140 client @ time-wait fired
60140 client = CLOSED
60145 server @ time-wait fired
60145 server = CLOSED
`,
	"lost-segment": `
0 client in ESTABLISHED
0 server in ESTABLISHED
10 client ! write 3000
10 client > 1 ACK 1 1 len=1460
10 client > 2 ACK 1461 1 len=1460
10 client > 3 PSH,ACK 2921 1 len=80
30 server < 1
30 server > 4 ACK 1 1461
30 server < 3
30 server x 3 out of order, kept
30 server > 5 ACK 1 1461
50 client < 4
50 client < 5
1010 client @ retransmission fired
1010 client > 6 ACK 1461 1 len=1460
1030 server < 6
1030 server ! read 3000
1030 server > 7 ACK 1 3001 win=0
1050 client < 7
`,
	"reordered": `
0 client in ESTABLISHED
0 server in ESTABLISHED
10 client > 1 ACK 1 1 len=1460
11 client > 2 ACK 1461 1 len=1460
12 client > 3 PSH,ACK 2921 1 len=80
31 server < 2
31 server > 4 ACK 1 1
33 server < 1
33 server > 5 ACK 1 2921
40 server < 3
51 client < 4
53 client < 5
`,
	"refused": `
0 client ! connect
0 client = SYN_SENT
0 client > 1 SYN 0 0 opts
20 server < 1
20 server > 2 RST,ACK 0 1
40 client < 2
40 client = CLOSED
40 client ! connect : connection refused
`,
	"connect-timeout": `
0 client ! connect
0 client = SYN_SENT
0 client > 1 SYN 0 0 opts
1000 client @ retransmission fired
1000 client > 2 SYN 0 0 opts
3000 client @ retransmission fired
3000 client > 3 SYN 0 0 opts
7000 client @ retransmission fired
7000 client > 4 SYN 0 0 opts
127000 client @ user-timeout fired
127000 client = CLOSED
127000 client ! connect : connection timed out
`,
	"rst-without-connection": `
0 client = SYN_SENT
0 client > 1 SYN 0 0
5 client ! abort
5 client = CLOSED
10 server in LISTEN
10 server < 1
10 server = SYN_RCVD
10 server > 2 SYN,ACK 0 1
20 client < 2
20 client x 2 no connection
20 client > 3 RST 1 0
30 server < 3
30 server = LISTEN
`,
	"last-ack-lost": `
0 client in TIME_WAIT
0 server in LAST_ACK
0 client > 1 ACK 302 2002
0 client x 1 lost in the network
190 server @ retransmission fired
190 server > 2 FIN,ACK 2001 302
200 client < 2
200 client > 3 ACK 302 2002
210 server < 3
210 server = CLOSED
`,
	"forged-reset": `
0 client in ESTABLISHED
0 server in ESTABLISHED
10 client < 99 RST 500 0
10 client x 99 reset is not at RCV.NXT
10 client > 1 ACK 1 1
30 server < 1
30 server x 1 nothing new
`,
}

// script makes the events of a script.
func script(t *testing.T, name string) []trace.Event {
	t.Helper()
	p := player{
		conns: map[string]trace.Conn{}, states: map[string]fsm.State{}, sent: map[string]trace.Event{},
	}
	local, remote := netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:80")
	p.conns["client"], p.conns["server"] = trace.Conn{Local: local, Remote: remote}, trace.Conn{Local: remote, Remote: local}
	p.conns["listener"] = trace.Conn{Local: remote}
	text, ok := scripts[name]
	if !ok {
		t.Fatalf("no script is called %s", name)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if err := p.play(strings.Fields(line)); err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
	}
	return p.events
}

// A player turns the lines of a script into events.
type player struct {
	events []trace.Event
	conns  map[string]trace.Conn
	states map[string]fsm.State
	sent   map[string]trace.Event
}

func (p *player) play(f []string) (err error) {
	ms, err := strconv.Atoi(f[0])
	if err != nil {
		return err
	}
	who, args := f[1], f[3:]
	state := p.states[who]
	e := trace.Event{
		Time: time.Duration(ms) * time.Millisecond, End: strings.Replace(who, "listener", "server", 1),
		Conn: p.conns[who], From: state, To: state,
	}
	switch f[2] {
	case "in":
		p.states[who], err = fsm.ParseState(args[0])
		return err
	case "=":
		e.Kind = trace.State
		e.To, err = fsm.ParseState(args[0])
		p.states[who] = e.To
		if who == "listener" {
			p.states["server"] = e.To
		}
	case ">":
		e.Kind = trace.Send
		err = p.segment(&e, args)
		p.sent[args[0]] = e
	case "<", "x":
		e.Kind = map[string]trace.Kind{"<": trace.Recv, "x": trace.Drop}[f[2]]
		e.Seg, e.Pkt = p.sent[args[0]].Seg, p.sent[args[0]].Pkt
		if f[2] == "x" {
			e.Reason = strings.Join(args[1:], " ")
		} else if len(args) > 1 {
			err = p.segment(&e, args)
			p.sent[args[0]] = e
		}
	case "!":
		e.Kind, e.Call = trace.Call, args[0]
		if _, text, ok := strings.Cut(strings.Join(args, " "), " : "); ok {
			e.Err = text
		} else if len(args) > 1 {
			e.N, err = strconv.Atoi(args[1])
		}
	case "@":
		e.Kind, e.Op = trace.Timer, trace.Fired
		err = e.Timer.UnmarshalText([]byte(args[0]))
		if args[1] == "armed" {
			at, _ := strconv.Atoi(args[2])
			e.Op, e.Deadline = trace.Armed, time.Duration(at)*time.Millisecond
		}
	default:
		err = fmt.Errorf("what is %q", f[2])
	}
	p.events = append(p.events, e)
	return err
}

// segment reads a packet's number, flags, sequence numbers and the rest.
func (p *player) segment(e *trace.Event, args []string) error {
	pkt, err := strconv.ParseUint(args[0], 10, 64)
	if err != nil {
		return err
	}
	e.Pkt, e.Seg.Wnd = pkt, 65535
	if err := e.Seg.Flags.UnmarshalText([]byte(args[1])); err != nil {
		return err
	}
	if _, err := fmt.Sscan(args[2]+" "+args[3], &e.Seg.RelSeq, &e.Seg.RelAck); err != nil {
		return err
	}
	e.Seg.Seq, e.Seg.Ack = e.Seg.RelSeq+1000, e.Seg.RelAck+5000
	for _, a := range args[4:] {
		key, value, _ := strings.Cut(a, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "len":
			e.Seg.Len = n
		case "win":
			e.Seg.Wnd = uint32(n)
		case "opts":
			e.Seg.Opts = trace.Options{MSS: 1460, SACKOK: true, HasWScale: true, WScale: 7, HasTS: true, TSVal: 1}
		default:
			return fmt.Errorf("what is %q", a)
		}
	}
	return nil
}
