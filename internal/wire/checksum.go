package wire

import (
	"encoding/binary"
	"math/bits"
)

// A Sum is an Internet checksum (RFC 1071) in the making: the one's complement
// sum of 16-bit words. It is taken in parts of any length, odd ones too; the
// zero value is the sum of nothing.
//
// The sum is kept as a 64-bit one's complement number in little-endian order.
// RFC 1071 §2 allows both: 2⁶⁴-1 is a multiple of 2¹⁶-1, and swapping the bytes
// of every word swaps the bytes of the result.
type Sum struct {
	acc uint64
	odd bool // an odd number of bytes is in acc
}

// Add is the sum with b after what is in it.
func (s Sum) Add(b []byte) Sum {
	return s.add(sumBytes(b), len(b)%2 != 0)
}

// AddUint16 is the sum with the two bytes of v after what is in it.
func (s Sum) AddUint16(v uint16) Sum {
	return s.add(uint64(bits.ReverseBytes16(v)), false)
}

// Uint16 is the sum folded to 16 bits: 0xffff for data that carries its right
// checksum.
func (s Sum) Uint16() uint16 {
	v := s.acc>>32 + s.acc&0xffffffff // at most 33 bits
	v = v>>16&0xffff + v&0xffff + v>>32
	v = v>>16 + v&0xffff
	v = v>>16 + v&0xffff
	return bits.ReverseBytes16(uint16(v))
}

// Checksum is what goes into the checksum field: the complement of the sum.
func (s Sum) Checksum() uint16 { return ^s.Uint16() }

// add appends a part with the sum part. After an odd number of bytes each
// byte of the part belongs to the other half of its word, which is what a
// rotation by eight bits does.
func (s Sum) add(part uint64, odd bool) Sum {
	if s.odd {
		part = bits.RotateLeft64(part, 8)
	}
	acc, carry := bits.Add64(s.acc, part, 0)
	return Sum{acc + carry, s.odd != odd}
}

// sumBytes is the 64-bit one's complement sum of b, as little-endian words.
func sumBytes(b []byte) uint64 {
	var acc, carry uint64
	for len(b) >= 64 {
		p := b[:64]
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[0:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[8:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[16:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[24:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[32:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[40:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[48:]), carry)
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(p[56:]), carry)
		b = b[64:]
	}
	for len(b) >= 8 {
		acc, carry = bits.Add64(acc, binary.LittleEndian.Uint64(b), carry)
		b = b[8:]
	}
	if len(b) >= 4 {
		acc, carry = bits.Add64(acc, uint64(binary.LittleEndian.Uint32(b)), carry)
		b = b[4:]
	}
	var tail uint64 // the last three bytes at most
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	acc, carry = bits.Add64(acc, tail, carry)
	return acc + carry
}
