package tcp

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// exchange plays a script against one end of a connection and compares. Lines:
//
//	state ESTABLISHED          put the connection in a state by the shortest way; both sides' numbers are then at 1
//	passive | connect          open a listening or an active end
//	< F. 1:1(0) ack 1          a segment arrives ([ECN field], flags, SEQ:END(LEN), ack, win, <options>)
//	<< S 0:0(0)                the same, and what comes next arrives before anything leaves
//	> .  1:1(0) ack 2          a segment leaves
//	> -                        nothing leaves
//	= CLOSE_WAIT               the state
//	write 100, read 5, close, closeread, release, abort
//	wait 200ms                 time passes; timers fire
//	err "text"                 why the connection ended
//
// Sequence numbers are relative: this end's SYN is 0, and so is the peer's.
// Options are compared only if the line has any.
func exchange(t *testing.T, script string, cfgs ...Config) *end {
	t.Helper()
	cfg := Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true}
	if len(cfgs) > 0 {
		cfg = cfgs[0]
	}
	e := newEnd(t, cfg)
	for i, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			e.line = fmt.Sprintf("line %d: %s", i+1, line)
			e.play(line)
		}
	}
	e.line = "end of the script"
	e.wantNothing()
	return e
}

// Initial sequence numbers near the wrap, so that every script crosses it.
const (
	ourISS   = seq.Num(1<<32 - 2)
	theirISS = seq.Num(1<<32 - 50)
)

// An end is one end of a connection under test.
type end struct {
	t    *testing.T
	cfg  Config
	c    *Conn
	now  clock.Time
	line string
	out  []wire.Segment
	rows []Took
}

func newEnd(t *testing.T, cfg Config) *end {
	t.Helper()
	e := &end{t: t, cfg: cfg.WithDefaults(), now: clock.Time(time.Hour)}
	e.c = New(&e.cfg, Params{ISS: ourISS, MTU: 1500})
	return e
}

func (e *end) fatalf(format string, args ...any) {
	e.t.Helper()
	e.t.Fatalf("%s: %s (state %v)", e.line, fmt.Sprintf(format, args...), e.c.State())
}

// did collects what an input made: rows, and segments.
func (e *end) did(r Result) Result {
	e.t.Helper()
	e.rows = append(e.rows, r.Rows[:r.N]...)
	var seg wire.Segment
	for e.c.Emit(e.now, &seg) {
		seg.Payload = append([]byte(nil), seg.Payload...)
		e.out = append(e.out, seg)
		if len(e.out) > 10000 {
			e.fatalf("Emit never ends")
		}
	}
	check(e.t, e.c)
	return r
}

func (e *end) play(line string) {
	e.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "state":
		e.wantNothing()
		e.enter(rest)
	case "passive":
		e.did(e.c.Listen(e.now))
	case "connect":
		e.did(e.c.Connect(e.now))
	case "<":
		e.did(e.arrive(rest))
	case "<<":
		r := e.arrive(rest)
		e.rows = append(e.rows, r.Rows[:r.N]...)
	case ">":
		e.want(rest)
	case "=":
		if got := e.c.State().String(); got != rest {
			e.fatalf("the state is %s", got)
		}
	case "wait":
		e.wantNothing()
		e.wait(rest)
	case "err":
		if got := fmt.Sprint(e.c.Err()); got != strings.Trim(rest, `"`) {
			e.fatalf("the error is %q", got)
		}
	default:
		e.call(word, rest)
	}
}

// arrive takes in a segment.
func (e *end) arrive(text string) Result {
	e.t.Helper()
	e.wantNothing()
	seg := e.parse(text)
	seg.Seq += theirISS
	if seg.Has(wire.ACK) {
		seg.Ack += ourISS
	}
	seg.Opts = shiftSACK(seg.Opts, ourISS)
	return e.c.Arrive(e.now, &seg)
}

func (e *end) call(word, rest string) {
	e.t.Helper()
	n, _ := strconv.Atoi(rest)
	switch word {
	case "write":
		got, r := e.c.Write(e.now, make([]byte, n))
		if e.did(r); got != n || r.Err != nil {
			e.fatalf("took %d bytes, %v", got, r.Err)
		}
	case "read":
		got, err := e.c.Read(e.now, make([]byte, max(n, 1)))
		if rest == "EOF" {
			if err != errEOF {
				e.fatalf("got %d bytes, %v", got, err)
			}
		} else if got != n || err != nil {
			e.fatalf("got %d bytes, %v", got, err)
		}
		e.did(Result{})
	case "close":
		e.did(e.c.Close(e.now))
	case "closeread":
		e.c.CloseRead(e.now)
		e.did(Result{})
	case "release":
		e.did(e.c.Release(e.now))
	case "abort":
		e.did(e.c.Abort(e.now))
	default:
		e.fatalf("unknown word %q", word)
	}
}

