package throughput

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
)

// A Response is a server's answer of some size, asked for over a new connection
// on a network that loses packets both ways.
type Response struct {
	Congestion string
	Size       int // bytes
	Loss       float64
	RTT        time.Duration
	Rate       int64 // of the link, in bits per second
}

// Responses is the sizes that are measured: what fits the first window (RFC
// 6928), and what needs some round trips.
func Responses() (all []Response) {
	for _, cc := range Congestions {
		for _, size := range []int{14_000, 1_000_000} {
			for _, loss := range []float64{0, 0.01} {
				all = append(all, Response{cc, size, loss, 40 * time.Millisecond, 50e6})
			}
		}
	}
	return all
}

// Times is how long the answers to many requests took, from connect to the last
// byte, in order of length.
type Times struct {
	Response
	All []time.Duration
}

// requests is how many requests are measured.
const requests = 100

// Ask measures many requests, each on a network of its own luck.
func (r Response) Ask() Times {
	t := Times{Response: r}
	for seed := range uint64(requests) {
		t.All = append(t.All, r.once(seed))
	}
	slices.Sort(t.All)
	return t
}

// once is how long one request takes.
func (r Response) once(seed uint64) time.Duration {
	p := r.path()
	w := newWorld(seed, 0, p, p)
	w.use(r.Congestion)
	c, err := w.client.Dial(w.Now(), netip.AddrPortFrom(clientAddr, 40000), serverAddr)
	must(err)
	answer := &flow{to: c}
	w.When(func() bool { return c.State() == fsm.Established }, func() {
		_, err := c.Write(w.Now(), []byte("GET / HTTP/1.0\r\n\r\n"))
		must(err)
		w.read(answer)
	})
	w.When(func() bool { answer.from = w.listener.Accept(w.Now()); return answer.from != nil }, func() {
		w.When(func() bool { return answer.from.Unread() > 0 }, func() { w.write(answer, r.Size) })
	})
	w.RunUntil(never, func() bool { return answer.got == r.Size })
	return w.Time()
}

// path is each direction of the link.
func (r Response) path() sim.Path {
	queue := Cell{RTT: r.RTT, Rate: r.Rate}.queue()
	return sim.Path{Rate: r.Rate, Delay: r.RTT / 2, Queue: sim.Queue{Bytes: queue}, Loss: r.Loss}
}

// responseHeader is the first lines of the table of responses.
const responseHeader = `# How long the answers to 100 requests take, in milliseconds from connect to the
# last byte: half of them at most, 95 % of them, all. ideal: without loss, with a
# window that doubles every round trip. Packets are lost both ways, SYNs too.
#
# cc        bytes  loss    rtt   rate      half      95 %       all     ideal
`

// expected is how long half of the answers may take. Without loss, or in one
// window, it is the ideal, and one more round trip for a slow start that is
// careful at its end. With loss the rest goes at the rate of the congestion
// control's formula, give or take a quarter.
func (r Response) expected() time.Duration {
	ideal := r.ideal() + r.RTT + r.RTT/2
	if r.Loss == 0 || r.Size <= initialWindow*mss {
		return ideal
	}
	c := Cell{r.Congestion, r.Loss, r.RTT, r.Rate}
	return ideal + seconds(1.25*float64(r.Size)*8/c.model())
}

// initialWindow is the segments that a sender may begin with (RFC 6928).
const initialWindow = 10

// ideal is how long an answer takes when nothing is lost: a round trip to
// connect, one until the answer begins to arrive, and one for each time that the
// window has to double before the link is full or all is sent.
func (r Response) ideal() time.Duration {
	perPacket := seconds(packetSize * 8 / float64(r.Rate))
	left := (r.Size + mss - 1) / mss
	t := 2 * r.RTT
	for window := initialWindow; left > 0; window *= 2 {
		sending := time.Duration(window) * perPacket
		if left <= window || sending >= r.RTT {
			return t + time.Duration(left)*perPacket
		}
		left -= window
		t += r.RTT
	}
	return t
}

// Quantile is the time that this share of the answers did not exceed.
func (t Times) Quantile(share float64) time.Duration {
	return t.All[int(share*float64(len(t.All)-1))]
}

// Line is the times as a line of their table.
func (t Times) Line() string {
	return fmt.Sprintf("%-6s %8d %5s %6v %4dM %9v %9v %9v %9v",
		t.Congestion, t.Size, percent(t.Loss), t.RTT, t.Rate/1e6,
		ms(t.Quantile(0.5)), ms(t.Quantile(0.95)), ms(t.Quantile(1)), ms(t.ideal()))
}

// ms is a duration in milliseconds, with one decimal.
func ms(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }
