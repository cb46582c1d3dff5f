package explore

import (
	"encoding/binary"
	"sync"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/tcp"
)

// An endID is the number of an end.
type endID uint32

// A mark is something that has happened to an incarnation of an end.
type mark uint16

// The marks.
const (
	opened   mark = 1 << iota // it has been ESTABLISHED
	closed                    // its user has called CLOSE
	gone                      // its user is gone
	sawEOF                    // its user has read the end of the peer's stream
	waited                    // 2 MSL have passed for it in TIME_WAIT
	clean                     // it ended by FINs, acknowledged both ways
	failed                    // it ended in any other way
	wasReset                  // a reset ended it after it had been synchronized
	cutOff                    // a reset ended it while it waited for the last acknowledgment
	garbled                   // its user read an octet that was not the next of the peer's
	tangled                   // its sequence variables are out of order
	panicked                  // the code panicked
	again                     // it is back in LISTEN after a SYN that came to nothing
)

// A ghost is what the search remembers of an end beside the connection, for the
// properties' sake. No end acts by it.
type ghost struct {
	role uint8 // whose numbers it counts in
	inc  uint8 // how often it was opened
	sent uint8 // octets of this incarnation's SENDs
	got  uint8 // octets of its RECEIVEs
	mark mark
	peer uint8 // the peer's incarnation, by its initial sequence number; 0: not known
	old  endID // what a new SYN has taken the place of in TIME_WAIT; 0: nothing
}

// An end is one end of the connection at a moment. It does not change.
type end struct {
	ghost
	conn   *tcp.Snapshot
	rank   uint64 // orders ends in the same way in every run
	state  fsm.State
	origin fsm.Guard
	timers uint16 // the armed ones, as bits
	holds  bool   // challenge ACKs were counted
	idle   bool   // all that was sent is acknowledged
	unread bool   // there is something for its user: octets, or the end of the stream
}

// A book numbers ends and segments. It is shared by the workers of a search.
type book struct {
	mu     sync.Mutex
	cfg    *Config
	tcp    *tcp.Config
	byKey  map[string]endID
	bySeg  map[segment]segID
	ends   []end
	segs   []segment
	ranks  []uint64 // of segs
	steps  map[uint64]step
	rows   [256]bool // rows of fsm.Table taken
	inputs int       // how often an end was run
}

// newBook makes an empty book. Numbers start from one.
func newBook(cfg *Config) *book {
	return &book{
		cfg: cfg, tcp: cfg.tcpConfig(), byKey: map[string]endID{}, bySeg: map[segment]segID{}, steps: map[uint64]step{},
		ends: make([]end, 1), segs: make([]segment, 1), ranks: make([]uint64, 1),
	}
}

// end numbers a canonical connection with its ghost.
func (b *book) end(c *tcp.Conn, g ghost) endID {
	key := append(make([]byte, 0, 128), g.role, g.inc, g.sent, g.got, g.peer, byte(g.mark), byte(g.mark>>8))
	if g.old != 0 {
		key = binary.LittleEndian.AppendUint64(key, b.ends[g.old].rank)
	}
	key = c.AppendKey(key, frame(g.role))
	if id, ok := b.byKey[string(key)]; ok {
		return id
	}
	id := endID(len(b.ends))
	b.byKey[string(key)] = id
	b.ends = append(b.ends, b.describe(c, g, hashBytes(key)))
	return id
}

// describe notes of an end what moves and properties ask for.
func (b *book) describe(c *tcp.Conn, g ghost, rank uint64) end {
	e := end{
		ghost: g, conn: c.Snapshot(), rank: rank, state: c.State(), origin: c.TCB().Origin,
		idle: c.Acked(), unread: c.Unread() > 0 || c.TCB().Rcv.FinDone && g.mark&sawEOF == 0, holds: c.Throttled(),
	}
	for k := range tcp.Timer(tcp.NumTimers) {
		if c.Timer(k) != clock.Never {
			e.timers |= 1 << k
		}
	}
	return e
}

// incarnationOf is the incarnation that starts its numbers at n, as the search
// counts them. If all start at the same number it is taken for own, that of the
// end which asks; 0: none.
func (cfg *Config) incarnationOf(n seq.Num, own uint8) uint8 {
	for i := range cfg.Incarnations {
		if cfg.issOf(uint8(i+1)) != n {
			continue
		}
		if cfg.ISNStep == 0 {
			return own
		}
		return uint8(i + 1)
	}
	return 0
}

// issOf is where an incarnation's numbers start.
func (cfg *Config) issOf(inc uint8) seq.Num { return cfg.ISNStep * seq.Num(inc-1) }

// seg numbers a segment.
func (b *book) seg(s segment) segID {
	if id, ok := b.bySeg[s]; ok {
		return id
	}
	id := segID(len(b.segs))
	b.bySeg[s] = id
	b.segs = append(b.segs, s)
	b.ranks = append(b.ranks, s.rank())
	return id
}

// initialEnd is an end that was never opened.
func (b *book) initialEnd(role uint8) endID {
	c := newConn(b.cfg, b.tcp, new(tcp.Pool), role, 0)
	c.Canonicalize(b.cfg.canon())
	return b.end(c, ghost{role: role})
}
