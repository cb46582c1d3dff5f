package stack

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// flooded is a network whose server has a full SYN queue at port 80.
func flooded(t *testing.T, edit ...func(*Config)) (*network, *Listener) {
	n := newNetwork(t, append(edit, func(c *Config) { c.SynQueue = 1 })...)
	l := n.listen(server80, 0)
	n.inject(n.server, netip.MustParseAddrPort("10.0.0.9:9"), server80, wire.Segment{Flags: wire.SYN})
	n.owed(n.server)
	return n, l
}

func TestCookieCarriesAConnectionPastAFullSynQueue(t *testing.T) {
	n, l := flooded(t)
	c := n.dial(server80)
	n.run(time.Second)
	d := l.Accept(n.now)
	if d == nil {
		t.Fatal("the handshake did not complete")
	}
	n.want(c, fsm.Established)
	n.want(d, fsm.Established)
	text := strings.Repeat("what a cookie is good for; ", 10_000)
	n.write(c, text)
	n.write(d, text)
	n.run(10 * time.Second)
	for _, end := range []*Conn{c, d} {
		if got, _ := n.readAll(end); string(got) != text {
			t.Errorf("%v got %d bytes, want the %d sent", end.Local(), len(got), len(text))
		}
	}
	if stats := n.server.Stats(); stats.CookiesSent != 1 || stats.CookiesTaken != 1 || stats.HalfOpen != 1 {
		t.Errorf("%d cookies sent, %d taken, %d half-open; want 1 of each", stats.CookiesSent, stats.CookiesTaken, stats.HalfOpen)
	}
}

// What the cookie says of the SYN's options holds, so both ends agree.
func TestCookieKeepsWindowScalingWithTimestampsOnly(t *testing.T) {
	for _, tt := range []struct {
		name   string
		edit   func(*tcp.Config)
		scaled bool
	}{
		{"all options", func(*tcp.Config) {}, true},
		{"no scaling", func(c *tcp.Config) { c.NoWindowScale = true }, false},
		{"no timestamps", func(c *tcp.Config) { c.NoTimestamps = true }, false},
	} {
		n, l := flooded(t, func(c *Config) {
			if c.Name == "client" {
				tt.edit(&c.TCP)
			}
		})
		c := n.dial(server80)
		n.run(time.Second)
		d := l.Accept(n.now)
		if d == nil {
			t.Fatalf("%s: the handshake did not complete", tt.name)
		}
		ours, theirs := c.tcp.TCB().Opts, d.tcp.TCB().Opts
		if ours.WScale != tt.scaled || theirs.WScale != tt.scaled || ours.TS != theirs.TS {
			t.Errorf("%s: the client has %+v, the server %+v", tt.name, ours, theirs)
		}
		if ours.SndWShift != theirs.RcvWShift || ours.RcvWShift != theirs.SndWShift {
			t.Errorf("%s: shift counts differ: %+v and %+v", tt.name, ours, theirs)
		}
	}
}

// The ACK of the SYN,ACK may be lost: text brings the cookie as well.
func TestTextBringsTheCookieWhenTheACKIsLost(t *testing.T) {
	n, l := flooded(t)
	n.fate = func(_ int, p *wire.Packet) fate {
		return fate{drop: p.Src == clientIP && len(p.Payload) == 32} // the bare ACK
	}
	c := n.dial(server80)
	n.run(100 * time.Millisecond)
	n.want(c, fsm.Established)
	if l.Accept(n.now) != nil {
		t.Fatal("a connection was made of nothing")
	}
	n.write(c, "hello")
	n.run(100 * time.Millisecond)
	d := l.Accept(n.now)
	if d == nil {
		t.Fatal("the text did not complete the handshake")
	}
	if got, _ := n.readAll(d); string(got) != "hello" {
		t.Errorf("got %q", got)
	}
}

