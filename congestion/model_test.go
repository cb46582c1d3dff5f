package congestion

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A path is a bottleneck with a queue in front of it, in virtual time. It loses
// what finds the queue full, every everyth segment, and others with probability
// random.
type path struct {
	rate   float64 // bytes per second
	rtt    time.Duration
	queue  int // bytes
	every  int
	random float64

	rng  *rand.Rand
	seen int
	free time.Duration // when the bottleneck has sent what it has
}

// carry is when the acknowledgment of a segment sent now comes, unless it is
// lost.
func (p *path) carry(now time.Duration, n int) (at time.Duration, ok bool) {
	p.seen++
	if float64(n)+(p.free-now).Seconds()*p.rate > float64(p.queue) {
		return 0, false
	}
	p.free = max(p.free, now) + time.Duration(float64(n)/p.rate*1e9)
	lost := p.every > 0 && p.seen%p.every == 0 || p.random > 0 && p.rng.Float64() < p.random
	return p.free + p.rtt, !lost
}

// A segment is on its way, or was lost.
type segment struct {
	at                time.Duration // when its acknowledgment comes
	arrives           bool
	sent, first, prev time.Duration // of the delivery rate (section 4.1.2.2)
	delivered, lost   int64
	txFlight          int
	settled           bool // acknowledged or held lost
}

// A flow is a sender with data without end on a path. Segments are acknowledged
// one by one, and held lost when the third after them is.
type flow struct {
	c    Controller
	path path
	now  time.Duration

	segments []segment // sent and not yet known to be delivered or lost
	base     int       // how many before these are settled
	flight   int       // bytes

	delivered, lost      int64
	deliveredAt, firstAt time.Duration
	srtt, minRTT         time.Duration
	pace                 time.Duration // when the next may be sent
	limited, recovering  bool
	recover              int // the recovery is over when this segment is settled

	timeouts int
	watch    func() // called after each acknowledgment
}

func newFlow(c Controller, p path) *flow {
	p.rng = rand.New(rand.NewPCG(1, 2))
	c.Init(0, mss)
	return &flow{c: c, path: p}
}

// run goes on until the time is end, and returns how many bytes were delivered
// meanwhile.
func (f *flow) run(end time.Duration) int64 {
	before := f.delivered
	for f.now < end {
		f.step()
	}
	return f.delivered - before
}

// step goes on to what happens next.
func (f *flow) step() {
	f.send()
	i, ok := f.next()
	switch {
	case f.flight+mss <= f.c.Window() && (!ok || f.pace < f.segments[i].at):
		f.now = f.pace
	case ok:
		f.now = f.segments[i].at
		f.ack(i)
	default:
		f.timeout()
	}
}

// next is the segment that is acknowledged next.
func (f *flow) next() (i int, ok bool) {
	for i, s := range f.segments {
		if s.arrives && !s.settled {
			return i, true
		}
	}
	return 0, false
}

// send sends what the window and the pace allow.
func (f *flow) send() {
	for f.flight+mss <= f.c.Window() {
		if f.now < f.pace {
			return
		}
		if r := f.c.PacingRate(); r > 0 {
			f.pace = max(f.pace, f.now-time.Millisecond) + time.Duration(mss/float64(r)*1e9)
		}
		if f.flight == 0 {
			f.deliveredAt, f.firstAt = f.now, f.now
		}
		f.c.Sent(f.now, mss, f.flight)
		f.flight += mss
		at, ok := f.path.carry(f.now, mss)
		f.segments = append(f.segments, segment{
			at: at, arrives: ok, sent: f.now, first: f.firstAt, prev: f.deliveredAt,
			delivered: f.delivered, lost: f.lost, txFlight: f.flight,
		})
	}
	f.limited = true
}

// ack acknowledges segment i, and gives up those that are three before it.
func (f *flow) ack(i int) {
	s, prior := f.segments[i], f.flight
	f.delivered += mss
	f.deliveredAt, f.firstAt = f.now, s.sent
	f.rtt(f.now - s.sent)
	lost := f.settle(i)
	f.flight -= mss + lost
	f.lost += int64(lost)
	a := Ack{
		Acked: mss, Delivered: mss, Lost: lost, Flight: f.flight, PriorFlight: prior,
		RTT: f.now - s.sent, SRTT: f.srtt, MinRTT: f.minRTT, Limited: f.limited, Recovery: f.recovering,
		Rate: Sample{
			Delivered: int(f.delivered - s.delivered), Lost: int(f.lost - s.lost),
			Interval:       max(s.sent-s.first, f.now-s.prev),
			PriorDelivered: s.delivered, TotalDelivered: f.delivered, TxFlight: s.txFlight,
		},
	}
	f.limited = false
	if lost > 0 && !f.recovering {
		f.recovering, f.recover = true, f.base+len(f.segments)
		f.c.Congested(f.now, Loss, prior)
	}
	f.c.Acked(f.now, &a)
	if f.recovering && f.base >= f.recover {
		f.recovering = false
		f.c.Recovered(f.now, f.flight)
	}
	if f.watch != nil {
		f.watch()
	}
}

// settle settles segment i, and those three before it, which are lost: how many
// bytes.
func (f *flow) settle(i int) (lost int) {
	f.segments[i].settled = true
	for j := range max(i-2, 0) {
		if !f.segments[j].settled {
			f.segments[j].settled = true
			lost += mss
		}
	}
	for len(f.segments) > 0 && f.segments[0].settled {
		f.segments = f.segments[1:]
		f.base++
	}
	return lost
}

// timeout gives up everything.
func (f *flow) timeout() {
	f.now += 200 * time.Millisecond
	f.c.TimedOut(f.now, f.flight, false)
	f.lost += int64(f.flight)
	f.base += len(f.segments)
	f.segments, f.flight, f.recovering = nil, 0, false
	f.pace = f.now
	f.timeouts++
	f.c.Recovered(f.now, 0)
}

func (f *flow) rtt(d time.Duration) {
	if f.srtt == 0 {
		f.srtt, f.minRTT = d, d
	}
	f.srtt += (d - f.srtt) / 8
	f.minRTT = min(f.minRTT, d)
}

// within checks that a number is near what the model says.
func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if got < want*(1-tolerance) || got > want*(1+tolerance) {
		t.Errorf("%s is %.4g, want %.4g within %.0f %%", what, got, want, tolerance*100)
	}
}
