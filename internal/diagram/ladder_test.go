package diagram

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/explain"
	"github.com/lastack/lastack/trace"
)

// pictures is the scripts that have golden files, and how to draw them.
func pictures() map[string]LadderOptions {
	out := map[string]LadderOptions{}
	for name := range scripts {
		out[name] = LadderOptions{Options: Options{Title: name}, BothEnds: true}
	}
	out["lifecycle.zh"] = LadderOptions{Options: Options{Lang: explain.ZH, Title: "一个连接的一生"}}
	return out
}

func TestLadderText(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(pictures())) {
		text := LadderText(script(t, strings.TrimSuffix(name, ".zh")), pictures()[name])
		golden(t, name+".txt", text)
		for i, line := range strings.Split(text, "\n") {
			if width(line) > 100 {
				t.Errorf("%s: line %d has %d columns", name, i+1, width(line))
			}
		}
	}
}

func TestLadderInOtherForms(t *testing.T) {
	for name, o := range pictures() {
		events := script(t, strings.TrimSuffix(name, ".zh"))
		golden(t, name+".svg", LadderSVG(events, o))
		golden(t, name+".mmd", LadderMermaid(events, o))
		if strings.HasPrefix(name, "lifecycle") {
			o.Text = "One paragraph & another.\n\nThe <second>."
			golden(t, name+".html", LadderHTML(events, o))
		}
	}
}

func TestNothingInALadderCoversAnythingElse(t *testing.T) {
	for name, o := range pictures() {
		for _, l := range ladders(o, script(t, strings.TrimSuffix(name, ".zh"))) {
			if clash := l.sheet(o.Options).g.clash; len(clash) > 0 {
				t.Errorf("%s: no room for %q", name, clash)
			}
		}
	}
}

// only is the events of one end.
func only(events []trace.Event, end string) (out []trace.Event) {
	for _, e := range events {
		if e.End == end {
			out = append(out, e)
		}
	}
	return out
}

// A live server knows its own end only: nothing is lost for all it knows, and
// the far lifeline has no states.
func TestOneEndedTraceHasNoStatesAtTheFarEnd(t *testing.T) {
	for _, end := range []string{"client", "server"} {
		events := only(script(t, "lifecycle"), end)
		text := LadderText(events, LadderOptions{})
		golden(t, "one-ended-"+end+".txt", text)
		if strings.Contains(text, "lost") || strings.Contains(text, "○") {
			t.Errorf("%s: a segment is lost:\n%s", end, text)
		}
		LadderSVG(events, LadderOptions{})
	}
}

func TestSeveralConnectionsAreDrawnApart(t *testing.T) {
	events := script(t, "refused")
	again := script(t, "refused")
	second := trace.Conn{Local: netip.MustParseAddrPort("10.0.0.1:40001"), Remote: events[0].Conn.Remote}
	for i := range again {
		e := &again[i]
		e.Time += time.Second
		e.Pkt += 100
		if e.End == "client" {
			e.Conn = second
		} else {
			e.Conn = second.Reverse()
		}
	}
	events = append(events, again...)
	text := LadderText(events, LadderOptions{})
	if !strings.Contains(text, "Connection 2") || strings.Count(text, "connection refused") != 2 {
		t.Errorf("two connections:\n%s", text)
	}
	for _, c := range []trace.Conn{second, second.Reverse()} {
		text := LadderText(events, LadderOptions{Conn: c})
		if !strings.Contains(text, "40001") || strings.Contains(text, "40000") {
			t.Errorf("only %v:\n%s", c, text)
		}
	}
}

// Without packet numbers, as in a capture, departures and arrivals are matched
// by their headers.
func TestFlightsAreMatchedByHeaderWithoutNumbers(t *testing.T) {
	for _, name := range []string{"lifecycle", "simultaneous-close"} {
		events := script(t, name)
		for i := range events {
			events[i].Pkt = 0
		}
		o := pictures()[name]
		if got := LadderText(events, o); got != LadderText(script(t, name), o) {
			t.Errorf("%s without numbers:\n%s", name, got)
		}
	}
}

// An end that has no connection answers with RST, and cannot tell its numbers
// relative to anything.
func TestNumbersOfAnEndWithoutAConnectionAreMadeRelative(t *testing.T) {
	events := script(t, "rst-without-connection")
	for i := range events {
		if s := &events[i].Seg; s.Flags == trace.RST {
			s.RelSeq = s.Seq
		}
	}
	if text := LadderText(events, LadderOptions{}); !strings.Contains(text, " RST seq 1 ") {
		t.Errorf("RST is not relative:\n%s", text)
	}
}

// Whatever the order of the events, each is drawn once and nothing panics.
func TestEventsInAnyOrderAreDrawn(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		for name := range scripts {
			events := script(t, name)
			rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			events = events[:rnd.IntN(len(events)+1)]
			text := LadderText(events, LadderOptions{})
			LadderSVG(events, LadderOptions{})
			LadderMermaid(events, LadderOptions{})
			for _, e := range events {
				if e.Kind == trace.Call && e.N == 0 && e.Err == "" && !strings.Contains(text, e.Call+"()") {
					t.Fatalf("%s, seed %d: no %s() in\n%s", name, seed, e.Call, text)
				}
			}
		}
	}
}

func TestAnEmptyTraceHasAnEmptyPicture(t *testing.T) {
	if got := LadderText(nil, LadderOptions{}); got != "" {
		t.Errorf("text %q", got)
	}
	if got := LadderSVG(nil, LadderOptions{}); !strings.HasPrefix(got, "<svg") {
		t.Errorf("SVG %q", got)
	}
}

// Pictures are XML, and pages load nothing.
func TestPicturesAreWellFormed(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.svg")
	pages, _ := filepath.Glob("testdata/*.html")
	if len(files) == 0 || len(pages) == 0 {
		t.Fatal("no golden files")
	}
	for _, file := range files {
		data, _ := os.ReadFile(file)
		for d := xml.NewDecoder(bytes.NewReader(data)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", file, err)
				break
			}
		}
	}
	for _, file := range pages {
		data, _ := os.ReadFile(file)
		for _, load := range []string{"src=", "href=", "<script", "url(", "@import"} {
			if bytes.Contains(data, []byte(load)) {
				t.Errorf("%s has %s", file, load)
			}
		}
	}
}
