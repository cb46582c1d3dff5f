package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/pcapgo"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/diagram"
	"github.com/lastack/lastack/internal/explore"
	"github.com/lastack/lastack/trace"
)

// exchange is a connection with a loss, from open to close.
const exchange = `
	A connect
	B listen
	deliver A>B S 0:0(0) win 4 sackOK
	deliver B>A S. 0:0(0) ack 1 win 4 sackOK
	deliver A>B . 1:1(0) ack 1 win 4
	A close
	drop A>B F. 1:1(0) ack 1 win 4
	A timer retransmission
	deliver A>B F. 1:1(0) ack 1 win 4
	deliver B>A . 1:1(0) ack 2 win 4
	B close
	deliver B>A F. 1:1(0) ack 2 win 4
	deliver A>B . 2:2(0) ack 2 win 4
	A timer time-wait
`

// play plays the exchange.
func play(t *testing.T) *explore.Run {
	t.Helper()
	r, err := explore.Replay(explore.Configs(explore.Small)[0], exchange)
	if err != nil || r.Broken != nil {
		t.Fatal(err, r)
	}
	return r
}

// The events tell the states that each end goes through, and which packet was
// lost.
func TestEventsOfARun(t *testing.T) {
	events := Events(play(t))
	want := []fsm.State{fsm.Closed, fsm.SynSent, fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait, fsm.Closed}
	if got := trace.PathOf(events, "A", Conn()); !equal(got, want) {
		t.Errorf("A went through %v, want %v", got, want)
	}
	sent, received := map[uint64]bool{}, map[uint64]bool{}
	for _, e := range events {
		if e.Kind == trace.Send {
			sent[e.Pkt] = true
		}
		if e.Kind == trace.Recv {
			if received[e.Pkt] = true; !sent[e.Pkt] {
				t.Errorf("packet %d arrives before it is sent", e.Pkt)
			}
		}
	}
	if len(sent) != len(received)+1 {
		t.Errorf("%d packets sent, %d received; one was lost", len(sent), len(received))
	}
}

func equal(a, b []fsm.State) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// The picture has both ends and the loss.
func TestLadderOfARun(t *testing.T) {
	text := Ladder(play(t), diagram.Options{})
	for _, want := range []string{"TIME_WAIT", "LAST_ACK", "lost", "SYN,ACK"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// The capture holds every packet that was sent.
func TestCaptureOfARun(t *testing.T) {
	var file bytes.Buffer
	if err := WritePcap(&file, play(t)); err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewNgReader(&file, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		if _, _, err := r.ReadPacketData(); err != nil {
			break
		}
	}
	if n != 8 {
		t.Errorf("%d packets, want 8", n)
	}
}

// The test that is printed names the configuration, the script and the
// property.
func TestGoTestOfAViolation(t *testing.T) {
	c := explore.Config{
		Name: "bare", Users: [2]explore.User{{Connect: true, Close: true}, {Listen: true, Close: true, Abort: true}}, Capacity: 2, Drops: 1, EagerACK: true,
	}
	r := explore.Search(c, 1, nil)
	if r.Violation == nil || r.Violation.Property.Name != "P3" {
		t.Fatalf("found %v, want P3", r.Violation)
	}
	text := GoTest(c, r.Violation)
	for _, want := range []string{
		"func TestCounterexampleOfP3(t *testing.T) {", "B abort\n", `, "P3"); err != nil {`,
		`Recheck(Config{Name: "bare", Users: [2]User{{Connect: true, Close: true}, {Listen: true, Close: true, Abort: true}}, Capacity: 2, Drops: 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
