package diagram

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// fullFlight is a SYN,ACK with everything that a label can tell.
func fullFlight() *flight {
	f := &flight{window: true, stamps: true, stamp: 7, echo: 9}
	f.seg = trace.Segment{Flags: trace.SYN | trace.ACK, RelAck: 1, Wnd: 65535}
	f.seg.Opts = trace.Options{MSS: 1460, HasWScale: true, WScale: 7, HasTS: true, TSVal: 1007}
	return f
}

func TestWhatALabelLeavesOutHasAMark(t *testing.T) {
	data := &flight{seg: trace.Segment{Flags: trace.PSH | trace.ACK, RelSeq: 1, RelAck: 1, Len: 80}}
	ack := &flight{seg: trace.Segment{Flags: trace.ACK, RelSeq: 1, RelAck: 1}}
	for _, f := range []*flight{fullFlight(), data, ack} {
		all := f.labels()
		if strings.Contains(all[0], missing) {
			t.Errorf("the full label is %q", all[0])
		}
		for _, label := range all[1:] {
			if !strings.Contains(label, missing) {
				t.Errorf("%q says less than %q without a sign", label, all[0])
			}
		}
	}
	if got, want := fullFlight().labels()[0], "SYN,ACK seq 0 ack 1 win 65535 <mss 1460,wscale 7,TS val 7 ecr 9>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLabelSaysWhatOptionsAndMarksThereAre(t *testing.T) {
	marked := &flight{seg: trace.Segment{Flags: trace.ACK, RelSeq: 1, RelAck: 1, Len: 9, ECN: trace.CE}}
	if got, want := marked.labels()[0], "[ce] ACK seq 1 ack 1 len 9"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	fast := &flight{seg: trace.Segment{Flags: trace.SYN, Opts: trace.Options{HasFO: true, FO: "0123456789abcdef", UserTimeout: time.Minute}}}
	if got, want := fast.labels()[0], "SYN seq 0 <uto 1m0s,FO 0123456789abcdef>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of two equal SYNs one is lost, so that its arrow is shorter; in the other
// picture they cross.
func TestSYNsOfOneKindHaveTheSameLabel(t *testing.T) {
	label := regexp.MustCompile(`SYN seq[^─✗╮├┼▶]*`)
	for _, name := range []string{"connect-timeout", "simultaneous-open", "rst-without-connection"} {
		seen := map[string]bool{}
		for _, got := range label.FindAllString(LadderText(script(t, name), LadderOptions{BothEnds: true}), -1) {
			seen[strings.TrimSpace(got)] = true
		}
		if len(seen) != 1 {
			t.Errorf("%s: SYNs are labelled %v", name, seen)
		}
	}
}

// There is room in SVG: nothing is left out where two SYNs cross.
func TestLabelsInSVGAreWhole(t *testing.T) {
	svg := LadderSVG(script(t, "simultaneous-open"), LadderOptions{BothEnds: true})
	if strings.Contains(svg, missing) {
		t.Errorf("something is left out:\n%s", svg)
	}
}

func TestTimestampsAreRelativeToTheFirst(t *testing.T) {
	events := []trace.Event{
		{Kind: trace.Send, End: "client", Seg: trace.Segment{Flags: trace.SYN, Opts: trace.Options{HasTS: true, TSVal: 1000}}},
		{Kind: trace.Recv, End: "client", Time: 1, Seg: trace.Segment{Flags: trace.ACK, Opts: trace.Options{HasTS: true, TSVal: 50, TSEcr: 900}}},
	}
	text := LadderText(events, LadderOptions{Timestamps: true})
	for _, want := range []string{"<TS val 0>", "<TS val 0 ecr -100>"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text := LadderText(events, LadderOptions{}); strings.Contains(text, "TS") {
		t.Errorf("not asked for:\n%s", text)
	}
}

// A reset takes its number from the acknowledgment that it answers; without one
// it says that it is absolute.
func TestNumberOfAResetIsRelativeIfThatIsKnown(t *testing.T) {
	ack := trace.Event{Kind: trace.Recv, End: "client", Seg: trace.Segment{Flags: trace.ACK, Seq: 9_000_005, RelSeq: 5, Ack: 7_000_002, RelAck: 2}}
	reset := trace.Event{Kind: trace.Send, End: "client", Time: 1, Seg: trace.Segment{Flags: trace.RST, Seq: 7_000_002, RelSeq: 7_000_002}}
	if text := LadderText([]trace.Event{ack, reset}, LadderOptions{}); !strings.Contains(text, " RST seq 2 ") {
		t.Errorf("not relative:\n%s", text)
	}
	if text := LadderText([]trace.Event{reset}, LadderOptions{}); !strings.Contains(text, "RST seq 7000002 (absolute)") {
		t.Errorf("not called absolute:\n%s", text)
	}
}

func TestRepeatedFINIsNoLoss(t *testing.T) {
	e := trace.Event{
		Kind: trace.Drop, End: "client", Reason: "out of window", Row: 1, Event: fsm.RcvFIN,
		Seg: trace.Segment{Flags: trace.FIN | trace.ACK, RelSeq: 1, RelAck: 1},
	}
	if text := LadderText([]trace.Event{e}, LadderOptions{}); strings.Contains(text, "✗") || !strings.Contains(text, "acknowledged again") {
		t.Errorf("FIN again:\n%s", text)
	}
}

func TestMermaidTellsEverythingInTheOrderOfTime(t *testing.T) {
	note := regexp.MustCompile(`of \w+: ([0-9.]+ (?:µs|ms|s)|0)<br/>`)
	for name := range scripts {
		last := time.Duration(0)
		for _, m := range note.FindAllStringSubmatch(LadderMermaid(script(t, name), LadderOptions{}), -1) {
			at, err := time.ParseDuration(strings.ReplaceAll(m[1], " ", ""))
			if err != nil || at < last {
				t.Errorf("%s: %s comes after %v (%v)", name, m[1], last, err)
			}
			last = at
		}
	}
}

func TestClockFitsItsColumn(t *testing.T) {
	for d, want := range map[time.Duration]string{
		99_990 * time.Microsecond: "99.99 ms", 131_520 * time.Microsecond: "131.5 ms", 999_990 * time.Microsecond: "1000 ms",
		60_085 * time.Millisecond: "60.085 s", 100_083 * time.Millisecond: "100.08 s",
	} {
		if got := Clock(d); got != want || len(got) > timeW-1 {
			t.Errorf("%v is %q, want %q in %d places", d, got, want, timeW-1)
		}
	}
}

func TestClockOfShortTimes(t *testing.T) {
	for d, want := range map[time.Duration]string{1: "1 ns", 1500: "1.5 µs", 0: "0", 20 * time.Millisecond: "20 ms"} {
		if got := Clock(d); got != want {
			t.Errorf("%d ns is %q, want %q", d, got, want)
		}
	}
}