// enter brings the connection to a state by what peers do. Our SYN is 0, our
// data, if any, are before 1.
func (e *end) enter(state string) {
	e.t.Helper()
	ways := map[string]string{
		"ESTABLISHED": "passive; < S 0:0(0) win 65535 <mss 1460>; > S. 0:0(0) ack 1; < . 1:1(0) ack 1 win 65535",
		"SYN_RCVD":    "passive; < S 0:0(0) win 65535 <mss 1460>; > S. 0:0(0) ack 1",
		"SYN_SENT":    "connect; > S 0:0(0)",
		"FIN_WAIT_1":  "state ESTABLISHED; close; > F. 1:1(0) ack 1",
		"FIN_WAIT_2":  "state FIN_WAIT_1; < . 1:1(0) ack 2 win 65535",
		"CLOSE_WAIT":  "state ESTABLISHED; < F. 1:1(0) ack 1 win 65535; > . 1:1(0) ack 2",
		"CLOSING":     "state FIN_WAIT_1; < F. 1:1(0) ack 1 win 65535; > . 2:2(0) ack 2",
		"LAST_ACK":    "state CLOSE_WAIT; close; > F. 1:1(0) ack 2",
		"TIME_WAIT":   "state FIN_WAIT_2; < F. 1:1(0) ack 2 win 65535; > . 2:2(0) ack 2",
		"LISTEN":      "passive",
		"CLOSED":      "",
	}
	for step := range strings.SplitSeq(ways[state], ";") {
		if step = strings.TrimSpace(step); step != "" {
			e.play(step)
		}
	}
	if got := e.c.State().String(); got != state {
		e.fatalf("could not enter %s, got to %s", state, got)
	}
}

// wait lets time pass, firing timers when they are due.
func (e *end) wait(d string) {
	e.t.Helper()
	dur, err := time.ParseDuration(d)
	if err != nil {
		e.fatalf("%v", err)
	}
	until := e.now.Add(dur)
	for at := e.c.Deadline(); !at.After(until); at = e.c.Deadline() {
		e.now = max(e.now, at)
		e.did(e.c.Expire(e.now))
	}
	e.now = until
}

func (e *end) wantNothing() {
	e.t.Helper()
	if len(e.out) > 0 {
		e.fatalf("before it, this left unexpectedly: > %s", show(&e.out[0]))
	}
}

func (e *end) want(line string) {
	e.t.Helper()
	if line == "-" {
		e.wantNothing()
		return
	}
	if len(e.out) == 0 {
		e.fatalf("nothing left")
	}
	got := e.out[0]
	e.out = e.out[1:]
	want := e.parse(line)
	hasWin, hasOpts := strings.Contains(line, "win "), strings.Contains(line, "<")
	shown := got
	shown.Seq -= ourISS
	if got.Has(wire.RST) && !got.Has(wire.ACK) || got.Has(wire.ACK) {
		shown.Ack = got.Ack - theirISS
	}
	irs := theirISS
	shown.Opts = shiftSACK(got.Opts, -irs)
	if e.c.IRS() == 0 && e.c.State() == fsm.Closed && e.c.ISS() == ourISS && e.c.SndNxt() == ourISS {
		shown.Seq, shown.Ack = got.Seq, got.Ack // no connection ever: numbers as they are
	}
	if shown.Flags != want.Flags || shown.ECN != want.ECN || shown.Seq != want.Seq || shown.Len() != want.Len() ||
		got.Has(wire.ACK) && shown.Ack != want.Ack || hasWin && shown.Wnd != want.Wnd || hasOpts && shown.Opts != want.Opts {
		e.fatalf("left: > %s", show(&shown))
	}
}

// shiftSACK is the options with the SACK blocks moved by n.
func shiftSACK(o wire.Options, n seq.Num) wire.Options {
	for i := range o.SACK[:o.NSACK] {
		o.SACK[i].Left += n
		o.SACK[i].Right += n
	}
	return o
}

// show is a segment in the script's notation.
func show(s *wire.Segment) string {
	out := fmt.Sprintf("[%v] %v %d:%d(%d)", s.ECN, s.Flags, int32(s.Seq), int32(s.Seq.Add(len(s.Payload))), len(s.Payload))
	if s.Has(wire.ACK) {
		out += fmt.Sprintf(" ack %d", int32(s.Ack))
	}
	return out + fmt.Sprintf(" win %d %+v", s.Wnd, s.Opts)
}

