package referee

import (
	"slices"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// transfers is a lot of text, over networks that are good and bad.
var transfers = []Match{
	{
		Name: "bulk", Doc: "both ways at once",
		Client: User{Says: 200_000}, Server: User{Says: 150_000}, Link: wire10,
		Then: inTime(2 * time.Minute),
	},
	{
		Name: "small pieces", Doc: "without Nagle each goes out at once",
		Client: User{Says: 2000, Piece: 10, Pause: time.Millisecond}, Server: User{Says: 10}, Link: wire10,
	},
	{
		Name: "small pieces, Nagle", Doc: "with Nagle at most one is outstanding (§3.7.4)",
		Client: User{Says: 2000, Piece: 10, Pause: time.Millisecond, Nagle: true}, Server: User{Says: 10}, Link: wire10,
	},
	{
		Name: "overtaking", Doc: "each tenth packet is late: what fills a gap is acknowledged at once",
		Client: User{Says: 100_000}, Server: User{Says: 50_000}, Link: wire10,
		Rule: everyTenthLate,
	},
	{
		Name: "overtaking, by the clock", Doc: "the same, of segments that a millisecond lies between: what is late is not old (RFC 7323 §4.3)",
		Client: User{Says: 60_000, Piece: 1000, Pause: time.Millisecond}, Server: User{Says: 1000}, Link: wire10,
		Rule: everyTenthLate,
	},
	{
		Name: "loss", Doc: "one packet in twenty",
		Client: User{Says: 100_000}, Server: User{Says: 60_000}, Link: sim.Path{Delay: delay, Loss: 0.05}, Seeds: 5,
	},
	{
		Name: "heavy loss", Doc: "one packet in five, without timestamps and scaling",
		Client: User{Says: 20_000, Config: plain}, Server: User{Says: 20_000, Config: plain},
		Link: sim.Path{Delay: delay, Loss: 0.2}, Seeds: 5,
	},
	{
		Name: "cut in another way", Doc: "segments come that are partly known: only what is new is taken (§3.10.7.4 seventh)",
		Client: User{Says: 60_000, Lingers: time.Second}, Server: User{Says: 60_000, Lingers: time.Second}, Link: wire10,
		Script: func(r *referee) {
			for i := range 20 {
				r.After(delay*3+time.Duration(i)*3*time.Millisecond, func() {
					r.truth(r.client, r.client.acked-100, r.client.acked+100)
					r.truth(r.server, r.server.acked-100, r.server.acked+100)
				})
			}
		},
	},
	{
		Name: "twice", Doc: "each third packet comes again, 50 ms later",
		Client: User{Says: 60_000}, Server: User{Says: 60_000}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if n++; n%3 == 0 && !p.TCP.Has(wire.SYN|wire.RST) {
					r.again(p, 50*time.Millisecond)
				}
				return sim.Pass
			}
		},
	},
}

// everyTenthLate holds each tenth packet that has text back for 3 ms.
func everyTenthLate(*referee) sim.Rule {
	n := 0
	return func(p *sim.Packet) sim.Verdict {
		if n++; n%10 == 0 && len(p.TCP.Payload) > 0 {
			return sim.Delay(3 * time.Millisecond)
		}
		return sim.Pass
	}
}

// plain leaves the options of RFC 7323 out.
func plain(cfg *tcp.Config) { cfg.NoTimestamps, cfg.NoWindowScale = true, true }

// again delivers a packet once more.
func (r *referee) again(p *sim.Packet, later time.Duration) {
	to := r.server
	if p.From == r.server.node {
		to = r.client
	}
	data := slices.Clone(p.Data) // the packet's memory is used again
	r.After(delay+later, func() {
		if to.play.conn == nil || to.play.conn.State() == fsm.Closed {
			return // it belongs to nobody any more
		}
		var ip wire.Packet
		var seg wire.Segment
		if wire.ParseIP(data, &ip) == wire.OK && wire.ParseTCP(ip.Payload, &seg) == wire.OK {
			to.hears(&seg)
		}
		to.node.Input(r.Now(), data)
	})
}

// small makes the buffer for what is received small.
func small(cfg *tcp.Config) { cfg.RecvBuffer = 4000 }

