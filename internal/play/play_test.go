package play

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// parts is every scenario and case that is played as one.
func parts() (all []*Scenario) {
	for _, s := range Scenarios() {
		if s.Cases == nil {
			all = append(all, s)
		}
		all = append(all, s.Cases...)
	}
	return all
}

func play(t *testing.T, name string, o Options) *Result {
	t.Helper()
	r, err := Find(name).Play(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(path []fsm.State) string {
	var out []string
	for _, s := range path {
		out = append(out, s.String())
	}
	return strings.Join(out, " ")
}

// The paths of both ends, written out once more: a change of the data in
// scenarios.go must be meant.
func TestEveryScenarioTakesItsPath(t *testing.T) {
	const (
		active  = "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"
		passive = "CLOSED LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"
		both    = "ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED"
		crossed = "CLOSED SYN_SENT SYN_RCVD ESTABLISHED"
		failed  = "CLOSED SYN_SENT CLOSED"
	)
	want := map[string][2]string{
		"lifecycle":                     {active, passive},
		"half-close":                    {active, passive},
		"refused":                       {failed, "CLOSED"},
		"connect-timeout":               {failed, "CLOSED"},
		"fin-ack":                       {active, passive},
		"listen-connect":                {passive, "CLOSED LISTEN SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"},
		"rst-in-syn-rcvd":               {failed, "CLOSED LISTEN SYN_RCVD LISTEN"},
		"close-in-syn-rcvd":             {"CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED", "CLOSED LISTEN SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED"},
		"simultaneous-open":             {crossed, crossed},
		"simultaneous-close":            {both, both},
		"last-ack-lost":                 {active, passive},
		"port-in-time-wait/newer-syn":   {active, "TIME_WAIT SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"},
		"port-in-time-wait/old-syn":     {active, "TIME_WAIT CLOSED"},
		"port-in-time-wait/no-listener": {failed, "TIME_WAIT CLOSED"},
		"port-in-time-wait/bind":        {"TIME_WAIT CLOSED", "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"},
	}
	maps.Copy(want, practicePaths)
	for _, s := range parts() {
		t.Run(s.Name, func(t *testing.T) {
			for _, o := range []Options{{}, {Seed: 99}, {RTT: time.Millisecond}, {RTT: 300 * time.Millisecond}} {
				r := play(t, s.Name, o)
				if got := names(r.Client); got != want[s.Name][0] {
					t.Errorf("%+v: client %s\nwant %s", o, got, want[s.Name][0])
				}
				if got := names(r.Server); got != want[s.Name][1] {
					t.Errorf("%+v: server %s\nwant %s", o, got, want[s.Name][1])
				}
				if !r.AsExpected() {
					t.Errorf("%+v: the scenario expects %s and %s", o, names(s.Client), names(s.Server))
				}
			}
		})
		delete(want, s.Name)
	}
	for name := range want {
		t.Errorf("there is no scenario %s", name)
	}
}

// changes is the changes of state of an end, with their times and causes.
func changes(r *Result, end string) (out []string) {
	for _, e := range r.Events {
		if e.End == end && e.Kind == trace.State {
			out = append(out, fmt.Sprintf("%v %v %v > %v", e.Time, e.Event, e.From, e.To))
		}
	}
	return out
}

func wantChanges(t *testing.T, r *Result, end string, want ...string) {
	t.Helper()
	got := strings.Join(changes(r, end), "\n")
	if !strings.Contains(got, strings.Join(want, "\n")) {
		t.Errorf("%s:\n%s\nwant in it:\n%s", end, got, strings.Join(want, "\n"))
	}
}

func TestFinWait2IsPassedInAnInstant(t *testing.T) {
	wantChanges(t, play(t, "fin-ack", Options{}), Client,
		"75ms rcv ACK of FIN FIN_WAIT_1 > FIN_WAIT_2",
		"75ms rcv FIN FIN_WAIT_2 > TIME_WAIT")
}

func TestLifecycleWaitsFor2MSL(t *testing.T) {
	r := play(t, "lifecycle", Options{})
	wantChanges(t, r, Client, "1m0.08s 2 MSL timeout TIME_WAIT > CLOSED")
	if r.Duration != 60080*time.Millisecond || r.Packets != 9 {
		t.Errorf("%v, %d packets", r.Duration, r.Packets)
	}
}

func TestLostLastACKStarts2MSLAnew(t *testing.T) {
	r := play(t, "last-ack-lost", Options{})
	wantChanges(t, r, Server, "290ms rcv ACK of FIN LAST_ACK > CLOSED")
	wantChanges(t, r, Client, "1m0.28s 2 MSL timeout TIME_WAIT > CLOSED")
}

func TestServerSendsInCloseWaitAndClientTakesItInFinWait2(t *testing.T) {
	sent, taken := 0, 0
	for _, e := range play(t, "half-close", Options{}).Events {
		switch {
		case e.Kind == trace.Send && e.End == Server && e.From == fsm.CloseWait:
			sent += e.Seg.Len
		case e.Kind == trace.Recv && e.End == Client && e.From == fsm.FinWait2:
			taken += e.Seg.Len
		}
	}
	if want := 2 * page; sent != want || taken != want {
		t.Errorf("%d bytes sent, %d taken; want %d", sent, taken, want)
	}
}

func TestNothingIsLostWhenTheServerClosesInSynReceived(t *testing.T) {
	for _, e := range play(t, "close-in-syn-rcvd", Options{}).Events {
		if e.End == Server && e.Call == "read" && e.N == len(request) {
			return
		}
	}
	t.Error("the server has not read the request")
}

// connections is the path of each connection of a result, with its end.
func paths(r *Result) (out []string) {
	for _, c := range r.Connections {
		out = append(out, c.End+" "+names(c.Path))
	}
	return out
}

func TestConnectionsThatFollowOneAnotherAreToldApart(t *testing.T) {
	const active, passive = "client CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED", "server LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"
	for name, want := range map[string][]string{
		"rst-in-syn-rcvd":             {"client CLOSED SYN_SENT CLOSED", "server LISTEN SYN_RCVD LISTEN", active, passive},
		"port-in-time-wait/old-syn":   {active, "server TIME_WAIT CLOSED", passive},
		"port-in-time-wait/bind":      {"client TIME_WAIT CLOSED", active, passive},
		"port-in-time-wait/newer-syn": {active, "server TIME_WAIT SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED"},
		"refused":                     {"client CLOSED SYN_SENT CLOSED"},
	} {
		if got := paths(play(t, name, Options{})); !slices.Equal(got, want) {
			t.Errorf("%s: %q\nwant %q", name, got, want)
		}
	}
}

func TestApplicationLearnsWhyConnectFails(t *testing.T) {
	for name, want := range map[string]string{
		"refused":                       "connection refused",
		"connect-timeout":               "connection timed out",
		"port-in-time-wait/no-listener": "connection refused",
		"port-in-time-wait/bind":        "10.0.0.1:40000 to 10.0.0.2:80 is in use: choose another port, or let the stack choose with port 0",
	} {
		var got []string
		for _, e := range play(t, name, Options{}).Events {
			if e.Kind == trace.Call && e.Err != "" && e.Err != "EOF" {
				got = append(got, e.Call+": "+e.Err)
			}
		}
		if !slices.Equal(got, []string{"connect: " + want}) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSameOptionsGiveTheSameEvents(t *testing.T) {
	for _, s := range parts() {
		for _, o := range []Options{{}, {Loss: 0.2, Reorder: 0.2, Dup: 0.2, Jitter: time.Millisecond, Rate: 1e6, Queue: 3, Seed: 5}} {
			a, b := play(t, s.Name, o), play(t, s.Name, o)
			if d := cmp.Diff(a.Events, b.Events, cmpopts.EquateComparable(trace.Conn{})); d != "" {
				t.Errorf("%s, %+v: two runs differ:\n%s", s.Name, o, d)
			}
		}
	}
}

// However much is lost, every scenario comes to an end, long before the limit.
func TestEveryScenarioEndsOnABadNetwork(t *testing.T) {
	for _, s := range parts() {
		for _, loss := range []float64{0.1, 0.5, 1} {
			for seed := range uint64(10) {
				o := Options{Loss: loss, Seed: seed, Reorder: loss / 2, Dup: loss / 2}
				if r := play(t, s.Name, o); r.Duration > 2*time.Hour {
					t.Errorf("%s, loss %v, seed %d: %v", s.Name, loss, seed, r.Duration)
				}
			}
		}
	}
}

func TestEveryScenarioPlaysOnTheSlowestNetwork(t *testing.T) {
	for _, s := range parts() {
		if r := play(t, s.Name, Options{RTT: MaxRTT}); r.Packets == 0 {
			t.Errorf("%s: nothing was sent", s.Name)
		}
	}
}

func TestDropLosesThatPacketOnly(t *testing.T) {
	r := play(t, "lifecycle", Options{Drop: 1})
	var lost []uint64
	for _, e := range r.Events {
		if e.Kind == trace.Drop && e.Reason == "lost in the network" {
			lost = append(lost, e.Pkt)
		}
	}
	if !slices.Equal(lost, []uint64{1}) || !r.AsExpected() {
		t.Errorf("lost %v, client %v", lost, r.Client)
	}
}

func TestUndisturbedPathIsToldFromAnother(t *testing.T) {
	if r := play(t, "lifecycle", Options{Loss: 1}); r.AsExpected() {
		t.Errorf("nothing arrives, and yet: %v, %v", r.Client, r.Server)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	bad := []Options{
		{RTT: -1},
		{RTT: time.Minute},
		{Loss: -0.1},
		{Loss: 1.1},
		{Drop: -1},
		{Jitter: -1},
		{Jitter: time.Minute},
		{Rate: -1},
		{Rate: 10},
		{Queue: -1},
		{Reorder: 2},
		{Dup: -1},
	}
	for _, o := range bad {
		if _, err := Find("lifecycle").Play(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := Find("port-in-time-wait").Play(Options{}); err == nil {
		t.Error("a scenario with cases is played as one")
	}
	if all, err := Find("port-in-time-wait").PlayAll(Options{}); err != nil || len(all) != 4 {
		t.Errorf("%d cases, %v", len(all), err)
	}
}

func TestLadders(t *testing.T) {
	for _, s := range parts() {
		name := filepath.Join("testdata", strings.ReplaceAll(s.Name, "/", "-")+".txt")
		r := play(t, s.Name, Options{})
		got := diagram.LadderText(r.Events, diagram.LadderOptions{BothEnds: true, Timestamps: s.Timestamps})
		if *update {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(name, []byte(got), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (-file +now; rewrite it with -update):\n%s", name, d)
		}
	}
}