// An answer whose round-trip time nobody measured leaves the timeout as it is.
func TestCookieGivesNoRoundTripTime(t *testing.T) {
	n, l := flooded(t, func(c *Config) { c.TCP.NoTimestamps = true })
	n.dial(server80)
	n.run(time.Second)
	d := l.Accept(n.now)
	if d == nil {
		t.Fatal("the handshake did not complete")
	}
	if info := d.tcp.Info(); info.SRTT != 0 || info.RTO != time.Second {
		t.Errorf("SRTT %v, RTO %v; want none and 1s", info.SRTT, info.RTO)
	}
}

// answerTo is what the server makes of an ACK.
func (n *network) answerTo(from netip.AddrPort, ack wire.Segment) (answer []wire.Segment, d *Conn) {
	n.inject(n.server, from, server80, ack)
	return n.owed(n.server), n.server.conns[tupleOf(server80, from)]
}

// getCookie is the ACK with which an honest peer answers the server's cookie.
func (n *network) getCookie(from netip.AddrPort) wire.Segment {
	n.t.Helper()
	n.inject(n.server, from, server80, wire.Segment{
		Flags: wire.SYN, Seq: 1000, Wnd: 8192,
		Opts: wire.Options{MSS: 1460, HasTS: true, TSVal: 7, HasWScale: true, WScale: 7},
	})
	got := n.owed(n.server)
	if len(got) != 1 || got[0].Flags != wire.SYN|wire.ACK || got[0].Ack != 1001 {
		n.t.Fatalf("the answer to a SYN is %+v, want one SYN,ACK", got)
	}
	return wire.Segment{
		Flags: wire.ACK, Seq: 1001, Ack: got[0].Seq + 1, Wnd: 64,
		Opts: wire.Options{HasTS: true, TSVal: 8, TSEcr: got[0].Opts.TSVal},
	}
}

func TestCookieIsTakenFromItsOwnerInItsTimeOnly(t *testing.T) {
	other := netip.AddrPortFrom(peer.Addr(), peer.Port()+1)
	for _, tt := range []struct {
		name string
		from netip.AddrPort
		edit func(*wire.Segment)
		wait time.Duration
		want bool
	}{
		{"as it came", peer, func(*wire.Segment) {}, 0, true},
		{"a minute later", peer, func(*wire.Segment) {}, cookiePeriod, true},
		{"two periods later", peer, func(*wire.Segment) {}, 2 * cookiePeriod, false},
		{"from another port", other, func(*wire.Segment) {}, 0, false},
		{"another number", peer, func(s *wire.Segment) { s.Ack++ }, 0, false},
		{"another MSS", peer, func(s *wire.Segment) { s.Ack ^= 1 << 24 }, 0, false},
		{"another ISS of the peer's", peer, func(s *wire.Segment) { s.Seq++ }, 0, false},
		{"other options", peer, func(s *wire.Segment) { s.Opts.TSEcr ^= 1 << 4 }, 0, false},
		{"without its timestamp", peer, func(s *wire.Segment) { s.Opts = wire.Options{} }, 0, false},
		{"with a reset", peer, func(s *wire.Segment) { s.Flags |= wire.RST }, 0, false},
	} {
		n, _ := flooded(t)
		ack := n.getCookie(peer)
		n.now = n.now.Add(tt.wait)
		tt.edit(&ack)
		answer, d := n.answerTo(tt.from, ack)
		if tt.want != (d != nil) {
			t.Errorf("%s: connection made: %v, want %v", tt.name, d != nil, tt.want)
		}
		if !tt.want && !ack.Has(wire.RST) && (len(answer) != 1 || !answer[0].Has(wire.RST)) {
			t.Errorf("%s: the answer is %+v, want a reset", tt.name, answer)
		}
	}
}

// Where no cookie was sent, nobody can try out cookies.
func TestCookieIsTakenOnlyAfterOneWasSent(t *testing.T) {
	n, l := flooded(t)
	ack := n.getCookie(peer)
	l.cookies = n.now
	if answer, d := n.answerTo(peer, ack); d != nil || len(answer) != 1 || !answer[0].Has(wire.RST) {
		t.Errorf("connection %v, answer %+v; want none and a reset", d, answer)
	}
}

