package tcp

import (
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A network joins two ends in virtual time: it loses, duplicates and reorders
// segments by chance, from a seed.
type network struct {
	t         *testing.T
	rnd       *rand.Rand
	now       clock.Time
	queue     flights
	n         int
	ends      [2]*Conn
	loss, dup float64
	delay     time.Duration // at least
	jitter    time.Duration // and up to this more
	sent      int
	filter    func(from int, seg *wire.Segment) bool // false: lost
}

type flight struct {
	at  clock.Time
	n   int
	to  int
	seg wire.Segment
}

type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	return f[i].at < f[j].at || f[i].at == f[j].at && f[i].n < f[j].n
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	last := len(*f) - 1
	x := (*f)[last]
	*f = (*f)[:last]
	return x
}

// pull carries what end i owes into the network.
func (w *network) pull(i int) {
	w.t.Helper()
	var seg wire.Segment
	for n := 0; w.ends[i].Emit(w.now, &seg); n++ {
		if n > 100000 {
			w.t.Fatal("Emit never ends")
		}
		w.sent++
		seg.Payload = bytes.Clone(seg.Payload)
		copies := 1
		if w.rnd.Float64() < w.loss || w.filter != nil && !w.filter(i, &seg) {
			copies = 0
		} else if w.rnd.Float64() < w.dup {
			copies = 2
		}
		for range copies {
			w.n++
			at := w.now.Add(w.delay)
			if w.jitter > 0 {
				at = at.Add(time.Duration(w.rnd.Int64N(int64(w.jitter))))
			}
			heap.Push(&w.queue, flight{at, w.n, 1 - i, seg})
		}
	}
	check(w.t, w.ends[i])
}

// step lets the next thing happen: a segment arrives, or a timer fires. It
// returns false when nothing is left.
func (w *network) step() bool {
	next, who := clock.Never, -1
	for i, c := range w.ends {
		if at := c.Deadline(); at < next {
			next, who = at, i
		}
	}
	if len(w.queue) > 0 && w.queue[0].at <= next {
		f := heap.Pop(&w.queue).(flight)
		w.now = max(w.now, f.at)
		w.ends[f.to].Arrive(w.now, &f.seg)
		w.pull(f.to)
		return true
	}
	if who < 0 {
		return false
	}
	w.now = max(w.now, next)
	w.ends[who].Expire(w.now)
	w.pull(who)
	return true
}

// An app sends what it has and keeps what it gets.
type app struct {
	c              *Conn
	toSend, got    []byte
	closed, gotEOF bool
	err            error
}

// act writes and reads by chance, and closes when all is written.
func (a *app) act(now clock.Time, rnd *rand.Rand) {
	if len(a.toSend) > 0 {
		n, r := a.c.Write(now, a.toSend[:min(len(a.toSend), 1+rnd.IntN(20000))])
		if a.toSend = a.toSend[n:]; r.Err != nil {
			a.err = r.Err
		}
	} else if s := a.c.State(); !a.closed && (s == fsm.Established || s == fsm.CloseWait) {
		a.c.Close(now)
		a.closed = true
	}
	if rnd.IntN(3) > 0 {
		p := make([]byte, 1+rnd.IntN(30000))
		n, err := a.c.Read(now, p)
		a.got = append(a.got, p[:n]...)
		a.gotEOF = a.gotEOF || errors.Is(err, errEOF)
	}
}

func randomBytes(rnd *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(rnd.Uint32())
	}
	return p
}

// Over a bad network, whatever the seed: both streams arrive whole, both ends
// reach CLOSED, and one of them passed TIME_WAIT. The invariants of check hold
// after every input.
func TestTwoPeersOverABadNetwork(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { transfer(t, seed) })
	}
}

