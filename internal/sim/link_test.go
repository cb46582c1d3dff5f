package sim

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/wire"
)

const ms = time.Millisecond

// A field is two nodes and the packets that fly from the first to the second,
// which no connection has sent.
type field struct {
	*Sim
	t    *testing.T
	a, b *Node
	dir  *Direction
	came []shot
}

// A shot is a packet's arrival.
type shot struct {
	at  time.Duration
	id  uint32 // its sequence number: counted from 1
	tos uint8
}

// newField joins two nodes, which have addresses of both families.
func newField(t *testing.T, seed uint64, p Path) *field {
	t.Helper()
	f := &field{Sim: New(seed), t: t}
	hosts := [2]*Node{}
	for i, own := range [][]string{{"10.0.0.1/24", "fd00::1/64"}, {"10.0.0.2/24", "fd00::2/64"}} {
		n, err := f.Node(stack.Config{Name: "node", Addrs: addrs(own...)})
		if err != nil {
			t.Fatal(err)
		}
		hosts[i] = n
	}
	f.a, f.b = hosts[0], hosts[1]
	f.dir = f.Link(f.a, f.b, p).From(f.a)
	f.b.Tap = func(p *Packet, out bool) {
		if !out && p.IP.Proto == wire.ProtoTCP {
			f.came = append(f.came, shot{f.Time(), uint32(p.TCP.Seq), p.IP.TOS})
		}
	}
	return f
}

var (
	leftAddr, rightAddr   = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	leftAddr6, rightAddr6 = netip.MustParseAddr("fd00::1"), netip.MustParseAddr("fd00::2")
)

// shoot sends a packet of so many bytes now. It is a reset, so that nobody
// answers.
func (f *field) shoot(size int, tos uint8) { f.shootFrom(leftAddr, rightAddr, size, tos) }

func (f *field) shootFrom(from, to netip.Addr, size int, tos uint8) {
	p := f.newPacket(f.a)
	h := wire.Packet{Src: from, Dst: to, TOS: tos}
	p.N = f.nextPacket()
	seg := wire.Segment{Flags: wire.RST, SrcPort: 1, DstPort: 2}
	binary.BigEndian.PutUint32(p.room, uint32(p.N))
	seg.Seq = seg.Seq.Add(int(p.N))
	seg.Payload = make([]byte, size-h.HeaderLen()-seg.HeaderLen())
	p.fill(wire.PutTCP(p.room, &h, &seg))
	f.a.send(p)
}

// volley sends n packets at equal intervals and waits for the end.
func (f *field) volley(n, size int, gap time.Duration) {
	for i := range n {
		f.After(time.Duration(i)*gap, func() { f.shoot(size, 0) })
	}
	f.Run(hour)
}

// ids is what came, in order.
func (f *field) ids() (out []uint32) {
	for _, s := range f.came {
		out = append(out, s.id)
	}
	return out
}

// times is when it came.
func (f *field) times() (out []time.Duration) {
	for _, s := range f.came {
		out = append(out, s.at)
	}
	return out
}

func TestRateAndDelaySpacePackets(t *testing.T) {
	f := newField(t, 1, Path{Rate: 12_000_000, Delay: 10 * ms}) // 1500 bytes take 1 ms
	f.volley(3, 1500, 0)
	if got, want := f.times(), []time.Duration{11 * ms, 12 * ms, 13 * ms}; !slices.Equal(got, want) {
		t.Errorf("arrivals at %v, want %v", got, want)
	}
}

func TestIdleLinkSendsAtOnce(t *testing.T) {
	f := newField(t, 1, Path{Rate: 12_000_000})
	f.volley(3, 1500, 5*ms)
	if got, want := f.times(), []time.Duration{1 * ms, 6 * ms, 11 * ms}; !slices.Equal(got, want) {
		t.Errorf("arrivals at %v, want %v", got, want)
	}
}