// With a full accept queue neither a SYN nor a cookie gets in, and nobody is reset.
func TestCookieWaitsForTheAcceptQueue(t *testing.T) {
	n, l := flooded(t)
	ack := n.getCookie(peer)
	l.backlog = 0
	if answer, d := n.answerTo(peer, ack); d != nil || len(answer) != 0 {
		t.Errorf("connection %v, answer %+v; want neither", d, answer)
	}
	l.backlog = 1
	if _, d := n.answerTo(peer, ack); d == nil {
		t.Error("the cookie is not taken when there is room")
	}
}

// A SYN that would reopen a connection in TIME_WAIT waits for room: a cookie would
// have to be larger than the old numbers.
func TestNoCookieReopensTimeWait(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.SynQueue = 1 })
	c, d, _ := n.open(server80)
	_ = d.Close(n.now)
	n.run(time.Second)
	_ = c.Close(n.now)
	n.run(time.Second)
	n.want(d, fsm.TimeWait)
	n.inject(n.server, netip.MustParseAddrPort("10.0.0.9:9"), server80, wire.Segment{Flags: wire.SYN})
	n.owed(n.server)
	latest, _ := d.tcp.TSRecent()
	n.inject(n.server, c.Local(), server80, wire.Segment{Flags: wire.SYN, Seq: d.tcp.TCB().Rcv.Nxt, Opts: wire.Options{HasTS: true, TSVal: latest + 1}})
	if got := n.owed(n.server); len(got) != 0 {
		t.Errorf("the answer is %+v, want none", got)
	}
}

// Whatever the SYN says is what the cookie gives back, as far as it has room.
func TestCookieRemembers(t *testing.T) {
	s := newSecrets([32]byte{1})
	random := rand.New(rand.NewPCG(1, 2))
	tu := tupleOf(server80, peer)
	l := &Listener{core: &Core{secrets: s}, cookies: clock.Never}
	for range 10_000 {
		now := clock.Time(random.Int64N(int64(1000 * time.Hour)))
		syn := wire.Segment{Flags: wire.SYN, Seq: seq.Num(random.Uint32()), Opts: wire.Options{
			MSS: uint16(random.Uint32()), HasTS: random.IntN(4) > 0, TSVal: random.Uint32(),
			SACKOK: random.IntN(2) == 0, HasWScale: random.IntN(2) == 0, WScale: uint8(random.IntN(15)),
		}}
		k := bake(now, &syn, &tcp.Config{})
		ticks := random.Uint32()
		stamp := k.stamp(ticks)
		if late := ticks - stamp; syn.Opts.HasTS && late >= 2<<cookieBits {
			t.Fatalf("the timestamp is %d behind the clock %d", late, ticks)
		}
		ack := wire.Segment{Flags: wire.ACK, Seq: syn.Seq + 1, Ack: k.iss(&s, tu) + 1, Opts: wire.Options{
			HasTS: syn.Opts.HasTS, TSEcr: stamp,
		}}
		later := now.Add(time.Duration(random.Int64N(int64(cookiePeriod))))
		got, ok := l.redeems(later, tu, &ack)
		if !ok || got != k {
			t.Fatalf("%+v: got %+v (%v), want %+v", syn, got, ok, k)
		}
		back := got.syn(&ack)
		if o := back.Opts; o.MSS > max(syn.Opts.MSS, cookieMSS[0]) || syn.Opts.HasTS &&
			(o.SACKOK != syn.Opts.SACKOK || o.HasWScale != syn.Opts.HasWScale || o.HasWScale && o.WScale != syn.Opts.WScale) {
			t.Fatalf("the SYN %+v comes back as %+v", syn.Opts, o)
		}
	}
}