func (e *end) parse(line string) (seg wire.Segment) {
	e.t.Helper()
	line, opts, hasOpts := strings.Cut(line, "<")
	f := strings.Fields(line)
	for i, field := range []string{"[noecn]", "[ect1]", "[ect0]", "[ce]"} {
		if f[0] == field {
			seg.ECN, f = wire.ECN(i), f[1:]
		}
	}
	for _, letter := range f[0] {
		switch letter {
		case 'S':
			seg.Flags |= wire.SYN
		case 'F':
			seg.Flags |= wire.FIN
		case 'R':
			seg.Flags |= wire.RST
		case 'P':
			seg.Flags |= wire.PSH
		case 'U':
			seg.Flags |= wire.URG
		case 'E':
			seg.Flags |= wire.ECE
		case 'W':
			seg.Flags |= wire.CWR
		case 'A':
			seg.Flags |= wire.AE
		case '.':
			seg.Flags |= wire.ACK
		case '-':
		default:
			e.fatalf("flag %q", letter)
		}
	}
	var from, to, n int
	if _, err := fmt.Sscanf(f[1], "%d:%d(%d)", &from, &to, &n); err != nil || to != from+n {
		e.fatalf("sequence %q: %v", f[1], err)
	}
	seg.Seq, seg.Payload, seg.Wnd = seq.Num(from), make([]byte, n), 65535
	for i := 2; i+1 < len(f); i += 2 {
		v, err := strconv.Atoi(f[i+1])
		if err != nil {
			e.fatalf("%v", err)
		}
		switch f[i] {
		case "ack":
			seg.Ack = seq.Num(v)
		case "win":
			seg.Wnd = uint16(v)
		case "urg":
			seg.Up = uint16(v)
		default:
			e.fatalf("unknown %q", f[i])
		}
	}
	if hasOpts {
		e.parseOptions(strings.TrimSuffix(opts, ">"), &seg.Opts)
	}
	return seg
}

func (e *end) parseOptions(text string, o *wire.Options) {
	e.t.Helper()
	for opt := range strings.SplitSeq(text, ",") {
		f := strings.Fields(opt)
		if len(f) == 0 {
			continue // <> is no options
		}
		v := make([]int, len(f))
		for i := range f {
			v[i], _ = strconv.Atoi(f[i])
		}
		switch f[0] {
		case "mss":
			o.MSS = uint16(v[1])
		case "wscale":
			o.HasWScale, o.WScale = true, uint8(v[1])
		case "sackOK":
			o.SACKOK = true
		case "sack": // a:b c:d ..., relative as other numbers are
			for _, block := range f[1:] {
				var left, right int
				if _, err := fmt.Sscanf(block, "%d:%d", &left, &right); err != nil {
					e.fatalf("SACK block %q: %v", block, err)
				}
				o.SACK[o.NSACK] = wire.SACKBlock{Left: seq.Num(left), Right: seq.Num(right)}
				o.NSACK++
			}
		case "uto": // seconds
			o.UserTimeout = uint32(v[1])
		case "TS":
			o.HasTS, o.TSVal, o.TSEcr = true, uint32(v[2]), uint32(v[4])
		default:
			e.fatalf("option %q", opt)
		}
	}
}

// check is what must hold of a connection at any time.
func check(t *testing.T, c *Conn) {
	t.Helper()
	snd := &c.tcb.Snd
	bad := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("invariant: "+format+" in %v: %+v", append(args, c.State(), c.tcb)...)
	}
	if snd.Nxt.Before(snd.Una) {
		bad("SND.NXT behind SND.UNA")
	}
	if err := c.Check(); err != nil {
		bad("%v", err)
	}
	if c.cc.Window() < c.mss() && c.State().Synchronized() {
		bad("cwnd %d is less than a segment of %d", c.cc.Window(), c.mss())
	}
	if c.State() != fsm.Closed && c.tcb.FinQueued && snd.Nxt.After(c.out.end()+1) {
		bad("something was sent after FIN")
	}
	if c.State().Synchronized() && c.State() != fsm.TimeWait && snd.Una != snd.Nxt && !c.timers.on(TimerRetransmit) && !c.timers.on(TimerPersist) {
		bad("data are outstanding and no timer runs")
	}
	if c.hasUnsent() && c.tcb.synAcked() && snd.Una == snd.Nxt && c.State() != fsm.Closed && !c.timers.on(TimerPersist) {
		bad("data wait with nothing outstanding and no timer")
	}
	if c.in.ready == 0 && c.in.spans == nil && c.in.buf.head != nil || c.out.size == 0 && c.out.buf.head != nil {
		bad("an empty queue holds memory")
	}
}
