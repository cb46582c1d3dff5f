package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lastack/lastack/fsm"
)

var (
	client = Conn{netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:80")}
	server = client.Reverse()
	door   = Conn{Local: server.Local}
)

// One event or more of every kind, with the line that each must make.
var lines = []struct {
	e    Event
	want string
}{
	{
		Event{Time: 10e6, End: "client", Conn: client, Kind: State, From: fsm.SynSent, To: fsm.Established, Event: fsm.RcvSYNACK},
		`{"t":10000000,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"state","from":"SYN_SENT","to":"ESTABLISHED","event":"rcv SYN,ACK","row":N,"ref":"§3.10.7.3 fourth"}`,
	},
	{
		Event{End: "server", Conn: door, Kind: State, From: fsm.Closed, To: fsm.Listen, Event: fsm.CallListen},
		`{"t":0,"end":"server","conn":"10.0.0.2:80>*","kind":"state","from":"CLOSED","to":"LISTEN","event":"passive OPEN","row":N,"ref":"§3.10.1 CLOSED"}`,
	},
	{
		Event{Time: 1, End: "client", Conn: client, Kind: Send, From: fsm.SynSent, To: fsm.SynSent, Pkt: 1, Seg: Segment{
			Flags: SYN, Seq: 4000000000, Wnd: 65535,
			Opts: Options{MSS: 1460, HasWScale: true, SACKOK: true, HasTS: true, TSVal: 7},
		}},
		`{"t":1,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"send","state":"SYN_SENT","pkt":1,"flags":"SYN","seq":4000000000,"rel_seq":0,"win":65535,"len":0,"opts":{"mss":1460,"wscale":0,"sackok":true,"ts":[7,0]}}`,
	},
	{
		Event{Time: 2, End: "server", Conn: server, Kind: Recv, From: fsm.Established, To: fsm.Established, Seg: Segment{
			Flags: PSH | ACK | URG, Seq: 4000000001, Ack: 9, RelSeq: 1, RelAck: 1, Wnd: 9, Up: 3, Len: 5,
			Opts: Options{SACK: []Block{{5, 9}, {11, 12}}}, ECN: CE,
		}},
		`{"t":2,"end":"server","conn":"10.0.0.2:80>10.0.0.1:40000","kind":"recv","state":"ESTABLISHED","flags":"PSH,URG,ACK","seq":4000000001,"ack":9,"rel_seq":1,"rel_ack":1,"win":9,"up":3,"len":5,"opts":{"sack":[[5,9],[11,12]]},"ecn":"ce"}`,
	},
	{
		Event{Time: 2, End: "client", Conn: client, Kind: Send, Seg: Segment{
			Flags: SYN, Opts: Options{UserTimeout: 2 * time.Minute, HasFO: true, FO: "0123456789abcdef"},
		}},
		`{"t":2,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"send","state":"CLOSED","flags":"SYN","seq":0,"rel_seq":0,"win":0,"len":0,"opts":{"uto":120,"fo":"0123456789abcdef"}}`,
	},
	{
		Event{Time: 2, End: "client", Conn: client, Kind: Send, Seg: Segment{Flags: SYN, Opts: Options{HasFO: true}}},
		`{"t":2,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"send","state":"CLOSED","flags":"SYN","seq":0,"rel_seq":0,"win":0,"len":0,"opts":{"fo":""}}`,
	},
	{
		Event{Time: 3, End: "server", Conn: server, Kind: Drop, From: fsm.Established, To: fsm.Established, Event: fsm.RcvBadACK, Reason: "ack of unsent data", Pkt: 4, Seg: Segment{Flags: ACK, Ack: 1, RelAck: 99}},
		`{"t":3,"end":"server","conn":"10.0.0.2:80>10.0.0.1:40000","kind":"drop","state":"ESTABLISHED","reason":"ack of unsent data","pkt":4,"flags":"ACK","seq":0,"ack":1,"rel_seq":0,"rel_ack":99,"win":0,"len":0,"event":"rcv bad ACK","row":N,"ref":"§3.10.7.4 fifth"}`,
	},
	{
		Event{Time: 4, End: "client", Conn: client, Kind: Timer, From: fsm.TimeWait, To: fsm.TimeWait, Timer: TimeWait, Op: Armed, Deadline: 60 * time.Second},
		`{"t":4,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"timer","state":"TIME_WAIT","timer":"time-wait","op":"armed","deadline":60000000000}`,
	},
	{
		Event{Time: 5, End: "client", Conn: client, Kind: Timer, From: fsm.TimeWait, To: fsm.TimeWait, Timer: TimeWait, Op: Fired, Event: fsm.TimeWaitTimeout},
		`{"t":5,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"timer","state":"TIME_WAIT","timer":"time-wait","op":"fired","event":"2 MSL timeout","row":N,"ref":"§3.10.8"}`,
	},
	{
		Event{Time: 6, End: "client", Conn: client, Kind: Call, Call: "write", N: 5},
		`{"t":6,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"call","state":"CLOSED","call":"write","n":5}`,
	},
	{
		Event{Time: 7, End: "client", Conn: client, Kind: Call, Call: "connect", Err: `"x" <refused> & more`},
		`{"t":7,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"call","state":"CLOSED","call":"connect","err":"\"x\" <refused> & more"}`,
	},
	{
		Event{Time: 8, End: "client", Conn: client, Kind: ICMP, From: fsm.SynSent, To: fsm.SynSent, Reason: "packet too big", N: 1400},
		`{"t":8,"end":"client","conn":"10.0.0.1:40000>10.0.0.2:80","kind":"icmp","state":"SYN_SENT","reason":"packet too big","n":1400}`,
	},
}

func TestEveryKindSurvivesTheRoundTrip(t *testing.T) {
	var buf bytes.Buffer
	w := NewWriter(&buf)
	var events []Event
	for _, l := range lines {
		e := numbered(l.e)
		events = append(events, e)
		if err := w.Write(&e); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range strings.Split(strings.TrimSpace(buf.String()), "\n") {
		want := lines[i].want
		want = strings.Replace(want, `"row":N`, fmt.Sprintf(`"row":%d`, events[i].Row), 1)
		if got != want {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, got, want)
		}
	}
	back, err := ReadAll(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(events, back, cmpopts.EquateComparable(Conn{})); d != "" {
		t.Errorf("read back (-written +read):\n%s", d)
	}
}

// numbered is the event with the row that its state and cause select. The lines
// above have N for it, as rows may be added.
func numbered(e Event) Event {
	if e.Event != 0 || e.To == fsm.Listen {
		e.Row = fsm.Lookup(e.From, e.Event, fsm.Passive)
	}
	return e
}

func TestJSONMarshalAgreesWithTheWriter(t *testing.T) {
	for _, l := range lines {
		plain, _ := json.Marshal(numbered(l.e))
		var e Event
		if err := json.Unmarshal(plain, &e); err != nil {
			t.Errorf("%s: %v", plain, err)
		}
		if e.Conn != l.e.Conn || e.Kind != l.e.Kind {
			t.Errorf("%s reads as %v %v", plain, e.Conn, e.Kind)
		}
	}
}

func TestReaderSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"\n{":                            "line 2: ",
		`{"t":1}`:                        `without a "kind"`,
		`{"kind":"sent"}`:                `unknown kind "sent"; it is one of state, send`,
		`{"conn":"10.0.0.1:80"}`:         "write it as local>remote",
		`{"conn":"a>b"}`:                 `connection "a>b"`,
		`{"kind":"send","flags":""}`:     `unknown flag ""`,
		`{"kind":"state","from":"OPEN"}`: `no TCP state is called "OPEN"`,
		`{"kind":"state","row":999}`:     "there is no row 999",
		`{"kind":"state","row":1,"event":"active OPEN"}`: "another table",
	} {
		if _, err := ReadAll(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

func TestEventOfNoKindIsNotWritten(t *testing.T) {
	if err := NewWriter(&bytes.Buffer{}).Write(&Event{}); err == nil {
		t.Error("no error")
	}
}

func TestConnNames(t *testing.T) {
	for _, s := range []string{"10.0.0.1:1>10.0.0.2:2", "[fd00::1]:1>[fd00::2]:2", "10.0.0.2:80>*", "*:80>*", "[::]:80>*", "*>*"} {
		c, err := ParseConn(s)
		if err != nil || c.String() != s {
			t.Errorf("ParseConn(%q) = %v, %v", s, c, err)
		}
	}
}

func TestFlagNames(t *testing.T) {
	for f := range AE << 1 {
		var back Flags
		if err := back.UnmarshalText([]byte(f.String())); err != nil || back != f {
			t.Errorf("%v reads as %v, %v", f, back, err)
		}
	}
}

// Whatever is read can be written, and then says the same for ever: what counts for
// nothing, as an ACK number without the flag, may be left out the first time.
func FuzzReader(f *testing.F) {
	for _, l := range lines {
		f.Add(strings.Replace(l.want, "N", "1", 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		events, _ := ReadAll(strings.NewReader(text))
		for i := range events {
			var out, again bytes.Buffer
			if err := NewWriter(&out).Write(&events[i]); err != nil {
				if events[i].Kind != Timer {
					t.Errorf("read, but not written: %v", err)
				}
				continue
			}
			written := out.String()
			back, err := ReadAll(&out)
			if err != nil || len(back) != 1 || NewWriter(&again).Write(&back[0]) != nil || again.String() != written {
				t.Errorf("%s becomes %s, %v", written, &again, err)
			}
		}
	})
}