func TestFullQueueDropsWhatComes(t *testing.T) {
	for name, q := range map[string]Queue{"packets": {Packets: 2}, "bytes": {Bytes: 3200}} {
		f := newField(t, 1, Path{Rate: 12_000_000, Queue: q})
		f.volley(5, 1500, 0)
		if got, want := f.ids(), []uint32{1, 2, 3}; !slices.Equal(got, want) {
			t.Errorf("%s: packets %v arrive, want %v: one is sent, two wait", name, got, want)
		}
		if s := f.dir.Stats; s.QueueFull != 2 || s.MaxQueue != 3000 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestJitterIsWithinItsBoundAndKeepsOrder(t *testing.T) {
	f := newField(t, 1, Path{Delay: 10 * ms, Jitter: 8 * ms})
	f.volley(1000, 100, ms)
	if got := f.ids(); !slices.IsSorted(got) || len(got) != 1000 {
		t.Errorf("%d packets, in order: %v", len(got), slices.IsSorted(got))
	}
	least, most := time.Hour, time.Duration(0)
	for i, s := range f.came {
		d := s.at - time.Duration(i)*ms
		least, most = min(least, d), max(most, d)
	}
	if least < 10*ms || most > 18*ms || most-least < 7*ms {
		t.Errorf("delays from %v to %v, want nearly 10 ms to 18 ms", least, most)
	}
}

// share is how many of 10,000 packets came.
func share(t *testing.T, p Path) float64 {
	f := newField(t, 7, p)
	f.volley(10_000, 100, ms)
	return float64(len(f.came)) / 10_000
}

func TestLossIsAsGiven(t *testing.T) {
	if got := share(t, Path{Loss: 0.1}); got < 0.89 || got > 0.91 {
		t.Errorf("%.2f %% arrive, want 90 %%", 100*got)
	}
}

func TestBurstsLoseTheShareOfBadTimes(t *testing.T) {
	// A chain that turns bad with 1 % and good with 20 % is bad for 1/21 of the packets.
	if got := share(t, Path{Burst: Burst{Begin: 0.01, End: 0.2}}); got < 0.94 || got > 0.965 {
		t.Errorf("%.2f %% arrive, want 95.2 %%", 100*got)
	}
	if got := share(t, Path{Burst: Burst{Begin: 0.01, End: 0.2, Loss: 0.5}}); got < 0.965 || got > 0.985 {
		t.Errorf("%.2f %% arrive when a bad time loses half, want 97.6 %%", 100*got)
	}
}

func TestBurstsLastAsGiven(t *testing.T) {
	f := newField(t, 3, Path{Burst: Burst{Begin: 0.01, End: 0.25}})
	f.volley(20_000, 100, ms)
	bursts, lost, last := 0, 0, uint32(0)
	for _, id := range f.ids() {
		if id != last+1 {
			bursts, lost = bursts+1, lost+int(id-last-1)
		}
		last = id
	}
	if mean := float64(lost) / float64(bursts); mean < 3.5 || mean > 4.5 {
		t.Errorf("%d packets lost in %d bursts: %.2f each, want 4", lost, bursts, mean)
	}
}

func TestEveryNthIsLost(t *testing.T) {
	f := newField(t, 1, Path{Every: 3})
	f.volley(7, 100, ms)
	if got, want := f.ids(), []uint32{1, 2, 4, 5, 7}; !slices.Equal(got, want) {
		t.Errorf("%v arrive, want %v", got, want)
	}
}

func TestCopyArrivesWithItsOriginal(t *testing.T) {
	f := newField(t, 1, Path{Duplicate: 1, Delay: ms})
	f.volley(2, 100, ms)
	if got, want := f.ids(), []uint32{1, 1, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("%v arrive, want %v", got, want)
	}
}

func TestHeldPacketIsOvertaken(t *testing.T) {
	f := newField(t, 5, Path{Delay: 10 * ms, Reorder: 0.2, Hold: 5 * ms})
	f.volley(1000, 100, ms)
	late := 0
	for _, s := range f.came {
		switch d := s.at - time.Duration(s.id-1)*ms; d {
		case 10 * ms:
		case 15 * ms:
			late++
		default:
			t.Errorf("packet %d takes %v", s.id, d)
		}
	}
	if late < 150 || late > 250 || uint64(late) != f.dir.Stats.Held {
		t.Errorf("%d of 1000 were held, want about 200: %+v", late, f.dir.Stats)
	}
	if slices.IsSorted(f.ids()) {
		t.Error("nothing was overtaken")
	}
}

// Whatever bit is wrong, a checksum tells, and the stack takes nothing.
func TestAnyDamagedBitIsFound(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		f := newField(t, 1, Path{Corrupt: 1})
		from, to, bits := leftAddr, rightAddr, 60*8
		if v6 {
			from, to, bits = leftAddr6, rightAddr6, 20*8
		}
		hit := map[uint64]bool{}
		for i := range 4000 {
			f.After(time.Duration(i)*ms, func() {
				f.shootFrom(from, to, 60, 0)
			})
		}
		old := f.b.Tap
		f.b.Tap = func(p *Packet, out bool) { hit[p.wrong%uint64(bits)] = true; old(p, out) }
		f.Run(hour)
		dropped := uint64(0)
		s := f.b.Stats()
		for _, n := range s.Dropped() { // an IPv4 packet that seems to be IPv6 is for nobody
			dropped += n
		}
		if dropped != 4000 || s.SegmentsIn != 0 || len(hit) != bits {
			t.Errorf("IPv6 %v: %d of 4000 found, %d taken; %d of %d bits tried", v6, dropped, s.SegmentsIn, len(hit), bits)
		}
	}
}

func TestTooLargePacketComesBackAsICMP(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		f := newField(t, 1, Path{MTU: 1400, Delay: 3 * ms})
		var at time.Duration
		var m wire.ICMP
		f.a.Tap = func(p *Packet, out bool) {
			if !out {
				at = f.Time()
				if why := wire.ParseICMP(&p.IP, &m); why != wire.OK {
					t.Errorf("the ICMP message does not parse: %v", why)
				}
			}
		}
		if v6 {
			f.shootFrom(leftAddr6, rightAddr6, 1401, 0)
		} else {
			f.shoot(1401, 0)
		}
		f.shoot(1400, 0)
		f.Run(hour)
		if m.Kind != wire.PacketTooBig || m.MTU != 1400 || m.Quote.Len != 1401 || at != 3*ms {
			t.Errorf("IPv6 %v: %+v at %v", v6, m, at)
		}
		if len(f.came) != 1 || f.dir.Stats.TooBig != 1 {
			t.Errorf("IPv6 %v: %d came, %+v", v6, len(f.came), f.dir.Stats)
		}
	}
}

