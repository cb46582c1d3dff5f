package tcp

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

var soak = flag.Int("soak", 0, "segments that TestSoak sends; 0: a few")

// textAt is the byte at a position of a stream that never repeats within a
// window: one out of place shows.
func textAt(off int64, seed uint64) byte {
	x := uint64(off) + seed<<32
	return byte((x * 0x9e3779b97f4a7c15) >> 56)
}

// A streamer is a user that sends a long stream and checks the one that comes.
type streamer struct {
	c           *Conn
	seed, other uint64
	wrote, read int64
	stop        bool // writes no more, and closes
	closed, eof bool
	buf         [20000]byte
}

// act writes and reads by chance, and closes when it is to stop.
func (s *streamer) act(t *testing.T, now clock.Time, rnd *rand.Rand) {
	switch {
	case !s.stop:
		p := s.buf[:1+rnd.IntN(len(s.buf))]
		for i := range p {
			p[i] = textAt(s.wrote+int64(i), s.seed)
		}
		n, r := s.c.Write(now, p)
		if r.Err != nil {
			t.Fatalf("write: %v", r.Err)
		}
		s.wrote += int64(n)
	case !s.closed:
		s.c.Close(now)
		s.closed = true
	}
	if rnd.IntN(3) > 0 {
		s.take(t, now, s.buf[:1+rnd.IntN(len(s.buf))])
	}
}

// take reads what has come and compares it.
func (s *streamer) take(t *testing.T, now clock.Time, p []byte) {
	n, err := s.c.Read(now, p)
	for i, b := range p[:n] {
		if want := textAt(s.read+int64(i), s.other); b != want {
			t.Fatalf("byte %d is %#x, want %#x", s.read+int64(i), b, want)
		}
	}
	s.read += int64(n)
	s.eof = s.eof || errors.Is(err, errEOF)
}

// corrupted sends a segment through its form on the wire with one bit turned, and
// reports whether a checksum let it pass.
func corrupted(seg *wire.Segment, rnd *rand.Rand) bool {
	var buf [2048]byte
	h := wire.Packet{Src: netip.AddrFrom4([4]byte{10, 0, 0, 1}), Dst: netip.AddrFrom4([4]byte{10, 0, 0, 2})}
	n := wire.PutTCP(buf[:], &h, seg)
	bit := rnd.IntN(n * 8)
	buf[bit/8] ^= 1 << (bit % 8)
	var p wire.Packet
	return wire.ParseIP(buf[:n], &p) == wire.OK && p.Is4() && p.Proto == wire.ProtoTCP && p.Src == h.Src && p.Dst == h.Dst && wire.VerifyTCP(&p)
}

// soakConfigs is how the ends are set up, in turn.
func soakConfigs() (all []Config) {
	for i := range 8 {
		control := [...]func() congestion.Controller{
			func() congestion.Controller { return new(congestion.Cubic) },
			func() congestion.Controller { return new(congestion.Reno) },
			func() congestion.Controller { return congestion.NewBBR(1) },
		}[i%3]
		all = append(all, Config{
			NoDelay: i%2 == 0, NoSACK: i == 3 || i == 6, NoRACK: i == 2, NoTimestamps: i >= 5, Congestion: control,
			RecvBuffer: []int{0, 60000, 1 << 20}[i%3], DataRetries: 40, SynRetries: 40, SynAckRetries: 40,
		}.WithDefaults())
	}
	return all
}

// Long streams both ways over a network that loses, copies, reorders and damages
// segments: every byte arrives in its place, and the invariants hold after every
// input. A million segments: go test -run Soak -soak 1000000.
func TestSoak(t *testing.T) {
	total := 40_000
	if *soak > 0 {
		total = *soak
	}
	configs := soakConfigs()
	sent := 0
	for i, cfg := range configs {
		t.Run(fmt.Sprintf("config=%d", i), func(t *testing.T) {
			sent += soakOne(t, &cfg, uint64(i), total/len(configs))
		})
	}
	t.Logf("%d segments", sent)
}

// soakOne lets two ends exchange n segments, and close. It returns how many were
// sent.
func soakOne(t *testing.T, cfg *Config, seed uint64, n int) int {
	rnd := rand.New(rand.NewPCG(seed, 5))
	w := &network{t: t, rnd: rnd, now: 1, loss: 0.02, dup: 0.02, delay: 5 * time.Millisecond, jitter: 3 * time.Millisecond}
	w.filter = func(_ int, seg *wire.Segment) bool {
		return rnd.IntN(100) > 0 || corrupted(seg, rnd)
	}
	var users [2]*streamer
	for i := range w.ends {
		w.ends[i] = New(cfg, Params{ISS: ourISS - 1000, MTU: 1500, TSOffset: 1<<32 - 20})
		users[i] = &streamer{c: w.ends[i], seed: uint64(i), other: uint64(1 - i)}
	}
	w.ends[1].Listen(w.now)
	w.ends[0].Connect(w.now)
	w.pull(0)
	for w.ends[0].State() != fsm.Closed || w.ends[1].State() != fsm.Closed {
		if !w.step() {
			t.Fatalf("stuck at %v: %v and %v", w.now, w.ends[0].State(), w.ends[1].State())
		}
		for i, u := range users {
			if s := u.c.State(); s.Synchronized() || s == fsm.Closed {
				u.stop = w.sent >= n
				u.act(t, w.now, rnd)
				w.pull(i)
			}
		}
	}
	for i, u := range users {
		for range 1000 {
			u.take(t, w.now, u.buf[:])
		}
		if u.read != users[1-i].wrote || !u.eof || u.c.Err() != nil {
			t.Errorf("end %d has read %d bytes of %d, EOF %v, error %v", i, u.read, users[1-i].wrote, u.eof, u.c.Err())
		}
	}
	return w.sent
}
