package stack

import (
	"encoding/binary"
	"time"

	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/siphash"
)

// isnTick is how often the clock of initial sequence numbers steps (§3.4.1).
const isnTick = 4 * time.Microsecond

// secrets is the keys of the hashes that must not be guessed, one for each
// use, so that what one reveals says nothing about another.
type secrets struct{ isn, timestamp, port, cookie, fast siphash.Key }

// newSecrets derives the keys from the one secret of a Config.
func newSecrets(secret [32]byte) (s secrets) {
	first, second := siphash.Key(secret[:16]), siphash.Key(secret[16:])
	for use, key := range []*siphash.Key{&s.isn, &s.timestamp, &s.port, &s.cookie, &s.fast} {
		binary.LittleEndian.PutUint64(key[:8], siphash.Sum64(&first, []byte{byte(use)}))
		binary.LittleEndian.PutUint64(key[8:], siphash.Sum64(&second, []byte{byte(use)}))
	}
	return s
}

// iss is the initial sequence number for a connection: a clock of 4
// microseconds plus an offset that only we know (RFC 6528 §3, MUST-8,
// MUST-9, SHLD-1).
func (s *secrets) iss(now clock.Time, t tuple) seq.Num {
	b := t.bytes()
	return seq.Num(uint32(int64(now)/int64(isnTick)) + uint32(siphash.Sum64(&s.isn, b[:])))
}

// tsOffset is what is added to the clock of a connection's timestamps. It is
// the same for each incarnation, so that a peer in TIME_WAIT sees them go on
// (RFC 7323 §5.4, RFC 6191 §3).
func (s *secrets) tsOffset(t tuple) uint32 {
	b := t.bytes()
	return uint32(siphash.Sum64(&s.timestamp, b[:]))
}

// portOffset is where the search for an ephemeral port starts: F of RFC 6056
// §3.3.3. The local port, which it finds, is left out.
func (s *secrets) portOffset(t tuple) uint32 {
	t.localPort = 0
	b := t.bytes()
	return uint32(siphash.Sum64(&s.port, b[:]))
}
