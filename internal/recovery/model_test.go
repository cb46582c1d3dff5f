package recovery

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A model is what a scoreboard should say, byte by byte.
type model struct {
	t        *testing.T
	rnd      *rand.Rand
	s        *Sender
	now      clock.Time
	una, nxt seq.Num
	sacked   map[seq.Num]bool // reported by SACK
	had      map[seq.Num]bool // with the receiver
	mss      int
}

func newModel(t *testing.T, seed uint64, rack bool) *model {
	m := &model{
		t: t, rnd: rand.New(rand.NewPCG(seed, 7)), s: new(Sender), now: 1, mss: 100,
		sacked: map[seq.Num]bool{}, had: map[seq.Num]bool{},
	}
	m.una = seq.Num(1<<32 - 5000)
	m.nxt = m.una
	m.s.Init(new(Pool), new(congestion.Reno))
	m.s.cc.Init(0, m.mss)
	m.s.SetMSS(m.mss)
	m.s.Use(true, !rack, false)
	return m
}

// send lets something go out: what is lost, or else something new, sometimes many
// segments in one.
func (m *model) send() {
	if start, end, ok := m.s.NextLost(); ok {
		for n := start; n != end; n++ {
			if m.sacked[n] {
				m.t.Fatalf("%d goes out again though SACK has reported it", n)
			}
		}
		m.s.Resent(m.now, start, end)
		m.arrive(start, end)
		return
	}
	end := m.nxt.Add(1 + m.rnd.IntN(5*m.mss))
	m.s.Sent(m.now, m.nxt, end)
	m.arrive(m.nxt, end)
	m.nxt = end
}

// arrive lets each segment of what went out come to the receiver, or not.
func (m *model) arrive(start, end seq.Num) {
	for start.Before(end) {
		stop := seq.Min(start.Add(m.mss), end)
		if m.rnd.IntN(4) > 0 {
			for n := start; n != stop; n++ {
				m.had[n] = true
			}
		}
		start = stop
	}
}

// ack is an acknowledgment of what the receiver has, with some of its blocks, and
// lies of a bad receiver.
func (m *model) ack() {
	a := Ack{PriorUna: m.una, Una: m.una, Nxt: m.nxt, Echo: NoEcho}
	for a.Una != m.nxt && m.had[a.Una] {
		a.Una++
	}
	for n := a.Una; n.Before(m.nxt) && a.N < 3; n++ {
		if m.had[n] && (n == a.Una || !m.had[n-1]) && m.rnd.IntN(3) > 0 {
			b := Block{n, n}
			for m.had[b.Right] && b.Right.Before(m.nxt) {
				b.Right++
			}
			a.Blocks[a.N] = b
			a.N++
		}
	}
	if m.rnd.IntN(10) == 0 { // what nobody should send
		a.Blocks[0] = Block{a.Una.Add(m.rnd.IntN(3000) - 1000), a.Una.Add(m.rnd.IntN(9000) - 1000)}
		a.N = max(a.N, 1)
	}
	m.una = a.Una
	blocks := a
	d := m.s.Deliver(m.now, &a)
	m.s.Judge(m.now, &a, &d, 10*time.Millisecond, true)
	for i := range m.s.board.ring.n { // what it took for reported lies within the blocks
		r := m.s.board.ring.at(i)
		for n := r.start; n != r.end && r.fate == sacked; n++ {
			if !m.sacked[n] && !covered(&blocks, n) {
				m.t.Fatalf("%d counts as reported by SACK, the blocks are %v", n, blocks.Blocks[:blocks.N])
			}
			m.sacked[n], m.had[n] = true, true
		}
	}
}

// covered reports whether n is in one of the acknowledgment's blocks.
func covered(a *Ack, n seq.Num) bool {
	for _, b := range a.Blocks[:a.N] {
		if !n.Before(b.Left) && n.Before(b.Right) {
			return true
		}
	}
	return false
}

// step lets one thing happen.
func (m *model) step() {
	m.now = m.now.Add(time.Duration(m.rnd.IntN(2000)) * time.Microsecond)
	switch m.rnd.IntN(12) {
	case 0:
		if at := m.s.ReorderDeadline(); at != clock.Never {
			m.now = max(m.now, at)
			m.s.ReorderTimeout(m.now, m.una, m.nxt, 10*time.Millisecond)
		}
	case 1:
		if m.una != m.nxt && m.rnd.IntN(4) == 0 {
			again := m.rnd.IntN(3) == 0
			m.s.RetransmitTimeout(m.now, m.una, m.nxt, 10*time.Millisecond, again)
			if again {
				clear(m.sacked)
			}
			if m.s.board.nSacked == 0 {
				clear(m.sacked)
			}
		}
	case 2:
		if m.rnd.IntN(10) == 0 {
			m.mss = 50 + m.rnd.IntN(100)
			m.s.SetMSS(m.mss)
			m.s.Again(m.nxt, m.mss)
		}
	case 3, 4, 5, 6:
		m.ack()
	default:
		if m.nxt.Sub(m.una) < 4000 {
			m.send()
		}
	}
	if err := m.s.Check(m.una, m.nxt); err != nil {
		m.t.Fatal(err)
	}
}

// Whatever is sent, lost, reported and made up, the scoreboard's parts fit
// together, nothing counts as arrived that was not reported, and nothing that was
// goes out again.
func TestScoreboardFollowsItsModel(t *testing.T) {
	for seed := range uint64(12) {
		m := newModel(t, seed, seed%2 == 0)
		for range 800 {
			m.step()
		}
	}
}

// All is acknowledged in the end, and then the scoreboard holds no memory.
func TestEverythingIsDeliveredInTheEnd(t *testing.T) {
	for seed := range uint64(8) {
		m := newModel(t, seed, seed%2 == 0)
		for range 300 {
			m.step()
		}
		for tries := 0; m.una != m.nxt; tries++ {
			if tries > 2000 {
				t.Fatalf("seed %d: %d bytes are still out", seed, m.nxt.Sub(m.una))
			}
			m.now = m.now.Add(time.Second)
			m.s.RetransmitTimeout(m.now, m.una, m.nxt, 10*time.Millisecond, true)
			clear(m.sacked)
			for _, _, ok := m.s.NextLost(); ok; _, _, ok = m.s.NextLost() {
				m.send()
			}
			m.ack()
		}
		if n := m.s.board.pool.Lent(); n != 0 {
			t.Errorf("seed %d: an empty scoreboard holds %d records", seed, n)
		}
	}
}
