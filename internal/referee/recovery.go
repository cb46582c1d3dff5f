package referee

import (
	"time"

	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// recoveries is losses that are to be repaired in good time, and marks.
var recoveries = []Match{
	{
		Name: "first flight", Doc: "a new connection sends at most ten segments (RFC 6928)",
		Client: User{Says: 200_000}, Server: User{Says: 10}, Link: sim.Path{Delay: 50 * time.Millisecond},
		Script: func(r *referee) {
			r.After(140*time.Millisecond, func() { // the first text has left at 100 ms, and nothing is acknowledged
				if n := r.client.sent; n > 15_000 {
					r.whistle(r.client, "sends %d bytes before the first acknowledgment (RFC 6928 §2)", n)
				}
			})
		},
	},
	{
		Name: "holes", Doc: "every other packet of a flight is lost: SACK repairs them together, in a round trip or two",
		Client: User{Says: 100_000}, Server: User{Says: 10}, Link: sim.Path{Delay: 50 * time.Millisecond},
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if p.From != r.client.node || len(p.TCP.Payload) == 0 {
					return sim.Pass
				}
				if n++; n > 10 && n <= 30 && n%2 == 0 {
					return sim.Drop
				}
				return sim.Pass
			}
		},
		Then: func(r *referee) (*side, string) {
			if r.server.play.ended > fromStart(time.Second) {
				return r.client, "repairs ten losses one by one (RFC 2018)"
			}
			return nil, ""
		},
	},
	{
		Name: "tail", Doc: "the last two segments of what is said are lost: a probe finds out before the timeout (RFC 8985 §7)",
		Client: User{Says: 8000, Lingers: time.Second}, Server: User{Says: 10}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if p.From != r.client.node || len(p.TCP.Payload) == 0 {
					return sim.Pass
				}
				if n++; n == 5 || n == 6 {
					return sim.Drop
				}
				return sim.Pass
			}
		},
		Script: func(r *referee) {
			r.After(180*time.Millisecond, func() { // sent at 20 ms; the timeout is at least 200 ms
				if got := len(r.server.play.got); got < 8000 {
					r.whistle(r.client, "leaves the last loss of a flight to the timeout (RFC 8985 §7)")
				}
			})
		},
	},
	{
		Name: "always overtaking", Doc: "one packet in twenty is late by a fifth of the round trip: little is sent again (RFC 8985 §6.2)",
		Client: User{Says: 1_000_000}, Server: User{Says: 10}, Link: sim.Path{Delay: 25 * time.Millisecond, Reorder: 0.05, Hold: 10 * time.Millisecond},
		Then: func(r *referee) (*side, string) {
			if r.client.again > 30 {
				return r.client, "sends again what was only late (RFC 8985 §6.2 step 4)"
			}
			return nil, ""
		},
	},
	{
		Name: "short queue", Doc: "a slow link with a short queue: a loss slows the sender down (RFC 5681 §3.2)",
		Client: User{Says: 2_000_000}, Server: User{Says: 10},
		Link: sim.Path{Rate: 10_000_000, Delay: 20 * time.Millisecond, Queue: sim.Queue{Packets: 30}},
		Then: func(r *referee) (*side, string) {
			if lost := r.link.From(r.client.node).Stats.QueueFull; lost > 150 {
				return r.client, "does not slow down when packets are lost (RFC 5681 §3.2)"
			}
			return nil, ""
		},
	},
	{
		Name: "marks", Doc: "a queue marks packets: the receiver says so until the sender answers (RFC 3168 §6.1)",
		Client: User{Says: 2_000_000, Config: classicECN}, Server: User{Says: 10, Config: classicECN},
		Link: sim.Path{Rate: 10_000_000, Delay: 20 * time.Millisecond, Queue: sim.Queue{CoDel: sim.CoDel{Target: time.Millisecond, Interval: 20 * time.Millisecond, ECN: true}}},
		Then: func(r *referee) (*side, string) {
			s := r.link.From(r.client.node).Stats
			switch {
			case s.Marked == 0:
				return r.client, "was never marked: this is not the match that it should be"
			case r.client.answered == 0:
				return r.client, "does not answer marks by CWR (RFC 3168 §6.1.2)"
			case s.Marked > 200:
				return r.client, "does not slow down for marks (RFC 3168 §6.1.2)"
			}
			return nil, ""
		},
	},
	{
		Name: "stall", Doc: "the path stands still for a second, and nothing is lost: the sender goes on as before (RFC 4015, RFC 5682)",
		Client: User{Says: 4_000_000}, Server: User{Says: 10}, Link: sim.Path{Rate: 20_000_000, Delay: 50 * time.Millisecond},
		Rule: func(r *referee) sim.Rule {
			stands := fromStart(time.Second)
			return func(p *sim.Packet) sim.Verdict {
				if p.From == r.server.node && r.Now() >= stands && r.Now() < stands.Add(time.Second) {
					return sim.Delay(stands.Add(time.Second).Sub(r.Now()))
				}
				return sim.Pass
			}
		},
		Then: func(r *referee) (*side, string) {
			if r.client.again > 200 {
				return r.client, "sends everything again after a timeout that was for nothing (RFC 5682)"
			}
			return nil, ""
		},
	},
	{
		Name: "tiny path", Doc: "somebody says that the path carries 68 bytes: no path is so small (RFC 5927 §7.2)",
		Client: User{Says: 60_000}, Server: User{Says: 10}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if p.From == r.client.node && len(p.TCP.Payload) > 1000 {
					if n++; n == 5 {
						r.link.Refuse(p, wire.ICMP{Kind: wire.PacketTooBig, MTU: 68})
					}
				}
				return sim.Pass
			}
		},
		Then: func(r *referee) (*side, string) {
			if r.Packets() > 1000 {
				return r.client, "sends tiny packets because somebody said so (RFC 5927 §7.2)"
			}
			return nil, ""
		},
	},
}

// classicECN asks for explicit congestion notification as in RFC 3168.
func classicECN(cfg *tcp.Config) { cfg.ECN = tcp.ECNClassic }
