package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// The bounds of a user timeout that the peer has a say in: L_LIMIT, below which no
// connection is to be given up (RFC 1122 §4.2.3.5), and U_LIMIT, above which no
// peer can make us wait (RFC 5482 §3.1).
const (
	leastUserTimeout = 100 * time.Second
	mostUserTimeout  = time.Hour
)

// countTimeout is about what R2, as a count of retransmissions, comes to: the user
// timeout of a connection that has none.
const countTimeout = 15 * time.Minute

// userTimeout is the user timeout of a connection (§3.8.3), and what its option
// does with it (RFC 5482 §3).
type userTimeout struct {
	limit   time.Duration // USER_TIMEOUT; 0: R2 is a count
	offered time.Duration // ADV_UTO: what the user wants, and the peer is told; 0: nothing
	enabled bool          // ENABLED: the option is sent and heard
	fixed   bool          // not CHANGEABLE: the user has set it, and the peer has no say
	due     bool          // the peer is to be told
}

// set is the user's wish.
func (u *userTimeout) set(d time.Duration) {
	u.limit, u.offered, u.fixed = d, d, true
	u.due = u.enabled && d > 0
}

// heard takes in what the peer wants (RFC 5482 §3.1).
func (u *userTimeout) heard(remote time.Duration) {
	if !u.enabled || u.fixed || remote <= 0 {
		return
	}
	own := u.offered
	if own == 0 {
		own = countTimeout
	}
	limit := min(mostUserTimeout, max(own, remote, leastUserTimeout))
	if limit != own || u.offered != 0 {
		u.limit = limit
	} else {
		u.limit = 0 // the count is as good
	}
}

// putUserTimeout fills in the option: on every SYN, on the first segment after
// it, which unlike the SYN is sure to be acknowledged, and when the user has
// changed it (RFC 5482 §3). Segments without room for it are passed over.
func (c *Conn) putUserTimeout(seg *wire.Segment) {
	u := &c.user
	syn := seg.Has(wire.SYN)
	if !u.enabled || u.offered == 0 || !syn && !u.due {
		return
	}
	if !syn && (c.hasSACK() || len(seg.Payload) > 0 && len(seg.Payload) > c.mss()-utoOption) {
		return
	}
	seg.Opts.UserTimeout = uint32(max(u.offered/time.Second, 1))
	u.due = syn
}

// utoOption is the length of the user timeout option in bytes.
const utoOption = 4

// noteUserTimeout takes in the option of a segment that has passed the checks.
func (c *Conn) noteUserTimeout(seg *wire.Segment) {
	c.user.heard(time.Duration(seg.Opts.UserTimeout) * time.Second)
}

// SetUserTimeout changes how long data may stay unacknowledged; 0 leaves that
// to the count of retransmissions (§3.9.1.1, MUST-21). The peer has no say in it any
// more.
func (c *Conn) SetUserTimeout(now clock.Time, d time.Duration) {
	c.user.set(d)
	c.rearm(now)
}