func transfer(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	cfg := Config{
		NoDelay: seed%2 == 0, NoTimestamps: seed%3 == 0, NoWindowScale: seed%5 == 0,
		RecvBuffer: []int{2000, 30000, 1 << 20}[seed%3], SendBuffer: []int{5000, 1 << 20}[seed%2], DataRetries: 40, SynRetries: 40, SynAckRetries: 40,
	}.WithDefaults()
	w := &network{t: t, rnd: rnd, now: 1, delay: 10 * time.Millisecond, jitter: time.Duration(rnd.IntN(30)+1) * time.Millisecond}
	w.loss, w.dup = []float64{0, 0.01, 0.1, 0.25}[seed%4], []float64{0, 0.05}[seed%2]
	var apps [2]*app
	var streams [2][]byte
	for i := range w.ends {
		w.ends[i] = New(&cfg, Params{ISS: ourISS - 1000, MTU: 1500, TSOffset: 1<<32 - 20})
		streams[i] = randomBytes(rnd, rnd.IntN(100000))
		apps[i] = &app{c: w.ends[i], toSend: streams[i]}
	}
	if simultaneous := seed%7 == 0; simultaneous {
		w.ends[1].Connect(w.now)
	} else {
		w.ends[1].Listen(w.now)
	}
	w.ends[0].Connect(w.now)
	w.pull(0)
	w.pull(1)
	var timeWait bool
	for steps := 0; w.ends[0].State() != fsm.Closed || w.ends[1].State() != fsm.Closed; steps++ {
		if !w.step() || steps > 2e6 {
			t.Fatalf("stuck after %d steps at %v: %v %v", steps, w.now, w.ends[0].State(), w.ends[1].State())
		}
		for i, a := range apps {
			if s := a.c.State(); s != fsm.Listen {
				a.act(w.now, rnd)
				w.pull(i)
			}
			timeWait = timeWait || a.c.State() == fsm.TimeWait
		}
	}
	for i, a := range apps {
		for range 1000 {
			a.act(w.now, rnd)
		}
		if !bytes.Equal(a.got, streams[1-i]) || !a.gotEOF || a.c.Err() != nil {
			t.Errorf("end %d got %d bytes of %d, EOF %v, error %v", i, len(a.got), len(streams[1-i]), a.gotEOF, a.c.Err())
		}
	}
	if !timeWait {
		t.Error("no end passed TIME_WAIT")
	}
}

// established is two ends that have shaken hands over a perfect network.
func established(t *testing.T, cfg *Config) *network {
	w := &network{t: t, rnd: rand.New(rand.NewPCG(1, 1)), now: 1, delay: time.Millisecond}
	for i := range w.ends {
		w.ends[i] = New(cfg, Params{ISS: ourISS, MTU: 1500})
	}
	w.ends[1].Listen(w.now)
	w.ends[0].Connect(w.now)
	w.pull(0)
	for w.ends[1].State() != fsm.Established {
		w.step()
	}
	return w
}

// One segment of each kind is lost, in turn: both ends still get everything
// and come to CLOSED.
func TestAnySegmentLost(t *testing.T) {
	for lost := range 40 {
		cfg := Config{NoDelay: true}.WithDefaults()
		w := &network{t: t, rnd: rand.New(rand.NewPCG(1, 1)), now: 1, delay: 10 * time.Millisecond}
		count := 0
		w.filter = func(int, *wire.Segment) bool { count++; return count-1 != lost }
		var apps [2]*app
		for i := range w.ends {
			w.ends[i] = New(&cfg, Params{ISS: ourISS, MTU: 1500})
			apps[i] = &app{c: w.ends[i], toSend: make([]byte, 10000)}
		}
		w.ends[1].Listen(w.now)
		w.ends[0].Connect(w.now)
		w.pull(0)
		for w.ends[0].State() != fsm.Closed || w.ends[1].State() != fsm.Closed {
			if !w.step() {
				t.Fatalf("segment %d lost: stuck in %v and %v", lost, w.ends[0].State(), w.ends[1].State())
			}
			for i, a := range apps {
				if a.c.State() != fsm.Listen {
					a.act(w.now, w.rnd)
					w.pull(i)
				}
			}
		}
		for i, a := range apps {
			for range 100 {
				a.act(w.now, w.rnd)
			}
			if len(a.got) != 10000 || !a.gotEOF {
				t.Errorf("segment %d lost: end %d got %d bytes, EOF %v", lost, i, len(a.got), a.gotEOF)
			}
		}
	}
}

// A steady transfer allocates nothing, at either end.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	cfg := Config{NoDelay: true}.WithDefaults()
	w := established(t, &cfg)
	a, b := w.ends[0], w.ends[1]
	data, buf := make([]byte, 1448), make([]byte, 4096)
	var seg, ack wire.Segment
	round := func() {
		w.now = w.now.Add(time.Millisecond)
		a.Write(w.now, data)
		for a.Emit(w.now, &seg) {
			b.Arrive(w.now, &seg)
			b.Read(w.now, buf)
			b.Write(w.now, data[:10])
			for b.Emit(w.now, &ack) {
				a.Arrive(w.now, &ack)
				a.Read(w.now, buf)
			}
		}
	}
	round()
	if n := testing.AllocsPerRun(1000, round); n != 0 {
		t.Errorf("%v allocations a segment, want 0", n)
	}
}

