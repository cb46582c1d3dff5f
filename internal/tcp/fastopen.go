package tcp

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// fastOpen is fast open at one end (RFC 7413): text in the SYN, believed because of
// a cookie that the server gave on an earlier connection.
type fastOpen struct {
	// As client.
	asks   bool        // the first SYN has the option
	cookie wire.Cookie // the server's; empty: the SYN asks for one
	mss    int         // the server's MSS as it was, which bounds the text of the SYN
	sent   int         // the bytes of text that were in the SYN
	given  wire.Cookie // what the SYN,ACK has brought
	lost   bool        // it answers a SYN without the option, or so it may be

	// As server.
	replies bool        // the SYN,ACK brings a cookie
	reply   wire.Cookie // this one
	taken   bool        // the SYN is believed: its text is read before the handshake is over
}

// FastOpen makes the SYN of a Connect that follows a fast one: with the text that
// is queued by then, if there is a cookie, and otherwise with the wish for one (RFC
// 7413 §4.1.2, §4.2.1). mss is the server's, or 0 if that is not known.
func (c *Conn) FastOpen(cookie wire.Cookie, mss int) {
	if mss == 0 {
		mss = c.params.defaultMSS()
	}
	c.fast = fastOpen{asks: true, cookie: cookie, mss: mss}
}

// FastReply says what a connection in LISTEN is to do with the SYN that comes next:
// whether its text is believed, and which cookie goes with the SYN,ACK, if one does.
func (c *Conn) FastReply(reply wire.Cookie, replies, take bool) {
	c.fast = fastOpen{replies: replies, reply: reply, taken: take}
}

// A FastResult is what a fast SYN has come to: the server's cookie, if it gave
// one, and its MSS. Lost tells that only a SYN without the option was answered, or
// perhaps so: something on the path may drop the others (RFC 7413 §4.1.3.1).
type FastResult struct {
	Cookie wire.Cookie
	MSS    int
	Lost   bool
}

// FastResult is what has come of FastOpen; it counts once the SYN is answered.
func (c *Conn) FastResult() FastResult {
	return FastResult{Cookie: c.fast.given, MSS: c.tcb.Opts.SndMSS, Lost: c.fast.lost}
}

// putFastOpen fills in the option. A SYN that is sent again goes without, and so
// without text, for the option may be why it was lost (RFC 7413 §4.1.3).
func (c *Conn) putFastOpen(seg *wire.Segment) {
	f, o := &c.fast, &seg.Opts
	switch {
	case !seg.Has(wire.SYN):
	case seg.Has(wire.ACK) && f.replies:
		o.HasFO, o.FO = true, f.reply
	case !seg.Has(wire.ACK) && f.asks && c.timers.tries == 0:
		o.HasFO, o.FO = true, f.cookie
	}
}

// putSYNText puts text into a SYN that brings a cookie: as much as there is room
// for in what the server takes. It does not count as sent until the SYN,ACK
// acknowledges it: otherwise it goes again like any other, with nothing to undo.
func (c *Conn) putSYNText(seg *wire.Segment) {
	if seg.Has(wire.ACK) || !seg.Opts.HasFO || seg.Opts.FO.N == 0 {
		return
	}
	room := min(c.fast.mss, c.params.MTU-c.params.headers()) - (seg.HeaderLen() - tcpHeader)
	c.fast.sent = max(min(room, c.out.size), 0)
	if c.fast.sent > 0 {
		seg.Payload = c.out.slice(c.tcb.Snd.ISS+1, c.fast.sent)
	}
}

// synLimit is what an answer to our SYN may acknowledge at most.
func (c *Conn) synLimit() seq.Num { return c.tcb.Snd.Nxt.Add(c.fast.sent) }

// takeSYNACK takes the acknowledgment of a SYN,ACK: of the SYN, and of the text in
// it, which only now counts as sent.
func (c *Conn) takeSYNACK(now clock.Time, seg *wire.Segment, r *Result) {
	snd, f := &c.tcb.Snd, &c.fast
	f.lost = f.asks && c.timers.tries > 0
	if f.asks && seg.Opts.HasFO {
		f.given = seg.Opts.FO
	}
	extra := max(seg.Ack.Sub(snd.Nxt), 0)
	ack := *seg
	ack.Ack -= seq.Num(extra)
	c.takeACK(now, &ack)
	if extra > 0 {
		snd.Una, snd.Nxt = snd.Una.Add(extra), snd.Nxt.Add(extra)
		snd.Up = seq.Max(snd.Up, snd.Una)
		c.out.acked(snd.Una)
		r.Wake |= WakeWrite
	}
	f.sent = 0
}

// believeSYN gives the text of a SYN that is believed to the user at once (RFC 7413
// §4.2.2). He has the connection from now on, so that it cannot become a listener
// again: as with one that he has opened himself, a reset ends it.
func (c *Conn) believeSYN(r *Result) {
	if c.fast.taken {
		c.tcb.Origin = fsm.Active
		c.deliver(r)
	}
}

// mayText reports whether text may be sent: after the handshake, and before its end
// if the peer's SYN was believed (RFC 7413 §4.2.2).
func (c *Conn) mayText() bool {
	return c.tcb.synAcked() || c.fast.taken && c.tcb.Snd.Nxt != c.tcb.Snd.ISS
}

// FastOpened reports whether the connection is in its user's hands although the
// handshake is not over.
func (c *Conn) FastOpened() bool { return c.fast.taken && c.tcb.State == fsm.SynReceived }
