package recovery

import (
	"testing"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

const (
	ms  = time.Millisecond
	mss = 1000 // of the tests
)

// A lab is a Sender under test: segments of mss bytes, numbered from 0.
type lab struct {
	t   *testing.T
	s   *Sender
	now clock.Time
	una seq.Num
	nxt seq.Num
}

// newLab is a Sender that has n segments out.
func newLab(t *testing.T, n int) *lab {
	l := &lab{t: t, s: new(Sender), now: clock.Time(time.Hour)}
	l.s.Init(new(Pool), new(congestion.Reno))
	l.s.cc.Init(0, mss)
	l.s.SetMSS(mss)
	l.s.Use(true, false, false)
	l.send(n)
	return l
}

// send lets n new segments go out.
func (l *lab) send(n int) {
	for range n {
		l.s.Sent(l.now, l.nxt, l.nxt.Add(mss))
		l.nxt = l.nxt.Add(mss)
	}
}

// resend lets all that is lost go out again, whatever the window is, and reports
// how many segments that was.
func (l *lab) resend() (n int) {
	for start, end, ok := l.s.NextLost(); ok; start, end, ok = l.s.NextLost() {
		l.s.Resent(l.now, start, end)
		n++
	}
	return n
}

// ack brings an acknowledgment after d: of the segments before una, with blocks
// given as pairs of segments.
func (l *lab) ack(d time.Duration, una int, blocks ...int) Verdict {
	l.t.Helper()
	l.now = l.now.Add(d)
	a := Ack{PriorUna: l.una, Una: seq.Num(una * mss), Nxt: l.nxt, Echo: NoEcho}
	for i := 0; i < len(blocks); i += 2 {
		a.Blocks[a.N] = Block{seq.Num(blocks[i] * mss), seq.Num(blocks[i+1] * mss)}
		a.N++
	}
	l.una = a.Una
	del := l.s.Deliver(l.now, &a)
	v := l.s.Judge(l.now, &a, &del, 100*ms, true)
	if err := l.s.Check(l.una, l.nxt); err != nil {
		l.t.Fatal(err)
	}
	return v
}

// want compares what is sacked, lost and in flight, in segments.
func (l *lab) want(sacked, lost, flight int, why string) {
	l.t.Helper()
	b := &l.s.board
	if b.nSacked != sacked*mss || b.nLost != lost*mss || l.s.Flight() != flight*mss {
		l.t.Errorf("%d bytes are sacked, %d lost, %d in flight; want %d, %d, %d segments: %s", b.nSacked, b.nLost, l.s.Flight(), sacked, lost, flight, why)
	}
}

// RFC 8985 §6.2, step 5.
func TestRACKWaitsForTheReorderingWindow(t *testing.T) {
	l := newLab(t, 10)
	l.ack(100*ms, 0, 1, 3)
	l.want(2, 0, 8, "two segments overtook the first: that may be reordering")
	if at, want := l.s.ReorderDeadline(), l.now.Add(25*ms+ms); at != want {
		t.Errorf("the timer is set for %v, want %v: a quarter of the round trip, and the slack of timers", at, want)
	}
	l.now = l.s.ReorderDeadline()
	if !l.s.ReorderTimeout(l.now, l.una, l.nxt, 100*ms) {
		t.Error("no recovery begins when the window is over")
	}
	l.want(2, 1, 7, "then the first is lost, and only that")
}

// RFC 8985 §6.2, step 4: as long as no reordering was seen, three are enough.
func TestThreeSegmentsMakeALossAtOnce(t *testing.T) {
	l := newLab(t, 10)
	if v := l.ack(100*ms, 0, 1, 4); !v.Began {
		t.Error("no recovery begins")
	}
	l.want(3, 1, 6, "the hole is lost; what is beyond the blocks is not")
	l = newLab(t, 10)
	l.ack(100*ms, 0, 1, 2)
	l.ack(ms, 2, 0, 0)
	l.ack(ms, 2, 3, 6)
	l.want(3, 0, 5, "reordering was seen: three are not enough any more")
}

// RFC 5681 §3.1: half of FlightSize, whatever an acknowledgment takes off as it
// reports the loss.
func TestALossHalvesWhatWasOutBeforeItsAcknowledgment(t *testing.T) {
	for _, una := range []int{0, 5, 9} {
		l := newLab(t, 20)
		if v := l.ack(100*ms, una, una+1, una+5); !v.Began {
			t.Fatal("no recovery begins")
		}
		if got := l.s.cc.Threshold(); got != 10*mss {
			t.Errorf("with %d segments acknowledged ssthresh is %d, want 10 segments", una, got)
		}
	}
}

// RFC 8985 §6.2, step 4: each round trip with a D-SACK widens the window, and
// sixteen recoveries without one narrow it again.
func TestReorderingWindowAdapts(t *testing.T) {
	k := rack{minRTT: 100 * ms, reordering: true}
	for i, want := range []time.Duration{25 * ms, 50 * ms, 75 * ms} {
		if got := k.window(time.Second, true); got != want {
			t.Errorf("after %d D-SACKs it is %v, want %v", i, got, want)
		}
		k.duplicated(seq.Num(1000*i), seq.Num(1000*(i+1)))
		k.duplicated(seq.Num(1000*i), seq.Num(1000*(i+1))) // in the same round trip
	}
	if got := k.window(60*ms, true); got != 60*ms {
		t.Errorf("it is %v, want no more than the smoothed round trip of 60 ms", got)
	}
	for range reoPersist {
		k.recovered()
	}
	if got := k.window(time.Second, true); got != 25*ms {
		t.Errorf("after %d recoveries it is %v, want 25 ms", reoPersist, got)
	}
}

// RFC 8985 §6.2: what was sent again is lost if something sent later arrives.
func TestLostRetransmissionIsFound(t *testing.T) {
	l := newLab(t, 10)
	l.ack(100*ms, 0, 1, 10)
	if n := l.resend(); n != 1 {
		t.Fatalf("%d segments go out again, want 1", n)
	}
	l.now = l.now.Add(ms)
	l.send(3)
	l.ack(100*ms, 0, 1, 13)
	l.want(12, 1, 0, "the new ones have come, the one sent again before them has not")
}

// RFC 2018 §8: a second timeout takes back what SACK has said.
func TestSecondTimeoutForgetsSACK(t *testing.T) {
	l := newLab(t, 10)
	l.ack(100*ms, 0, 5, 7)
	l.now = l.now.Add(300 * ms)
	l.s.RetransmitTimeout(l.now, l.una, l.nxt, 100*ms, false)
	l.want(2, 8, 0, "the first timeout keeps it")
	l.s.RetransmitTimeout(l.now, l.una, l.nxt, 100*ms, true)
	l.want(0, 10, 0, "the second does not")
}

// RFC 8985 §6.3: a timeout leaves in flight what went out just now.
func TestTimeoutSparesWhatIsNew(t *testing.T) {
	l := newLab(t, 4)
	l.ack(100*ms, 1)
	l.now = l.now.Add(90 * ms)
	l.send(2)
	l.now = l.now.Add(30 * ms)
	l.s.RetransmitTimeout(l.now, l.una, l.nxt, 100*ms, false)
	l.want(0, 3, 2, "three went out long ago, two less than a round trip")
}

// RFC 6675 §4: without RACK a hole is lost by what is sacked beyond it.
func TestIsLost(t *testing.T) {
	for _, tt := range []struct {
		blocks []int
		lost   int
		why    string
	}{
		{[]int{2, 4}, 0, "two segments are not more than two"},
		{[]int{2, 5}, 2, "three are"},
		{[]int{6, 7, 4, 5, 2, 3}, 2, "three stretches are, for what is below all of them"},
	} {
		l := newLab(t, 10)
		l.s.Use(true, true, false)
		l.ack(100*ms, 0, tt.blocks...)
		if got := l.s.board.nLost / mss; got != tt.lost {
			t.Errorf("%d segments are lost, want %d: %s", got, tt.lost, tt.why)
		}
	}
}

// A D-SACK comes first: below the acknowledgment, or inside the second block (RFC
// 2883 §4). It counts as no delivery.
func TestDSACKIsNoDelivery(t *testing.T) {
	l := newLab(t, 10)
	l.ack(100*ms, 2)
	l.ack(ms, 2, 0, 1)
	l.want(0, 0, 8, "the block is below SND.UNA")
	l.ack(ms, 2, 4, 5, 4, 6)
	l.want(2, 0, 6, "the first block is inside the second")
	if l.s.dsacks != 2 {
		t.Errorf("%d D-SACKs are counted, want 2", l.s.dsacks)
	}
}

// RFC 3708: when all that went out again has arrived twice, the window is as before.
func TestDSACKsUndoARecovery(t *testing.T) {
	l := newLab(t, 10)
	before := l.s.cc.Window()
	l.ack(100*ms, 0, 1, 5)
	l.resend()
	if l.s.cc.Window() >= before {
		t.Fatal("the recovery has not reduced the window")
	}
	l.ack(ms, 5)
	l.ack(ms, 5, 0, 1)
	if l.s.Phase() != Open || l.s.cc.Window() < before {
		t.Errorf("the phase is %v and the window %d, want Open and %d", l.s.Phase(), l.s.cc.Window(), before)
	}
}

// RFC 9937 §6, in the figures of its formulas.
func TestPRR(t *testing.T) {
	var p prr
	p.begin(10 * mss)
	const ssthresh = 5 * mss
	for _, tt := range []struct {
		delivered, flight int
		safe              bool
		sent, cwnd        int
		why               string
	}{
		{1, 9, false, 1, 10, "the first goes out at once"},
		{1, 9, false, 0, 9, "then half of what is delivered: one of two is out"},
		{2, 7, false, 1, 8, "four are delivered, two may be out"},
		{3, 4, false, 1, 5, "below ssthresh as much as is delivered, up to ssthresh"},
		{1, 2, true, 2, 5, "and what was missed is made up for"},
	} {
		p.ack(tt.delivered*mss, tt.flight*mss, ssthresh, mss, tt.safe)
		if p.cwnd != tt.cwnd*mss {
			t.Errorf("cwnd is %d, want %d segments: %s", p.cwnd, tt.cwnd, tt.why)
		}
		p.out += tt.sent * mss
	}
}

// RFC 8985 §7.2.
func TestWhenATailIsProbed(t *testing.T) {
	l := newLab(t, 2)
	probe := func(want time.Duration, ok bool, srtt time.Duration, why string) {
		t.Helper()
		if got, is := l.s.ProbeTimeout(srtt); got != want || is != ok {
			t.Errorf("a probe after %v (%v), want %v (%v): %s", got, is, want, ok, why)
		}
	}
	probe(200*ms, true, 100*ms, "two round trips")
	probe(time.Second, true, 0, "the round trip is not known")
	l.ack(100*ms, 1)
	probe(200*ms+maxAckDelay, true, 100*ms, "a single segment, whose acknowledgment may be delayed")
	l.s.OweProbe()
	l.s.ProbeSent(l.nxt, true)
	probe(0, false, 100*ms, "one is out already")
	l = newLab(t, 3)
	l.ack(100*ms, 0, 1, 2)
	probe(0, false, 100*ms, "SACK has told of a hole: RACK is at work")
}

// draft-ietf-ccwg-bbr-06, section 4.1: ten segments, sent 10 ms apart, come 10 ms
// apart: one segment each 10 ms.
func TestDeliveryRate(t *testing.T) {
	l := newLab(t, 0)
	for range 10 {
		l.send(1)
		l.now = l.now.Add(10 * ms)
	}
	for n := 1; n <= 20; n++ {
		l.ack(0, n)
		l.send(1)
		l.now = l.now.Add(10 * ms)
	}
	if rate := l.s.rate.rate; rate != 100*mss {
		t.Errorf("%d bytes per second, want %d", rate, 100*mss)
	}
}
