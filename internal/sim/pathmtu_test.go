package sim

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A torrent is a connection that always has something to send, to a peer that
// reads at once. One end has the port 80.
type torrent struct {
	*Sim
	c, d *stack.Conn
	path *Path
	got  int
}

// newTorrent opens a connection over a path, between stacks that take packets of mtu
// bytes. Both addresses are of one family.
func newTorrent(t *testing.T, cfg tcp.Config, mtu int, from, to string, p Path) *torrent {
	t.Helper()
	s := &torrent{Sim: NewQuiet(1)}
	node := func(name, addr string) *Node {
		n, err := s.Node(stack.Config{Name: name, Addrs: addrs(addr + "/24"), MTU: mtu, TCP: cfg})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	client, server := node("client", from), node("server", to)
	s.path = &s.Link(client, server, p).From(client).Path
	at := netip.AddrPortFrom(netip.MustParseAddr(to), 80)
	l, err := server.Listen(0, at, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.c, err = client.Dial(0, netip.AddrPortFrom(netip.MustParseAddr(from), 40000), at)
	if err != nil {
		t.Fatal(err)
	}
	s.When(func() bool { s.d = l.Accept(s.Now()); return s.d != nil }, s.read)
	s.When(func() bool { return s.c.State() == fsm.Established }, s.write)
	return s
}

func (s *torrent) write() {
	_, _ = s.c.Write(s.Now(), make([]byte, s.c.Room()))
	s.When(func() bool { return s.c.Room() > 0 }, s.write)
}

func (s *torrent) read() {
	var buf [1 << 16]byte
	for n := 1; n > 0; s.got += n {
		n, _ = s.d.Read(s.Now(), buf[:])
	}
	s.When(func() bool { return s.d.Unread() > 0 }, s.read)
}

// until lets time pass up to a moment, and tells how many bytes arrived meanwhile.
func (s *torrent) until(at time.Duration) int {
	had := s.got
	s.Run(clock.Time(at))
	return s.got - had
}

// near reports whether a path MTU is the largest there is, but for what is not
// worth a trial.
func near(got, largest int) bool { return got <= largest && got > largest-8 }

// A path that drops large packets without a word is crossed, and its MTU is found
// (RFC 4821 §7.7).
func TestBlackHoleIsCrossed(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		link, carries  int
	}{
		{"a tunnel", "10.0.0.1", "10.0.0.2", 1500, 1400},
		{"the base", "10.0.0.1", "10.0.0.2", 1500, 1280},
		{"below the base", "10.0.0.1", "10.0.0.2", 1500, 1000},
		{"jumbo frames", "10.0.0.1", "10.0.0.2", 9000, 1500},
		{"IPv6", "fd00::1", "fd00::2", 1500, 1400},
		{"IPv6, the base", "fd00::1", "fd00::2", 9000, 1280},
	} {
		t.Run(tt.name, func(t *testing.T) {
			slow := Path{Rate: 5e6, Delay: 10 * ms, MTU: tt.carries, BlackHole: true}
			s := newTorrent(t, tcp.Config{}, tt.link, tt.from, tt.to, slow)
			s.until(20 * time.Second)
			if got := s.c.Info().PathMTU; !near(got, tt.carries) {
				t.Errorf("the path MTU is %d, the path carries %d", got, tt.carries)
			}
			if got, want := s.until(30*time.Second), 10*5_000_000/8*9/10; got < want {
				t.Errorf("%d bytes in ten seconds, want %d", got, want)
			}
		})
	}
}

// Who believes nothing but what routers say does not get through.
func TestBlackHoleSwallowsThoseWhoNeverProbe(t *testing.T) {
	s := newTorrent(t, tcp.Config{MTUProbing: tcp.ProbeNever}, 1500, "10.0.0.1", "10.0.0.2", Path{Delay: ms, MTU: 1400, BlackHole: true})
	if s.until(5 * time.Minute); s.got > 0 {
		t.Errorf("%d bytes have arrived", s.got)
	}
}

// What a router has said ages: when the path carries larger packets again, they
// are used again, and while it does not, trying costs no speed (RFC 1191 §6.3,
// RFC 4821 §7.5).
func TestPathMTURisesAgain(t *testing.T) {
	for name, cfg := range map[string]tcp.Config{
		"by trials": {}, "without probing": {MTUProbing: tcp.ProbeNever}, "without SACK": {NoSACK: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTorrent(t, cfg, 1500, "10.0.0.1", "10.0.0.2", Path{Rate: 5e5, Delay: 10 * ms, MTU: 1300, Queue: Queue{Bytes: 10000}})
			s.until(9 * time.Minute)
			if got := s.c.Info().PathMTU; got != 1300 {
				t.Errorf("the path MTU is %d, the router says 1300", got)
			}
			s.until(11 * time.Minute)
			if got := s.c.Info().PathMTU; got != 1300 {
				t.Errorf("the path MTU is %d, the router still says 1300", got)
			}
			s.path.MTU = 0
			s.until(22 * time.Minute)
			if got := s.c.Info().PathMTU; got != 1500 {
				t.Errorf("the path MTU is %d, the path carries 1500", got)
			}
		})
	}
}

// A trial that is lost is no sign of congestion: neither the window nor the
// timeout shows it (RFC 4821 §7.5).
func TestLostTrialIsNoCongestion(t *testing.T) {
	s := newTorrent(t, tcp.Config{RecvBuffer: 60_000}, 1500, "10.0.0.1", "10.0.0.2", Path{Rate: 1e6, Delay: 10 * ms, MTU: 1400, BlackHole: true})
	s.until(20 * time.Second) // the first search is over
	before, lost := s.c.Info(), 0
	for at := 20 * time.Second; at < 12*time.Minute; at += time.Second {
		s.until(at)
		in := s.c.Info()
		if in.Cwnd < before.Cwnd || in.Retransmits > 0 || in.Ssthresh < before.Ssthresh {
			t.Fatalf("at %v the window is %d, the threshold %d after %d and %d", at, in.Cwnd, in.Ssthresh, before.Cwnd, before.Ssthresh)
		}
		lost = in.Resent - before.Resent
	}
	if lost == 0 {
		t.Error("no trial was lost")
	}
}

// With ProbeAlways a connection begins small, and never meets the hole with
// what it has to say.
func TestProbeAlwaysBeginsSmall(t *testing.T) {
	s := newTorrent(t, tcp.Config{MTUProbing: tcp.ProbeAlways}, 9000, "10.0.0.1", "10.0.0.2", Path{Rate: 50e6, Delay: 10 * ms, MTU: 4000, BlackHole: true})
	largest := 0
	s.until(30 * ms)
	if got := s.c.Info().PathMTU; got != 1280 {
		t.Errorf("the path MTU is %d at first, want 1280", got)
	}
	for at := 40 * ms; at < 10*time.Second; at += 10 * ms {
		s.until(at)
		largest = max(largest, s.c.Info().PathMTU)
		if n := s.c.Info().Retransmits; n > 0 {
			t.Fatalf("%d timeouts at %v", n, at)
		}
	}
	if !near(largest, 4000) {
		t.Errorf("the path MTU is %d, the path carries 4000", largest)
	}
}
