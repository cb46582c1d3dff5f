package play

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// practicePaths is the paths of both ends in the scenarios of practice, written
// out once more.
var practicePaths = map[string][2]string{
	"lost-syn":                   {wayActive, wayPassive},
	"lost-synack":                {wayActive, wayPassive},
	"lost-handshake-ack":         {wayActive, wayPassive},
	"old-duplicate-syn":          {wayActive, "LISTEN SYN_RCVD LISTEN"},
	"half-open":                  {wayActive, "ESTABLISHED CLOSED"},
	"active-end-finds-half-open": {"CLOSED", "ESTABLISHED CLOSED"},
	"accept-queue-full":          {wayActive, wayPassive},
	"host-unreachable/soft":      {wayActive, wayPassive},
	"host-unreachable/hard":      {"CLOSED SYN_SENT CLOSED", "CLOSED LISTEN"},
	"host-unreachable/open":      {wayActive, wayPassive},
	"path-mtu":                   {wayActive, wayPassive},
	"rto":                        {wayActive, wayPassive},
	"fast-recovery":              {wayActive, wayPassive},
	"reordering":                 {wayActive, wayPassive},
	"zero-window":                {wayActive, wayPassive},
	"keepalive-dead-peer":        {wayLost, "CLOSED LISTEN SYN_RCVD ESTABLISHED"},
	"partition":                  {wayLost, "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED"},
	"server-closes-first":        {"CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED", "CLOSED LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"},
	"abort":                      {wayLost, "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED"},
	"close-with-unread-data":     {wayLost, "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSED"},
	"fin-wait-2-orphan":          {"CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED", wayPassive},
	"close-wait-leak":            {"CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED", "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT"},
	"port-reuse":                 {wayActive, wayPassive},
	"time-wait-assassination":    {wayActive, wayPassive},
	"blind-rst":                  {wayActive, wayPassive},
	"blind-syn":                  {wayActive, wayPassive},
	"syn-flood":                  {wayActive, wayPassive},
}

// Ways that several scenarios share.
const (
	wayActive  = "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"
	wayPassive = "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"
	wayLost    = "CLOSED SYN_SENT ESTABLISHED CLOSED"
)

// reasons is why segments were dropped at an end, in order, each once in a row.
func reasons(r *Result, end string) (out []string) {
	for _, e := range r.Events {
		if e.Kind == trace.Drop && e.End == end {
			out = append(out, e.Reason)
		}
	}
	return slices.Compact(out)
}

// What is particular to a scenario besides its path is that something was
// dropped, and why.
func TestScenariosDropWhatTheyAreAbout(t *testing.T) {
	const lost = "lost in the network"
	for name, want := range map[string][2][]string{
		"lost-syn":                {{lost}, nil},
		"lost-synack":             {nil, {lost, "out of window"}},
		"lost-handshake-ack":      {{lost}, nil},
		"old-duplicate-syn":       {{"ACK of something not sent"}, nil},
		"half-open":               {{"ACK of something not sent"}, {"out of window"}},
		"accept-queue-full":       {nil, {"accept queue full"}},
		"path-mtu":                {{"too big for the link"}, nil},
		"zero-window":             {nil, {"text beyond the window"}},
		"keepalive-dead-peer":     {{"link down"}, nil},
		"time-wait-assassination": {{"old timestamp (PAWS)", "reset in TIME_WAIT"}, {"ACK to a listener"}},
		"blind-rst":               {nil, {"reset not at RCV.NXT, challenged"}},
		"blind-syn":               {nil, {"SYN on a live connection, challenged"}},
	} {
		r := play(t, name, Options{})
		if got := reasons(r, Client); !slices.Equal(got, want[0]) {
			t.Errorf("%s: the client drops %q, want %q", name, got, want[0])
		}
		if got := reasons(r, Server); !slices.Equal(got, want[1]) {
			t.Errorf("%s: the server drops %q, want %q", name, got, want[1])
		}
	}
}

