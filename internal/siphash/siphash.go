// Package siphash is SipHash-2-4 with a 64-bit result: a keyed hash of short
// inputs that a peer who does not know the key can neither predict nor make
// collide. Initial sequence numbers (RFC 6528), ephemeral ports (RFC 6056) and
// hash tables use it.
package siphash

import (
	"encoding/binary"
	"math/bits"
)

// A Key is the 16 secret bytes.
type Key [16]byte

// state is the four words that the rounds mix.
type state struct{ v0, v1, v2, v3 uint64 }

// Sum64 is the SipHash-2-4 of b under the key.
func Sum64(key *Key, b []byte) uint64 {
	s := newState(key)
	last := uint64(len(b)) << 56 // the last word's top byte is the length
	for ; len(b) >= 8; b = b[8:] {
		s.absorb(binary.LittleEndian.Uint64(b))
	}
	for i, c := range b {
		last |= uint64(c) << (8 * i)
	}
	s.absorb(last)
	return s.finish()
}

// newState is the key mixed with the four constants of SipHash, which spell
// "somepseudorandomlygeneratedbytes".
func newState(key *Key) state {
	k0 := binary.LittleEndian.Uint64(key[:8])
	k1 := binary.LittleEndian.Uint64(key[8:])
	return state{
		v0: k0 ^ 0x736f6d6570736575,
		v1: k1 ^ 0x646f72616e646f6d,
		v2: k0 ^ 0x6c7967656e657261,
		v3: k1 ^ 0x7465646279746573,
	}
}

// absorb mixes one word of input in, with two rounds.
func (s *state) absorb(m uint64) {
	s.v3 ^= m
	s.round()
	s.round()
	s.v0 ^= m
}

// finish is the result, after four more rounds.
func (s *state) finish() uint64 {
	s.v2 ^= 0xff
	for range 4 {
		s.round()
	}
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3
}

func (s *state) round() {
	s.v0 += s.v1
	s.v2 += s.v3
	s.v1 = bits.RotateLeft64(s.v1, 13) ^ s.v0
	s.v3 = bits.RotateLeft64(s.v3, 16) ^ s.v2
	s.v0 = bits.RotateLeft64(s.v0, 32)

	s.v2 += s.v1
	s.v0 += s.v3
	s.v1 = bits.RotateLeft64(s.v1, 17) ^ s.v2
	s.v3 = bits.RotateLeft64(s.v3, 21) ^ s.v0
	s.v2 = bits.RotateLeft64(s.v2, 32)
}
