package throughput

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	deep   = flag.Bool("deep", false, "measure everything, not only what is cheap")
)

// cheap is how many segments a cell may take to be measured without -deep.
const cheap = 12_000

// chosen is the cells to be measured.
func chosen() (cells []Cell) {
	for _, c := range Grid() {
		if *deep || c.cost() <= cheap {
			cells = append(cells, c)
		}
	}
	return cells
}

// measureAll measures cells, as many at a time as there are processors.
func measureAll(cells []Cell) []Result {
	results := make([]Result, len(cells))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cells)); i = next.Add(1) - 1 {
				results[i] = Measure(cells[i])
			}
		})
	}
	workers.Wait()
	return results
}

// read is a golden file, empty if there is none yet.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join("testdata", name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// exact reports whether figures are the same to the last digit: other
// processors may round the products of floating point numbers differently.
const exact = runtime.GOARCH == "amd64"

// wantLine compares a line with the golden file.
func wantLine(t *testing.T, file, line string) {
	t.Helper()
	if exact && !*update && !strings.Contains(file, line+"\n") {
		t.Errorf("now:\n%s\nis not in the table; see what changed it, and rewrite it with -update (and -deep)", line)
	}
}

// Every cell is what the table says, and what theory expects, or there is a
// reason why not.
func TestFlowGetsWhatIsExpected(t *testing.T) {
	const name = "flows.txt"
	old := read(t, name)
	results := measureAll(chosen())
	for _, r := range results {
		if !r.AsExpected() {
			t.Errorf("not as expected: %s", r.Line())
		}
		wantLine(t, old, r.Line())
	}
	if *update {
		write(t, name, Merge(old, results))
	}
}

// Whatever was measured last, the table has a line for every cell.
func TestTableIsWhole(t *testing.T) {
	text := read(t, "flows.txt")
	for _, c := range Grid() {
		if n := strings.Count(text, "\n"+c.key()); n != 1 && !*update {
			t.Errorf("%v has %d lines", c, n)
		}
	}
}

// matches is the matches to be played.
func matches() []Match {
	if *deep {
		return Matches
	}
	return Matches[1:2]
}

// Two flows of one kind share a link, and none starves beside another kind.
func TestFlowsShareALink(t *testing.T) {
	const name = "shares.txt"
	old := read(t, name)
	text := shareHeader
	for _, m := range matches() {
		s := m.Play()
		least := 0.9
		if m.A == m.B {
			least = 0.95
		}
		if s.Jain() < least || s.Together() < enough {
			t.Errorf("want a fairness of %g and %g of the link: %s", least, enough, s.Line())
		}
		wantLine(t, old, s.Line())
		text += s.Line() + "\n"
	}
	if *update && *deep {
		write(t, name, text)
	}
}

// asked is the responses to be measured.
func asked() (all []Response) {
	for _, r := range Responses() {
		if *deep || r.Size < 100_000 || r.Congestion == "cubic" && r.Loss > 0 {
			all = append(all, r)
		}
	}
	return all
}

// A response takes its round trips; a loss costs some more.
func TestResponsesArriveInTime(t *testing.T) {
	const name = "responses.txt"
	old := read(t, name)
	text := responseHeader
	for _, r := range asked() {
		times := r.Ask()
		if half, most := times.Quantile(0.5), r.expected(); half > most {
			t.Errorf("half of the answers take %v or more, want at most %v: %s", half, most, times.Line())
		}
		wantLine(t, old, times.Line())
		text += times.Line() + "\n"
	}
	if *update && *deep {
		write(t, name, text)
	}
}

// What fits the first window takes two round trips. A loss among others costs a
// round trip or two; a lone segment that is lost, as the request is, the least
// retransmission timeout; only a lost SYN costs a second.
func TestShortResponseWithALossIsNotLongDelayed(t *testing.T) {
	const minRTO = 200 * time.Millisecond
	for _, cc := range Congestions {
		r := Response{cc, 14_000, 0.01, 40 * time.Millisecond, 50e6}
		times := r.Ask()
		if got, want := times.Quantile(0.9), r.ideal()+2*r.RTT; got > want {
			t.Errorf("%s: one in ten takes %v or more, want at most %v", cc, got, want)
		}
		if got, want := times.Quantile(0.95), r.ideal()+minRTO+r.RTT; got > want {
			t.Errorf("%s: one in twenty takes %v or more, want at most %v", cc, got, want)
		}
	}
}

// The same cell gives the same figures, to the last bit.
func TestMeasurementRepeats(t *testing.T) {
	c := Cell{"cubic", 0.01, 20 * time.Millisecond, 10e6}
	if a, b := Measure(c), Measure(c); a != b {
		t.Errorf("%+v and then %+v", a, b)
	}
}

// The formulas, at points that can be checked by hand.
func TestModels(t *testing.T) {
	for _, tt := range []struct {
		c    Cell
		want float64 // Mbit/s
	}{
		{Cell{"reno", 0, 20 * time.Millisecond, 10e6}, 10 * 1448. / 1500},
		{Cell{"reno", 0.015, 100 * time.Millisecond, 1000e6}, 10 * 1448 * 8 / 0.100012 / 1e6},       // ten segments a round trip
		{Cell{"cubic", 0.015, 100 * time.Millisecond, 1000e6}, 10 * 1448 * 8 / 0.100012 / 1e6},      // as Reno
		{Cell{"cubic", 0.0001, 300 * time.Millisecond, 1000e6}, 427.26 * 1448 * 8 / 0.300012 / 1e6}, // 1.054 * 0.3^0.75 / 0.0001^0.75
		{Cell{"bbr", 0.01, 20 * time.Millisecond, 100e6}, 100 * 1448. / 1500 * 0.99},
	} {
		if got := tt.c.model() / 1e6; got < tt.want*0.999 || got > tt.want*1.001 {
			t.Errorf("%v: %.3f Mbit/s, want %.3f", tt.c, got, tt.want)
		}
	}
}
