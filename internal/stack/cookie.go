package stack

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/siphash"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// SYN cookies (RFC 4987 §3.6): when the SYN queue is full, a SYN is answered
// without remembering it. What has to be known later stands in the numbers of the
// SYN,ACK, which an honest peer brings back with his ACK:
//
//	ISS    base of the tuple + | period 5 | MSS 3 | MAC 24 |
//	TSval  the clock, with the last bits replaced by | SACK 1 | shift count 4 |
//
// The MAC covers the tuple, the peer's ISS, the period and all that is encoded.
// A peer without timestamps gets neither window scaling nor SACK, and none gets ECN:
// there is no room to remember them. A SYN,ACK that is lost is not sent again; the peer's SYN is.
const (
	cookiePeriod = 64 * time.Second // how long the number of a period lasts
	cookieLife   = 2                // periods in which a cookie is taken
	cookieMAC    = 1<<24 - 1
	cookieBits   = 5  // of a timestamp
	noShift      = 15 // the peer does not scale its window
)

// cookieMSS is the values that the peer's MSS is rounded down to.
var cookieMSS = [8]uint16{536, 1220, 1300, 1360, 1400, 1440, 1460, 8960}

// A cookie is what one says.
type cookie struct {
	irs    seq.Num
	period uint32
	mss    uint32 // index of cookieMSS
	opts   uint32 // the last cookieBits of the timestamp; 0 without timestamps
}

// iss is the cookie as an initial sequence number.
func (k *cookie) iss(s *secrets, t tuple) seq.Num {
	return s.cookieBase(t) + seq.Num(k.period%32<<27|k.mss<<24|k.mac(s, t))
}

// mac is what nobody else can compute.
func (k *cookie) mac(s *secrets, t tuple) uint32 {
	b := t.bytes()
	text := binary.LittleEndian.AppendUint32(b[:], uint32(k.irs))
	text = binary.LittleEndian.AppendUint32(text, k.period)
	text = append(text, byte(k.mss), byte(k.opts))
	return uint32(siphash.Sum64(&s.cookie, text)) & cookieMAC
}

// cookieBase hides what a cookie says from those who do not know the secret.
func (s *secrets) cookieBase(t tuple) seq.Num {
	b := t.bytes()
	return seq.Num(siphash.Sum64(&s.cookie, b[:]))
}

// periodAt is the number of the period that now is in.
func periodAt(now clock.Time) uint32 { return uint32(int64(now) / int64(cookiePeriod)) }

// bake makes the cookie for a SYN.
func bake(now clock.Time, syn *wire.Segment, cfg *tcp.Config) cookie {
	k := cookie{irs: syn.Seq, period: periodAt(now)}
	for i, mss := range cookieMSS {
		if syn.Opts.MSS >= mss {
			k.mss = uint32(i)
		}
	}
	if !syn.Opts.HasTS || cfg.NoTimestamps {
		return k
	}
	k.opts = noShift
	if syn.Opts.HasWScale && !cfg.NoWindowScale {
		k.opts = uint32(syn.Opts.WScale)
	}
	if syn.Opts.SACKOK {
		k.opts |= 1 << 4
	}
	return k
}

// stamp is the timestamp that carries the cookie's options: the latest one that
// is not in the future.
func (k *cookie) stamp(clock uint32) uint32 {
	ts := clock&^(1<<cookieBits-1) | k.opts
	if int32(ts-clock) > 0 {
		ts -= 1 << cookieBits
	}
	return ts
}

// sendCookie answers a SYN for which there is no room.
func (l *Listener) sendCookie(now clock.Time, local, remote netip.AddrPort, syn *wire.Segment) {
	s, t := l.core, tupleOf(local, remote)
	r := s.replies.push()
	if r == nil {
		s.dropSegment(now, local, remote, syn, ReplyQueueFull)
		return
	}
	k := bake(now, syn, &s.cfg.TCP)
	s.trace.unmatched(now, local, remote, l.tcp.State(), syn, tcp.Result{})
	r.local, r.remote, r.irs, r.hasIRS = local, remote, syn.Seq, true
	r.seg = tcp.Offer(now, &s.cfg.TCP, s.params(now, t, remote, k.iss(&s.secrets, t)), syn)
	r.seg.SrcPort, r.seg.DstPort = local.Port(), remote.Port()
	r.seg.Flags &^= wire.ECE | wire.CWR | wire.AE
	if o := &r.seg.Opts; o.HasTS {
		o.TSVal = k.stamp(o.TSVal)
	} else {
		o.HasWScale, o.WScale, o.SACKOK = false, 0, false
	}
	l.cookies = now.Add(cookieLife * cookiePeriod)
	s.stats.CookiesSent++
}

// redeems reports whether seg, which no connection has, brings back a cookie that
// is not too old, and what it says. Where none was sent lately none is looked for,
// so that nobody can guess one at leisure.
func (l *Listener) redeems(now clock.Time, t tuple, seg *wire.Segment) (k cookie, ok bool) {
	if !l.cookies.After(now) || !completes(seg) {
		return k, false
	}
	s := &l.core.secrets
	v := uint32(seg.Ack - 1 - s.cookieBase(t))
	age := (periodAt(now) - v>>27) % 32
	k = cookie{irs: seg.Seq - 1, period: periodAt(now) - age, mss: v >> 24 & 7}
	if seg.Opts.HasTS && !l.core.cfg.TCP.NoTimestamps {
		k.opts = seg.Opts.TSEcr & (1<<cookieBits - 1)
	}
	return k, age < cookieLife && v&cookieMAC == k.mac(s, t)
}

// redeem makes the connection whose cookie the segment brings back: its SYN is
// made up again from what the cookie says, so that the machine goes the same way
// as if it had been kept. It is not ok if the segment brings no cookie.
func (l *Listener) redeem(now clock.Time, local, remote netip.AddrPort, seg *wire.Segment) (ok bool) {
	s, t := l.core, tupleOf(local, remote)
	k, ok := l.redeems(now, t, seg)
	if !ok {
		return false
	}
	if l.full() {
		s.dropSegment(now, local, remote, seg, AcceptQueueFull)
		return true
	}
	c := s.newConn(now, local, remote, seg.Ack-1)
	c.tcp.Listen(now)
	syn := k.syn(seg)
	r := c.tcp.Resume(now, &syn)
	l.adopt(c)
	s.stats.CookiesTaken++
	s.trace.resumed(now, c, r)
	c.arrived(now, c.tcp.State(), seg, c.tcp.Arrive(now, seg))
	return true
}

// syn is the SYN that the cookie was made for, as far as it is remembered.
func (k *cookie) syn(seg *wire.Segment) wire.Segment {
	syn := wire.Segment{
		SrcPort: seg.SrcPort, DstPort: seg.DstPort,
		Flags: wire.SYN, Seq: k.irs, Wnd: seg.Wnd,
		Opts: wire.Options{MSS: cookieMSS[k.mss]},
	}
	if o := &syn.Opts; seg.Opts.HasTS {
		o.HasTS, o.TSVal = true, seg.Opts.TSVal
		o.SACKOK = k.opts>>4 != 0
		if shift := uint8(k.opts & noShift); shift != noShift {
			o.HasWScale, o.WScale = true, shift
		}
	}
	return syn
}
