package tcp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A buffer is a slice of bytes that grows at one end and shrinks at the other,
// whatever its chunks are.
func TestBufferIsASlice(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pool := new(Pool)
	b := buffer{pool: pool}
	var model []byte
	scratch := make([]byte, 1<<17)
	for range 5000 {
		switch rnd.IntN(4) {
		case 0, 1:
			p := randomBytes(rnd, rnd.IntN(20000))
			if len(model)+len(p) > 1<<17 {
				continue
			}
			b.writeAt(p, len(model))
			model = append(model, p...)
		case 2:
			if n := rnd.IntN(len(model) + 1); n == len(model) {
				b.release()
				model = nil
			} else {
				b.discard(n)
				model = model[n:]
			}
		case 3:
			pos := rnd.IntN(len(model) + 1)
			n := rnd.IntN(len(model) - pos + 1)
			if got := b.slice(pos, n, scratch); !bytes.Equal(got, model[pos:pos+n]) {
				t.Fatalf("%d bytes at %d differ", n, pos)
			}
		}
	}
	b.release()
	if pool.Lent() != 0 {
		t.Errorf("%d bytes are still lent", pool.Lent())
	}
	if pool.spare > maxSpare {
		t.Errorf("the pool keeps %d chunks", pool.spare)
	}
}

// Stretches in any order, overlapping, come out as the stream.
func TestReassemblyInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		stream := randomBytes(rnd, 1+rnd.IntN(60000))
		q := recvQueue{buf: buffer{pool: new(Pool)}}
		start := seq.Num(1<<32 - 1000)
		nxt, got := start, []byte(nil)
		for len(got) < len(stream) {
			left := max(nxt.Sub(start), rnd.IntN(len(stream)))
			n := min(1+rnd.IntN(5000), len(stream)-left)
			q.insert(nxt, start.Add(left), stream[left:left+n])
			if n := q.advance(nxt); n > 0 {
				nxt = nxt.Add(n)
			}
			if len(q.spans) > maxSpans {
				t.Fatalf("%d spans", len(q.spans))
			}
			p := make([]byte, rnd.IntN(3000))
			got = append(got, p[:q.read(p)]...)
			if q.advance(nxt) != 0 {
				t.Fatal("a span was left behind RCV.NXT")
			}
			if len(q.spans) == 64 { // as a sender would, fill the gap
				n := q.spans[0].left.Sub(nxt)
				q.insert(nxt, nxt, stream[nxt.Sub(start):nxt.Sub(start)+n])
				nxt = nxt.Add(q.advance(nxt))
			}
		}
		if !bytes.Equal(got, stream) {
			t.Fatalf("seed %d: the stream differs", seed)
		}
		if q.buf.pool.Lent() != 0 {
			t.Fatalf("seed %d: an empty queue holds %d bytes", seed, q.buf.pool.Lent())
		}
	}
}

// RFC 6298 §2, with the figures that its formulas give.
func TestRTO(t *testing.T) {
	cfg := Config{}.WithDefaults()
	var e rttEstimator
	e.init(&cfg)
	for _, tt := range []struct {
		do   func()
		want time.Duration
		why  string
	}{
		{func() {}, time.Second, "1 s before any sample"},
		{func() { e.sample(100 * time.Millisecond) }, 300 * time.Millisecond, "SRTT + 4*RTTVAR = 100 + 4*50"},
		{func() { e.sample(100 * time.Millisecond) }, 250 * time.Millisecond, "RTTVAR shrinks by a quarter"},
		{func() { e.backoff++ }, 500 * time.Millisecond, "doubled by a timeout"},
		{func() { e.backoff += 60 }, 120 * time.Second, "never above the maximum"},
		{func() { e.sample(time.Millisecond) }, 299125 * time.Microsecond, "a sample ends the back-off; RTTVAR grows with the surprise"},
		{func() {
			for range 100 {
				e.sample(time.Millisecond)
			}
		}, 200 * time.Millisecond, "never below the minimum"},
	} {
		tt.do()
		if got := e.timeout(); got != tt.want {
			t.Errorf("RTO is %v, want %v: %s", got, tt.want, tt.why)
		}
	}
}

func TestThrottle(t *testing.T) {
	th := throttle{limit: 2}
	at := clock.Time(0)
	for i, want := range []bool{true, true, false, false} {
		if got := th.allow(at); got != want {
			t.Errorf("ask %d: %v", i, got)
		}
	}
	if !th.allow(at.Add(throttlePeriod)) {
		t.Error("a new period allows nothing")
	}
}

// MUST-15, MUST-16: the effective send MSS.
func TestSendMSS(t *testing.T) {
	for _, tt := range []struct {
		p      Params
		opts   string
		noTS   bool
		want   int
		reason string
	}{
		{Params{MTU: 1500}, "mss 1460", true, 1460, "both agree"},
		{Params{MTU: 1500}, "mss 8960", true, 1460, "our link is smaller"},
		{Params{MTU: 9000}, "mss 1400", true, 1400, "the peer's is smaller"},
		{Params{MTU: 1500}, "wscale 1", true, 536, "no option: the default of IPv4"},
		{Params{MTU: 1500, IPv6: true}, "wscale 1", true, 1220, "no option: the default of IPv6"},
		{Params{MTU: 1500, IPv6: true}, "mss 1440", true, 1440, "the IPv6 header is longer"},
		{Params{MTU: 1500}, "mss 1460,TS val 1 ecr 0", false, 1448, "options take their room"},
	} {
		e := newEnd(t, Config{NoTimestamps: tt.noTS})
		tt.p.ISS = ourISS
		e.c = New(&e.cfg, tt.p)
		e.play("passive")
		e.play("< S 0:0(0) <" + tt.opts + ">")
		if got := e.c.Info().SndMSS; got != tt.want {
			t.Errorf("%s: the MSS is %d, want %d", tt.reason, got, tt.want)
		}
	}
}

// Look-ups that go on in several places of a long queue, in turn, find the right
// bytes while the front is taken away.
func TestLongQueueIsReadInSeveralPlaces(t *testing.T) {
	const chunks = 40
	b := buffer{pool: new(Pool)}
	rnd := rand.New(rand.NewPCG(1, 2))
	want := randomBytes(rnd, chunks*chunkSize)
	b.writeAt(want, 0)
	places := [3]int{}
	got := make([]byte, 100)
	for len(want) > 3*chunkSize {
		for i := range places {
			places[i] = (places[i] + rnd.IntN(i*chunkSize+200)) % (len(want) - len(got))
			b.readAt(got, places[i])
			if !bytes.Equal(got, want[places[i]:places[i]+len(got)]) {
				t.Fatalf("other bytes at %d of %d", places[i], len(want))
			}
		}
		n := rnd.IntN(chunkSize / 2)
		b.discard(n)
		want = want[n:]
	}
}

// BenchmarkLongQueue reads where new segments are sent and where lost ones are
// sent again, in turn: the length of the queue must not matter.
func BenchmarkLongQueue(b *testing.B) {
	for _, size := range []int{1 << 20, 64 << 20} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			q := buffer{pool: new(Pool)}
			q.writeAt(make([]byte, size), 0)
			text := make([]byte, 1448)
			for i := 0; b.Loop(); i++ {
				at := i * len(text) % (size / 2)
				q.readAt(text, at)
				q.readAt(text, at+size/3)
			}
		})
	}
}