// The applications learn how it ended.
func TestApplicationLearnsHowItEnded(t *testing.T) {
	for name, want := range map[string]string{
		"keepalive-dead-peer":        "client read: connection timed out",
		"partition":                  "client read: connection timed out, server read: connection reset by peer",
		"abort":                      "server read: connection reset by peer",
		"close-with-unread-data":     "server read: connection reset by peer",
		"half-open":                  "server read: connection reset by peer",
		"active-end-finds-half-open": "server read: connection reset by peer",
		"host-unreachable/hard":      "client connect: connection refused: port unreachable",
		"host-unreachable/soft":      "",
		"lifecycle":                  "",
	} {
		var got []string
		for _, e := range play(t, name, Options{}).Events {
			if e.Kind == trace.Call && e.Err != "" && e.Err != "EOF" {
				got = append(got, e.End+" "+e.Call+": "+e.Err)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// fired is when a timer fired at an end.
func fired(r *Result, end string, k trace.TimerKind) (out []time.Duration) {
	for _, e := range r.Events {
		if e.Kind == trace.Timer && e.Op == trace.Fired && e.End == end && e.Timer == k {
			out = append(out, e.Time)
		}
	}
	return out
}

// sentTwice is how many segments of the client carry text that it has sent
// before.
func sentTwice(r *Result) (n int) {
	seen := map[uint32]bool{}
	for _, e := range r.Events {
		if e.Kind == trace.Send && e.End == Client && e.Seg.Len > 0 {
			if seen[e.Seg.RelSeq] {
				n++
			}
			seen[e.Seg.RelSeq] = true
		}
	}
	return n
}

// What is lost is sent once more, without a timer; what is late is not.
func TestOnlyWhatIsLostIsSentAgain(t *testing.T) {
	for name, want := range map[string]int{"fast-recovery": 1, "reordering": 0} {
		for _, rtt := range []time.Duration{0, 2 * time.Millisecond, 200 * time.Millisecond} {
			r := play(t, name, Options{RTT: rtt})
			if n := sentTwice(r); n != want {
				t.Errorf("%s, round trip %v: %d segments are sent again, want %d", name, rtt, n, want)
			}
			if at := fired(r, Client, trace.Retransmission); len(at) > 0 {
				t.Errorf("%s, round trip %v: the retransmission timer fires at %v", name, rtt, at)
			}
		}
	}
}

func TestKeepAliveProbesThriceBeforeItGivesUp(t *testing.T) {
	got := fired(play(t, "keepalive-dead-peer", Options{}), Client, trace.KeepAlive)
	want := []time.Duration{15020 * time.Millisecond, 20020 * time.Millisecond, 25020 * time.Millisecond, 30020 * time.Millisecond}
	if !slices.Equal(got, want) {
		t.Errorf("probes at %v, want %v", got, want)
	}
}

func TestZeroWindowIsProbedWithGrowingPauses(t *testing.T) {
	at := fired(play(t, "zero-window", Options{}), Client, trace.Persist)
	if len(at) < 3 || at[2]-at[1] <= at[1]-at[0] {
		t.Errorf("probes at %v", at)
	}
}

func TestUserTimeoutEndsAPartition(t *testing.T) {
	r := play(t, "partition", Options{})
	if got := fired(r, Client, trace.UserTimeout); !slices.Equal(got, []time.Duration{patience + 60*time.Millisecond}) {
		t.Errorf("the user timeout fires at %v, want 10 s after the data were sent at 60 ms", got)
	}
}

func TestCookieLeavesNoStateAtTheServer(t *testing.T) {
	r := play(t, "syn-flood", Options{})
	wantChanges(t, r, Server, "50ms rcv SYN LISTEN > SYN_RCVD", "50ms rcv ACK of SYN SYN_RCVD > ESTABLISHED")
}

// After the message of the router no segment is larger than it says.
func TestSegmentsFitThePathAfterItsMTUIsKnown(t *testing.T) {
	known := false
	for _, e := range play(t, "path-mtu", Options{}).Events {
		known = known || e.Kind == trace.ICMP && e.End == Client && e.N == narrow
		if known && e.Kind == trace.Send && e.Seg.Len > narrow-52 {
			t.Errorf("%d bytes are sent at %v", e.Seg.Len, e.Time)
		}
	}
	if !known {
		t.Error("no router has said anything")
	}
}

func TestLeakedConnectionsStayInCloseWait(t *testing.T) {
	n := 0
	for _, c := range play(t, "close-wait-leak", Options{}).Connections {
		if c.End == Server && c.Path[len(c.Path)-1] == fsm.CloseWait {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d connections are left in CLOSE_WAIT, want 2", n)
	}
}

func TestOnePortHasTwoConnections(t *testing.T) {
	want := []string{"client " + wayActive, "client " + wayActive}
	if got := paths(play(t, "port-reuse", Options{})); !slices.Equal(slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, Server) }), want) {
		t.Errorf("%q", got)
	}
}

// The network of Options is that of any scenario.
func TestNetworkActsOnAnyScenario(t *testing.T) {
	for _, name := range []string{"lifecycle", "blind-rst", "path-mtu"} {
		plain := play(t, name, Options{})
		for what, o := range map[string]Options{
			"rtt": {RTT: time.Second}, "jitter": {Jitter: 50 * time.Millisecond}, "rate": {Rate: 50_000},
			"loss": {Loss: 0.3, Seed: 1}, "dup": {Dup: 0.5}, "reorder": {Reorder: 0.5},
		} {
			if r := play(t, name, o); r.Duration == plain.Duration && len(r.Events) == len(plain.Events) {
				t.Errorf("%s: %s changes nothing", name, what)
			}
		}
	}
}
