package referee

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A Foul is the first thing that went wrong in a match.
type Foul struct {
	Match string
	End   string     // who: "client" or "server"
	At    clock.Time // when, in the match's time
	What  string     // "sends beyond the peer's window"
}

// String is the foul without its time: what stays the same when only timing
// changes.
func (f *Foul) String() string { return f.Match + ": the " + f.End + " " + f.What }

// Where the players are.
var (
	clientAddr = netip.MustParseAddrPort("10.0.0.1:40000")
	serverAddr = netip.MustParseAddrPort("10.0.0.2:80")
)

// A referee watches a match.
type referee struct {
	*sim.Sim
	match          *Match
	client, server *side
	listener       *stack.Listener
	link           *sim.Link
	burst          int        // packets sent at this instant
	instant        clock.Time // of the last packet
}

// endless is more packets than any stack has to send at one instant.
const endless = 10_000

// newReferee sets up the network and the players.
func newReferee(m *Match, seed uint64) *referee {
	r := &referee{Sim: sim.NewQuiet(seed), match: m}
	r.client = r.player("client", clientAddr, m.Client)
	r.server = r.player("server", serverAddr, m.Server)
	r.client.peer, r.server.peer = r.server, r.client
	r.client.begin()
	r.server.begin()
	path := m.Link
	if m.Rule != nil {
		path.Rule = m.Rule(r)
	}
	r.link = r.Link(r.client.node, r.server.node, path)
	r.When(func() bool { r.look(); return false }, nil)
	return r
}

// player makes one end.
func (r *referee) player(name string, addr netip.AddrPort, u User) *side {
	cfg := tcp.Config{NoDelay: !u.Nagle}
	if u.Config != nil {
		u.Config(&cfg)
	}
	node, err := r.Node(stack.Config{
		Name: name, Addrs: []netip.Prefix{netip.PrefixFrom(addr.Addr(), 24)}, TCP: cfg, Secret: [32]byte{name[0]},
	})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	s := &side{r: r, name: name, addr: addr, node: node, user: u, cfg: cfg.WithDefaults(), lastRST: never, play: new(player)}
	node.Tap = func(p *sim.Packet, out bool) { r.tapped(s, p, out) }
	return s
}

// tapped is shown a packet that an end sends or gets.
func (r *referee) tapped(s *side, p *sim.Packet, out bool) {
	if p.IP.Payload == nil || p.TCP.SrcPort == 0 {
		return // not TCP
	}
	if r.instant != r.Now() {
		r.instant, r.burst = r.Now(), 0
	}
	if r.burst++; r.burst > endless {
		r.whistle(s, "sends without end")
	}
	if out {
		s.sends(&p.TCP)
		return
	}
	s.hears(&p.TCP)
	s.hearsMark(&p.TCP, p.IP.TOS&3 == 3)
}

// look is called after everything that happens.
func (r *referee) look() {
	r.client.look()
	r.server.look()
}

// whistle ends the match. Nothing that happens after a foul counts, and after
// some nothing would end; so it is thrown, and caught by play.
func (r *referee) whistle(s *side, format string, args ...any) {
	panic(&Foul{Match: r.match.Name, End: s.name, At: r.Now(), What: fmt.Sprintf(format, args...)})
}

// play lets the match run to its end, and judges that.
func (r *referee) play() *Foul {
	return watch(func() {
		r.kickOff()
		limit := r.match.Limit
		if limit == 0 {
			limit = time.Hour
		}
		r.Run(clock.Time(limit))
		r.judge()
	})
}

// watch returns the foul that is whistled while do runs, nil if there is none.
func watch(do func()) (foul *Foul) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case *Foul:
			foul = thrown
		default:
			panic(thrown)
		}
	}()
	do()
	return nil
}