// Nothing that arrives, in whatever state, breaks the connection's invariants.
func FuzzArrive(f *testing.F) {
	f.Add([]byte("\x01\x02\x00\x00\x00\x00\x00\x00\x00\x10\x01\x12\x00\x01\x00\x01\x05\xff"))
	f.Add([]byte("\x00\x10\x00\x00\x00\x01\x00\x00\x00\x05\x0a\x14\x00\x00\x01\x00\x00\xff\x80\x81\x82\x83\x84"))
	// A handshake with SACK, text, and blocks beyond a hole, a D-SACK, a block that lies.
	f.Add([]byte("\x01\x02\xff\x00\x01\x05\x00\x00\x00\x48\x10\xff\x00\x01\x05\x01\x00\x00\x01\xff\x00\x00\x00\x00\x00\x00\x00\xc8\x10\xff\x00\x01\x05\x00\x00\x10\xc8\x10\xff\x01\xf0\x05\x01\x00\x20\x06\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		cfg := Config{RecvBuffer: 3000, SendBuffer: 3000}.WithDefaults()
		e := newEnd(t, cfg)
		if len(in) > 0 && in[0]&1 == 0 {
			e.did(e.c.Connect(e.now))
		} else {
			e.did(e.c.Listen(e.now))
		}
		for len(in) >= 9 {
			fuzzStep(e, in[:9])
			in = in[9:]
			e.out = nil
		}
	})
}

// fuzzStep turns nine bytes into a call or a segment near the connection's
// numbers.
func fuzzStep(e *end, in []byte) {
	switch in[0] % 16 {
	case 0:
		e.did(e.c.Close(e.now))
	case 1:
		_, r := e.c.Write(e.now, make([]byte, int(in[1])*8))
		e.did(r)
	case 2:
		_, _ = e.c.Read(e.now, make([]byte, int(in[1])*8))
		e.did(Result{})
	case 3:
		fuzzEnd(e, in[1])
	case 4:
		e.c.PathMTU(e.now, 100+int(in[1])*4)
		e.did(Result{})
	case 5:
		fuzzTrouble(e, in[1])
	case 6, 7:
		if at := e.c.Deadline(); at != clock.Never {
			e.now = max(e.now, at)
			e.did(e.c.Expire(e.now))
		}
	default:
		t := e.c.TCB()
		seg := wire.Segment{Flags: wire.Flags(in[1]) & 63, Wnd: uint16(in[2]) << 6, Up: uint16(in[3])}
		seg.Seq = t.Rcv.Nxt.Add(int(int8(in[4])) * (1 + int(in[5]%16)*100))
		seg.Ack = t.Snd.Una.Add(int(int8(in[6])) * (1 + int(in[5]>>4)*100))
		if in[0]&64 != 0 {
			seg.Seq, seg.Ack = t.Rcv.Nxt, t.Snd.Nxt
		}
		seg.Payload = make([]byte, int(in[7])*int(in[8]%8))
		seg.Opts = wire.Options{HasTS: in[0]&32 == 0, TSVal: uint32(in[8]), HasWScale: true, WScale: in[8] % 15, MSS: uint16(in[5])}
		seg.Opts.SACKOK = in[0]&16 == 0
		if in[0]&128 != 0 {
			fuzzSACK(&seg.Opts, t.Snd.Una, in)
		}
		e.did(e.c.Arrive(e.now, &seg))
	}
}

// fuzzSACK makes blocks near una, good ones and others.
func fuzzSACK(o *wire.Options, una seq.Num, in []byte) {
	o.NSACK = 1 + in[3]%4
	for i := range o.SACK[:o.NSACK] {
		left := una.Add(int(int8(in[4+i])) * (1 + int(in[3]>>4)*8))
		o.SACK[i] = wire.SACKBlock{Left: left, Right: left.Add(int(int8(in[8-i])) * (1 + int(in[2]&15)*16))}
	}
}

// fuzzEnd makes one of the calls that a user ends with, or begins to.
func fuzzEnd(e *end, which byte) {
	switch which % 4 {
	case 0:
		e.did(e.c.Release(e.now))
	case 1:
		e.did(e.c.Abort(e.now))
	case 2:
		e.c.CloseRead(e.now)
		e.did(Result{})
	case 3:
		_, r := e.c.WriteUrgent(e.now, make([]byte, which))
		e.did(r)
	}
}

// fuzzTrouble makes an ICMP error arrive, or changes what the user tolerates.
func fuzzTrouble(e *end, which byte) {
	switch which % 4 {
	case 0:
		e.did(e.c.HardError(e.now, ErrTimeout))
	case 1:
		e.did(e.c.SoftError(ErrTimeout))
	case 2:
		e.c.SetUserTimeout(e.now, time.Duration(which)*time.Second)
		e.did(Result{})
	case 3:
		e.c.SetKeepAlive(e.now, KeepAlive{Enable: which > 100, Idle: time.Duration(which) * time.Second})
		e.did(Result{})
	}
}
