package referee

import (
	"slices"
	"time"

	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// delay is half of the round-trip time of most matches.
const delay = 10 * time.Millisecond

// Matches is every match, quick ones first.
func Matches() []Match {
	return slices.Concat(openings, closings, transfers, closedWindows, silences, attacks, urgent, recoveries)
}

// wire10 is a network without faults.
var wire10 = sim.Path{Delay: delay}

// openings is the ways into a connection.
var openings = []Match{
	{
		Name: "hello", Doc: "a few bytes each way",
		Client: User{Says: 100}, Server: User{Says: 200}, Link: wire10,
	},
	{
		Name: "both open", Doc: "a simultaneous open (figure 7)",
		Client: User{Says: 100}, Server: User{Says: 200}, Link: wire10, Both: true,
		Then: inTime(2 * time.Minute),
	},
	{
		Name: "nobody listens", Doc: "the port is closed: the answer refuses at once",
		Client: User{Ends: tcp.ErrRefused, Stays: true}, Link: wire10,
		Script: func(r *referee) {
			r.listener.Close(0)
			r.After(100*time.Millisecond, func() { r.inject(r.server, wire.Segment{Flags: wire.RST, Seq: 5}) }) // no answer
		},
		Then: inTime(time.Second),
	},
	{
		Name: "SYN lost", Doc: "the first SYN, and the first SYN,ACK",
		Client: User{Says: 100}, Server: User{Says: 200}, Link: wire10,
		Rule: func(*referee) sim.Rule {
			return sim.Rules(sim.Nth(1, flags(wire.SYN), sim.Drop), sim.Nth(1, flags(wire.SYN|wire.ACK), sim.Drop))
		},
	},
	{
		Name: "again from TIME_WAIT", Doc: "the client opens anew while the server waits (MAY-2)",
		Client: User{Says: 100, Lingers: time.Second}, Server: User{Says: 200}, Link: wire10,
		Script: func(r *referee) {
			r.After(5*time.Second, func() { r.accept(); r.dial(r.client) })
		},
	},
	{
		Name: "the server forgets", Doc: "it starts anew in the middle, and resets what it does not know (figure 10)",
		Client: User{Says: 2000, Piece: 100, Pause: time.Second, Ends: tcp.ErrReset}, Server: User{Stays: true}, Link: wire10,
		Script: func(r *referee) { r.After(5500*time.Millisecond, func() { r.restart(r.server) }) }, Unfinished: true,
		Then: inTime(8 * time.Second),
	},
	{
		Name: "the client forgets", Doc: "it starts anew and opens again: the server asks, and is told (figure 9)",
		Client: User{Says: 100, Stays: true}, Server: User{Stays: true, Ends: tcp.ErrReset}, Link: wire10, Unfinished: true,
		Script: func(r *referee) {
			r.After(5*time.Second, func() { r.restart(r.client); r.dial(r.client) })
		},
	},
}

// closings is the ways out.
var closings = []Match{
	{
		Name: "both close", Doc: "at the same time (figure 13)",
		Client: User{Says: 100, Lingers: time.Second}, Server: User{Says: 200, Lingers: time.Second}, Link: wire10,
		Script: func(r *referee) {
			r.link.Set(sim.Path{}) // so that both are as far
			r.After(500*time.Millisecond, func() { r.link.Set(wire10) })
		},
	},
	{
		Name: "half closed", Doc: "the client closes at once, the server goes on talking",
		Client: User{Says: 100}, Server: User{Says: 5000, Piece: 500, Pause: time.Second}, Link: wire10,
	},
	{
		Name: "last ACK lost", Doc: "the FIN comes again and again: TIME_WAIT begins anew",
		Client: User{Says: 100}, Server: User{Says: 100, Lingers: time.Second}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			left := 5
			return func(p *sim.Packet) sim.Verdict {
				if p.From == r.client.node && r.server.finSent && left > 0 {
					left--
					return sim.Drop
				}
				return sim.Pass
			}
		},
	},
	{
		Name: "reset in TIME_WAIT", Doc: "a reset does not end it (RFC 1337 §3)",
		Client: User{Says: 100}, Server: User{Says: 100, Lingers: time.Second}, Link: wire10,
		Script: func(r *referee) {
			r.After(10*time.Second, func() { r.inject(r.client, wire.Segment{Flags: wire.RST, Seq: r.client.nxt()}) })
		},
	},
	{
		Name: "FIN lost", Doc: "each end's first",
		Client: User{Says: 100}, Server: User{Says: 100, Lingers: time.Second}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			return sim.Rules(firstFIN(r.client), firstFIN(r.server))
		},
		Then: inTime(2 * time.Minute),
	},
	{
		Name: "text acknowledged after the FIN", Doc: "the acknowledgment of the text comes alone, before that of the FIN",
		Client: User{Says: 3000}, Server: User{Says: 3000, Lingers: time.Second}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			return sim.Rules(lateFIN(r.client), lateFIN(r.server))
		},
	},
	{
		Name: "FIN before the text", Doc: "it overtakes what comes before it",
		Client: User{Says: 4000}, Server: User{Says: 4000}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			return sim.Rules(lateText(r.client), lateText(r.server))
		},
	},
	{
		Name: "client gone", Doc: "nobody waits for the server's FIN, which never comes: FIN_WAIT_2 ends (RFC 1122)",
		Client: User{Says: 100, Leaves: true}, Server: User{Stays: true}, Link: wire10, Unfinished: true,
		Then: closedBy(func(r *referee) *side { return r.client }, 3*time.Minute),
	},
	{
		Name: "text for nobody", Doc: "the client is gone: the server is told that its text is lost (§3.6.1)",
		Client: User{Says: 100, Leaves: true}, Server: User{Says: 3000, Piece: 100, Pause: time.Second, Ends: tcp.ErrReset}, Link: wire10,
	},
	{
		Name: "text unread", Doc: "the client goes with text unread: the server is told (RFC 2525 §2.17)",
		Client: User{Says: 100, Lingers: time.Second, Leaves: true, ReadsFrom: time.Minute},
		Server: User{Says: 3000, Stays: true, Ends: tcp.ErrReset}, Link: wire10, Unfinished: true,
	},
}