// closedWindows is readers who are slow.
var closedWindows = []Match{
	{
		Name: "slow reader", Doc: "the window closes and opens a little at a time",
		Client: User{Says: 60_000}, Server: User{Says: 10, Reads: 700, ReadPause: 50 * time.Millisecond, Config: small}, Link: wire10,
	},
	{
		Name: "late reader", Doc: "the window is closed for two hours, and probed (MUST-37)",
		Client: User{Says: 20_000}, Server: User{Says: 10, ReadsFrom: 2 * time.Hour, Config: small}, Link: wire10, Limit: 4 * time.Hour,
	},
	{
		Name: "two late readers", Doc: "both windows are closed: each hears the other's acknowledgments (MUST-66)",
		Client: User{Says: 20_000, ReadsFrom: 30 * time.Second, Config: small},
		Server: User{Says: 20_000, ReadsFrom: 40 * time.Second, Config: small}, Link: wire10,
		Then: inTime(5 * time.Minute),
	},
	{
		Name: "opening unheard", Doc: "the news that the window is open is lost: only a probe brings it (MUST-36)",
		Client: User{Says: 20_000}, Server: User{Says: 10, ReadsFrom: 10 * time.Second, Config: small}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			left := 3
			return func(p *sim.Packet) sim.Verdict {
				if p.From == r.server.node && r.Now() >= fromStart(10*time.Second) && left > 0 {
					left--
					return sim.Drop
				}
				return sim.Pass
			}
		},
	},
	{
		Name: "opening told", Doc: "a reader opens the window: the sender goes on at once, without a probe",
		Client: User{Says: 20_000}, Server: User{Says: 10, ReadsFrom: 10 * time.Second, Config: small}, Link: wire10,
		Then: inTime(10*time.Second + 500*time.Millisecond + time.Minute),
	},
	{
		Name: "old news", Doc: "a late segment says that the window is closed, when it is known to be open (SND.WL1)",
		Client: User{Says: 1000, Piece: 500, Pause: 600 * time.Millisecond, Lingers: 3 * time.Second, ReadsFrom: time.Second, Config: small},
		Server: User{Says: 8000, Piece: 4000, Pause: 1500 * time.Millisecond}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if p.From != r.client.node || len(p.TCP.Payload) == 0 {
					return sim.Pass
				}
				switch n++; {
				case n == 2:
					return sim.Delay(600 * time.Millisecond)
				case n > 2 && r.Now() < fromStart(1240*time.Millisecond):
					return sim.Drop // the same again
				}
				return sim.Pass
			}
		},
	},
	{
		Name: "one late reader", Doc: "both windows are closed, and one opens: its end hears, though its own is closed (MUST-66)",
		Client: User{Says: 20_000, ReadsFrom: 10 * time.Minute, Config: small},
		Server: User{Says: 20_000, ReadsFrom: 10 * time.Second, Config: small}, Link: wire10,
		Script: func(r *referee) {
			r.After(9*time.Minute, func() {
				if got := len(r.server.play.got); got < 20_000 {
					r.whistle(r.server, "still waits for text, though it has long opened its window (MUST-66)")
				}
			})
		},
	},
}

// silences is peers of whom nothing is heard.
var silences = []Match{
	{
		Name: "gone while talking", Doc: "the network breaks under a transfer: R2 is at least 100 s, and comes (SHLD-11)",
		Client: User{Says: 100_000, Piece: 1000, Pause: 10 * time.Millisecond, Ends: tcp.ErrTimeout}, Server: User{Stays: true}, Link: wire10, Unfinished: true,
		Rule: breaks(200 * time.Millisecond), Limit: 3 * time.Hour,
		Then: func(r *referee) (*side, string) {
			if r.client.since < fromStart(100*time.Second) {
				return r.client, "gives up before 100 s (SHLD-11)"
			}
			return nil, ""
		},
	},
	{
		Name: "gone while idle", Doc: "keep-alive finds out (§3.8.4)",
		Client: User{Says: 100, Stays: true, Ends: tcp.ErrTimeout, Config: keepAlive}, Server: User{Stays: true}, Link: wire10, Unfinished: true,
		Rule: breaks(time.Second),
		Then: closedBy(func(r *referee) *side { return r.client }, 5*time.Minute),
	},
	{
		Name: "idle for an hour", Doc: "keep-alive keeps a peer that answers (MUST-29)",
		Client: User{Says: 100, Lingers: time.Hour, Config: keepAlive}, Server: User{Says: 100}, Link: wire10, Limit: 2 * time.Hour,
	},
}

// breaks is a network that loses everything from a time on.
func breaks(at time.Duration) func(*referee) sim.Rule {
	return func(r *referee) sim.Rule {
		return func(*sim.Packet) sim.Verdict {
			if r.Now() >= fromStart(at) {
				return sim.Drop
			}
			return sim.Pass
		}
	}
}

// keepAlive turns keep-alive on.
func keepAlive(cfg *tcp.Config) { cfg.KeepAlive.Enable = true }