func TestBlackHoleSaysNothing(t *testing.T) {
	f := newField(t, 1, Path{MTU: 1400, BlackHole: true})
	f.a.Tap = func(_ *Packet, out bool) {
		if !out {
			t.Error("an answer came")
		}
	}
	f.shoot(1500, 0)
	f.Run(hour)
	if len(f.came) != 0 {
		t.Error("it passed")
	}
}

func TestDirectionsAreIndependent(t *testing.T) {
	f := newField(t, 1, Path{})
	f.a.links, f.b.links = nil, nil
	l := f.AsymmetricLink(f.a, f.b, Path{Delay: ms}, Path{Delay: 2 * ms, Loss: 1})
	f.shoot(100, 0)
	f.Run(hour)
	back := l.From(f.b)
	if got := f.times(); len(got) != 1 || got[0] != ms || back.Delay != 2*ms || back.lost() != true {
		t.Errorf("there %v, back %+v", got, back.Path)
	}
}

func TestNothingPassesALinkThatIsDown(t *testing.T) {
	f := newField(t, 1, Path{})
	link := f.links[0]
	f.At(clock.Time(2*ms), func() { link.SetDown(true) })
	f.At(clock.Time(4*ms), func() { link.SetDown(false) })
	f.volley(6, 100, ms)
	if got, want := f.ids(), []uint32{1, 2, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("%v arrive, want %v", got, want)
	}
}

func TestRuleMarksCongestionAndChecksumsStayRight(t *testing.T) {
	const ect0, dscp = 2, 46 << 2
	f := newField(t, 1, Path{Rule: func(*Packet) Verdict { return Mark }})
	f.shoot(100, dscp|ect0)
	f.shootFrom(leftAddr6, rightAddr6, 100, dscp|ect0)
	f.Run(hour)
	for _, s := range f.came {
		if s.tos != dscp|ecnCE {
			t.Errorf("packet %d arrives with TOS %#x", s.id, s.tos)
		}
	}
	if got := f.b.Stats(); got.SegmentsIn != 2 {
		t.Errorf("%d segments taken of 2: the stack drops %v", got.SegmentsIn, got.WireDrops)
	}
}