// restart lets an end lose its memory.
func (r *referee) restart(s *side) {
	if err := s.node.Restart([32]byte{1, s.name[0]}); err != nil {
		panic("BUG: " + err.Error())
	}
	s.forgets = true
	s.play = new(player)
	s.answerBy, s.ackBy = deadline{}, deadline{}
}

// flags matches segments that have these control bits of SYN, ACK, FIN and RST,
// and no other of them.
func flags(f wire.Flags) func(*sim.Packet) bool {
	return func(p *sim.Packet) bool { return p.TCP.Flags&(wire.SYN|wire.ACK|wire.FIN|wire.RST) == f }
}

// firstFIN loses the first segment of a side that has a FIN.
func firstFIN(s *side) sim.Rule {
	return sim.Nth(1, func(p *sim.Packet) bool { return p.From == s.node && p.TCP.Has(wire.FIN) }, sim.Drop)
}

// lateFIN holds the first segment with a FIN back, for longer than text is
// acknowledged in.
func lateFIN(s *side) sim.Rule {
	return sim.Nth(1, func(p *sim.Packet) bool { return p.From == s.node && p.TCP.Has(wire.FIN) }, sim.Delay(120*time.Millisecond))
}

// lateText holds the first segment with text back, so that others overtake it.
func lateText(s *side) sim.Rule {
	return sim.Nth(1, func(p *sim.Packet) bool { return p.From == s.node && len(p.TCP.Payload) > 0 }, sim.Delay(5*time.Millisecond))
}

// inTime wants the match to be over by a time.
func inTime(limit time.Duration) func(*referee) (*side, string) {
	return closedBy(func(r *referee) *side { return r.client }, limit)
}

// closedBy wants an end to be CLOSED by a time.
func closedBy(who func(*referee) *side, limit time.Duration) func(*referee) (*side, string) {
	return func(r *referee) (*side, string) {
		s := who(r)
		switch {
		case s.play.conn.State() != 0:
			return s, "does not come to CLOSED: it stays in " + s.play.conn.State().String()
		case s.since > fromStart(limit):
			return s, "comes to CLOSED too late"
		}
		return nil, ""
	}
}