// attacks is somebody off the path who forges segments.
var attacks = []Match{
	{
		Name: "forged", Doc: "every kind of forgery, to both ends, while they talk",
		Client: User{Says: 30_000, Piece: 500, Pause: 5 * time.Millisecond, Config: tolerant},
		Server: User{Says: 30_000, Piece: 500, Pause: 5 * time.Millisecond, Config: tolerant}, Link: wire10,
		Script: func(r *referee) {
			for i, f := range forgeries {
				at := 50*time.Millisecond + time.Duration(i)*9*time.Millisecond
				r.After(at, func() { r.forge(r.client, f) })
				r.After(at+time.Millisecond, func() { r.forge(r.server, f) })
			}
		},
	},
	{
		Name: "forged for the half-open", Doc: "a reset that acknowledges nothing, and a bad SYN,ACK, to an end in SYN_SENT",
		Client: User{Says: 100}, Server: User{Says: 100}, Link: wire10, Resets: true,
		Script: func(r *referee) {
			r.After(time.Millisecond, func() {
				r.inject(r.client, wire.Segment{Flags: wire.RST, Seq: 0})
			})
			r.After(2*time.Millisecond, func() {
				r.inject(r.client, wire.Segment{Flags: wire.SYN | wire.ACK, Seq: 77, Ack: r.client.unsent(), Wnd: 1000})
			})
		},
	},
	{
		Name: "strangers", Doc: "acknowledgments of nothing to a listener and to an end in SYN_RCVD are reset (§3.10.7.2 second, §3.10.7.4 fifth)",
		Client: User{Says: 100}, Server: User{Says: 100}, Link: wire10, Resets: true,
		Script: func(r *referee) {
			r.After(delay/2, func() { r.refused(r.server, wire.Segment{Flags: wire.ACK, Seq: 5, Ack: 7, Wnd: 1000}) })
			r.After(2*delay, func() {
				r.refused(r.server, wire.Segment{Flags: wire.ACK, Seq: r.server.nxt(), Ack: r.server.unsent(), Wnd: 1000})
			})
		},
	},
	{
		Name: "old acknowledgment", Doc: "one comes long after newer ones: nothing is outstanding because of it (§3.10.7.4 fifth)",
		Client: User{Says: 5000, Lingers: time.Hour}, Server: User{Says: 10}, Link: wire10, Limit: 2 * time.Hour,
		Script: func(r *referee) {
			r.After(5*time.Second, func() {
				r.inject(r.client, wire.Segment{Flags: wire.ACK, Seq: r.client.nxt(), Ack: r.client.seen() - 500, Wnd: 1000})
			})
		},
	},
	{
		Name: "flood", Doc: "a thousand resets in the window: few are answered (RFC 5961 §7)",
		Client: User{Says: 3000, Piece: 100, Pause: 100 * time.Millisecond}, Server: User{Stays: true}, Link: wire10, Unfinished: true,
		Script: func(r *referee) {
			r.After(time.Second, func() {
				for i := range 1000 {
					r.After(time.Duration(i)*time.Microsecond, func() {
						r.inject(r.server, wire.Segment{Flags: wire.RST, Seq: r.server.nxt() + 1})
					})
				}
			})
			r.After(900*time.Millisecond, func() { r.server.answers = 0 })
			r.After(1050*time.Millisecond, func() {
				if n := r.server.answers; n == 0 || n > 20 {
					r.whistle(r.server, "answers %d of a thousand segments that may be forged (RFC 5961 §7)", n)
				}
			})
		},
	},
	{
		Name: "exact reset", Doc: "a reset at RCV.NXT is believed (RFC 5961 §3.2)",
		Client: User{Says: 100, Stays: true}, Server: User{Stays: true, Ends: tcp.ErrReset}, Link: wire10, Unfinished: true,
		Script: func(r *referee) {
			r.After(time.Second, func() { r.inject(r.server, wire.Segment{Flags: wire.RST, Seq: r.server.nxt()}) })
		},
	},
	{
		Name: "unreachable", Doc: "ICMP says that the port is not there, in the middle of a connection (RFC 5461 §2.1)",
		Client: User{Says: 30_000}, Server: User{Says: 30_000}, Link: wire10,
		Rule: func(r *referee) sim.Rule {
			n := 0
			return func(p *sim.Packet) sim.Verdict {
				if n++; n == 12 {
					r.link.Refuse(p, wire.ICMP{Kind: wire.Unreachable, Code: wire.Unreach4Port})
				}
				return sim.Pass
			}
		},
	},
}

// tolerant answers every segment that may be forged.
func tolerant(cfg *tcp.Config) { cfg.ChallengeACKs = 1000 }
