package tcp

import (
	"time"

	"github.com/lastack/lastack/internal/clock"
)

// MTUProbing says whether a connection finds out by itself how large the packets
// may be that the path carries, besides believing what routers say (RFC 4821,
// RFC 8899).
type MTUProbing uint8

const (
	// ProbeOnBlackHole goes down when full segments are never answered, and up
	// again when larger packets may have become possible. It is the default.
	ProbeOnBlackHole MTUProbing = iota
	// ProbeNever believes what routers say, and nothing else.
	ProbeNever
	// ProbeAlways begins with packets that every path carries, and goes up.
	ProbeAlways
)

const (
	// PathAge is how long a path MTU is believed before larger packets are tried
	// (RFC 1191 §6.3, RFC 8201 §4; PMTU_RAISE_TIMER of RFC 8899 §5.1.1).
	PathAge = 10 * time.Minute

	// basePacket is BASE_PLPMTU in bytes, the IP header included: what tunnels of
	// all kinds leave, and the least that IPv6 promises (RFC 8899 §5.1.2).
	basePacket = 1280
	// leastPacket4 is MIN_PLPMTU in bytes for IPv4, where base packets do not get
	// through either.
	//
	// Deviation: IPv4 promises 68 only, but no real path is below 552.
	leastPacket4 = 552

	maxTrials      = 3 // lost trials of a size until it is held too large: MAX_PROBES (RFC 8899 §5.1.2)
	closeEnough    = 8 // bytes of packet that are not worth a trial
	blackHoleTries = 2 // timeouts in a row after which segments of this size are held too large
	afterTrial     = 3 // full segments that are to follow a trial, so that its loss is seen soon
)

// An mtuSearch looks for the largest packet that the path carries. It makes
// single packets larger, trials, and sees what becomes of them. Sizes are those of
// whole IP packets in bytes. The size that all other segments are made for is not
// in here: it is the low end of the search.
type mtuSearch struct {
	raiseAt clock.Time // when larger packets are to be tried; clock.Never if not
	on      bool       // a search is under way, up to high
	high    int        // the largest packet that may get through
	halve   bool       // the whole range was tried at once; now it is halved
	lost    int        // trials of one size that were lost
	hole    bool       // timeouts made packets smaller, no router

	size int // of the trial that is out, 0: none
}

// next is the size of the next trial, given the size that gets through. The
// first is the largest there could be, since often nothing is in its way any
// more; then the range is halved (RFC 4821 §7.3).
func (s *mtuSearch) next(low int) int {
	if !s.halve {
		return s.high
	}
	return (low + s.high + 1) / 2
}

// begin starts a search up to high.
func (s *mtuSearch) begin(high int) {
	*s = mtuSearch{raiseAt: s.raiseAt, hole: s.hole, on: true, high: high}
}

// arrived notes that the trial got through, so that its size is the new low end.
func (s *mtuSearch) arrived(now clock.Time) {
	low := s.size
	s.size, s.lost, s.halve = 0, 0, true
	s.settle(now, low)
}

// failed notes that the trial was lost; after several of one size that is too
// large. It reports whether the search is over.
func (s *mtuSearch) failed(now clock.Time, low int) (done bool) {
	size := s.size
	if s.size, s.lost = 0, s.lost+1; s.lost < maxTrials {
		return false
	}
	return s.tooLarge(now, low, size-1)
}

// tooLarge notes that no packet larger than high gets through.
func (s *mtuSearch) tooLarge(now clock.Time, low, high int) (done bool) {
	s.size, s.lost, s.halve, s.high = 0, 0, true, high
	return s.settle(now, low)
}

// settle ends the search if there is no more to be won. Larger packets are tried
// again after PathAge.
func (s *mtuSearch) settle(now clock.Time, low int) (done bool) {
	if s.high-low >= closeEnough {
		return false
	}
	s.on, s.raiseAt = false, now.Add(PathAge)
	return true
}

// lowered notes that a router has made packets smaller.
func (s *mtuSearch) lowered(now clock.Time) {
	*s = mtuSearch{raiseAt: now.Add(PathAge)}
}

// holed notes that timeouts have made packets smaller. It may have been something
// else than their size, so a larger one is tried as soon as data flow again.
func (s *mtuSearch) holed(now clock.Time) {
	*s = mtuSearch{raiseAt: now, hole: true}
}

// below is the size to go on with when packets of mtu bytes are never answered: a
// smaller one that more paths carry, or mtu itself when there is none (RFC 4821
// §7.7).
func below(mtu int, ipv6 bool) int {
	switch {
	case mtu > basePacket:
		return basePacket
	case !ipv6 && mtu > leastPacket4:
		return leastPacket4
	}
	return mtu
}
