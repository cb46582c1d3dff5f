package stack

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/siphash"
	"github.com/lastack/lastack/internal/wire"
)

// A FastOpenMode says where fast open is used (RFC 7413).
type FastOpenMode uint8

// The modes.
const (
	FastOpenDial  FastOpenMode = iota // by DialFast
	FastOpenOff                       // nowhere: DialFast is Dial and Write
	FastOpenServe                     // by DialFast, and by listeners
)

const (
	cookieLength    = 8              // bytes of the cookies that we give
	cookieKeyPeriod = 12 * time.Hour // how long a key makes cookies; they are good as long again

	maxFastPeers = 256       // servers whose cookies are remembered
	fastBlocked  = time.Hour // how long a path that drops fast SYNs is spared them (RFC 7413 §4.1.3.1)

	// DefaultFastPending is how many believed handshakes a listener may have: a
	// flood from addresses whose cookies somebody has collected makes it do no
	// more work than that (RFC 7413 §5.1).
	DefaultFastPending = 256
)

// fastKey is the key of the cookies of a period. Keys that are given do not change.
func (s *Core) fastKey(period int64) siphash.Key {
	if s.cfg.FastOpenKey != (siphash.Key{}) {
		return s.cfg.FastOpenKey
	}
	var key siphash.Key
	b := binary.LittleEndian.AppendUint64(nil, uint64(period))
	binary.LittleEndian.PutUint64(key[:8], siphash.Sum64(&s.secrets.fast, append(b, 0)))
	binary.LittleEndian.PutUint64(key[8:], siphash.Sum64(&s.secrets.fast, append(b, 1)))
	return key
}

// fastCookie is the cookie for a client: a keyed hash of the two addresses, as in
// Linux, so that hosts that share a key take each other's (RFC 7413 §4.1.1).
func (s *Core) fastCookie(period int64, client, server netip.Addr) (k wire.Cookie) {
	key := s.fastKey(period)
	k.N = cookieLength
	binary.LittleEndian.PutUint64(k.B[:], siphash.Sum64(&key, append(client.AsSlice(), server.AsSlice()...)))
	return k
}

// SetFastPending says how many handshakes the listener believes at a time, instead
// of the Config's FastPending; with 0 it does not know fast open.
func (l *Listener) SetFastPending(n int) { l.fastLimit = n }

// offerFast decides about a SYN with the fast open option (RFC 7413 §4.2.2): its
// text is believed if it brings our cookie, and not too many are believed already.
// A cookie that is missing, wrong or of the last period is answered by a new one.
func (l *Listener) offerFast(now clock.Time, c *Conn, seg *wire.Segment) {
	s := l.core
	if s.cfg.FastOpen != FastOpenServe || !seg.Opts.HasFO || l.fastLimit <= 0 {
		return
	}
	period := int64(now) / int64(cookieKeyPeriod)
	current := s.fastCookie(period, c.remote.Addr(), c.local.Addr())
	fresh := seg.Opts.FO == current
	good := fresh || seg.Opts.FO == s.fastCookie(period-1, c.remote.Addr(), c.local.Addr())
	take := good && l.fastPending < l.fastLimit
	if take {
		c.fastAt = l
		l.fastPending++
		s.stats.FastAccepted++
	}
	c.tcp.FastReply(current, !fresh, take)
}

// settleFast does what fast open has to do when c's state may have changed: a
// believed connection goes to Accept before its handshake is over, and what a fast
// SYN of ours has come to is remembered.
func (c *Conn) settleFast(now clock.Time) {
	state := c.tcp.State()
	if c.fastAt != nil && state != fsm.SynReceived {
		c.fastAt.fastPending--
		c.fastAt = nil
	}
	if c.stage == halfOpen && c.tcp.FastOpened() {
		c.parent.completed(c)
	}
	if c.fastAsked && state != fsm.SynSent {
		c.fastAsked = false
		if state != fsm.Closed {
			c.core.fast.learn(now, c.remote.Addr(), c)
		}
	}
}

// A fastPeer is what is remembered of a server (RFC 7413 §4.1.3).
type fastPeer struct {
	cookie  wire.Cookie
	mss     int
	blocked clock.Time // no fast SYN goes out before this
	at      clock.Time // when this was learnt
}

// fastPeers is the servers that we have opened connections to by DialFast.
type fastPeers map[netip.Addr]fastPeer

// learn remembers what c has learnt. A SYN that was answered only when it went
// without the option stops them for a while.
func (p fastPeers) learn(now clock.Time, ip netip.Addr, c *Conn) {
	got, peer := c.tcp.FastResult(), p[ip]
	peer.at, peer.mss = now, got.MSS
	if got.Cookie.N > 0 {
		peer.cookie = got.Cookie
	}
	if got.Lost {
		peer.blocked = now.Add(fastBlocked)
	}
	if _, known := p[ip]; !known && len(p) >= maxFastPeers {
		p.forgetOldest()
	}
	p[ip] = peer
}

// forgetOldest makes room for one more.
func (p fastPeers) forgetOldest() {
	var oldest netip.Addr
	for ip, peer := range p {
		if o, some := p[oldest]; !some || peer.at < o.at || peer.at == o.at && ip.Less(oldest) {
			oldest = ip
		}
	}
	delete(p, oldest)
}

// FastCookie reports whether a SYN of DialFast to ip would carry text now.
func (s *Core) FastCookie(now clock.Time, ip netip.Addr) bool {
	peer := s.fast[ip.Unmap().WithZone("")]
	return s.cfg.FastOpen != FastOpenOff && peer.cookie.N > 0 && !now.Before(peer.blocked)
}

// DialFast is Dial and Write in one, with fast open: if the server has given us a
// cookie, the SYN brings what there is room for of p, and otherwise it asks for a
// cookie (RFC 7413 §3). It returns how much of p was taken, to be sent in the SYN
// or later.
//
// A SYN may arrive twice, and a server may then take its text twice: p must be
// something that does no harm if it is done again (RFC 7413 §2.1).
func (s *Core) DialFast(now clock.Time, local, remote netip.AddrPort, p []byte) (c *Conn, n int, err error) {
	remote, err = s.dialRemote(remote)
	if err != nil {
		return nil, 0, err
	}
	local, err = s.dialLocal(local, remote)
	if err != nil {
		return nil, 0, err
	}
	peer := s.fast[remote.Addr()]
	c, err = s.connect(now, local, remote, func(c *Conn) {
		if s.cfg.FastOpen != FastOpenOff && !now.Before(peer.blocked) {
			c.fastAsked = true
			c.tcp.FastOpen(peer.cookie, peer.mss)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	n, err = c.Write(now, p)
	return c, n, err
}
