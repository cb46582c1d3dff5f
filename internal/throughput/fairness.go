package throughput

import (
	"fmt"
	"time"

	"github.com/lastack/lastack/internal/sim"
)

// A Match is two flows that share a link.
type Match struct {
	A, B string        // the congestion controls of the flows; A starts first
	RTT  time.Duration // without waiting
	Rate int64         // of the link, in bits per second
}

// Matches is each congestion control beside itself and beside the others.
var Matches = []Match{
	{"reno", "reno", 20 * time.Millisecond, 50e6},
	{"cubic", "cubic", 20 * time.Millisecond, 50e6},
	{"bbr", "bbr", 20 * time.Millisecond, 50e6},
	{"reno", "cubic", 20 * time.Millisecond, 50e6},
	{"cubic", "bbr", 20 * time.Millisecond, 50e6},
}

// A Share is what two flows got, in bits of data per second.
type Share struct {
	Match
	GoodputA, GoodputB float64
}

// How long a match lasts: A has the link for itself, then the two find their
// shares, then they are measured.
const (
	head    = 5 * time.Second
	finding = 40 * time.Second
	contest = 60 * time.Second
)

// Play lets the two flows run.
func (m Match) Play() Share {
	cell := Cell{RTT: m.RTT, Rate: m.Rate}
	w := newWorld(1, 0, sim.Path{Rate: m.Rate, Delay: m.RTT / 2, Queue: sim.Queue{Bytes: cell.queue()}}, sim.Path{Rate: m.Rate, Delay: m.RTT / 2})
	a := w.open(40000, m.A)
	w.pour(a, endless)
	w.Run(w.Now().Add(head))
	b := w.open(40001, m.B)
	w.pour(b, endless)
	w.Run(w.Now().Add(finding))
	gotA, gotB := a.got, b.got
	w.Run(w.Now().Add(contest))
	rate := func(bytes int) float64 { return float64(bytes) * 8 / contest.Seconds() }
	return Share{m, rate(a.got - gotA), rate(b.got - gotB)}
}

// Jain is the fairness index of Jain: 1 if both get the same, 0.5 if one gets
// all.
func (s Share) Jain() float64 {
	sum, squares := s.GoodputA+s.GoodputB, s.GoodputA*s.GoodputA+s.GoodputB*s.GoodputB
	return sum * sum / (2 * squares)
}

// Together is how much of the link both fill, 0 to 1.
func (s Share) Together() float64 {
	return (s.GoodputA + s.GoodputB) / Cell{Rate: s.Rate}.lineRate()
}

// shareHeader is the first lines of the table of matches.
const shareHeader = `# What two flows get of one link: the first starts five seconds earlier, and
# both are measured for a minute. A link and a queue of 20 ms, no loss but by the
# queue. fairness: Jain's index, 1 if both get the same. of link: both together.
#
# first  second   rtt   rate  Mbit/s    Mbit/s    fairness  of link
`

// Line is the match as a line of its table.
func (s Share) Line() string {
	return fmt.Sprintf("%-6s %-6s %6v %4dM %9s %9s  %5.3f   %5.1f%%",
		s.A, s.B, s.RTT, s.Rate/1e6, mega(s.GoodputA), mega(s.GoodputB), s.Jain(), 100*s.Together())
}
