package wire

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// naiveChecksum is RFC 1071 §4.1 word by word.
func naiveChecksum(b []byte) uint16 {
	var sum uint32
	for i := range b {
		if i%2 == 0 {
			sum += uint32(b[i]) << 8
		} else {
			sum += uint32(b[i])
		}
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestChecksumAtEveryLengthAndAlignment(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random, ones := randomBytes(r, 400), make([]byte, 400)
	for i := range ones {
		ones[i] = 0xff
	}
	for _, all := range [][]byte{random, ones, make([]byte, 400)} {
		for off := range 16 {
			for n := range 320 {
				b := all[off : off+n]
				if got, want := (Sum{}).Add(b).Checksum(), naiveChecksum(b); got != want {
					t.Fatalf("%d bytes at offset %d: %04x, want %04x", n, off, got, want)
				}
			}
		}
	}
}

func TestChecksumInPartsOfAnyLength(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		b := randomBytes(r, r.IntN(70000)>>r.IntN(14))
		var s Sum
		for rest := b; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			if n == 2 {
				s = s.AddUint16(uint16(rest[0])<<8 | uint16(rest[1]))
			} else {
				s = s.Add(rest[:n])
			}
			rest = rest[n:]
		}
		if got, want := s.Checksum(), naiveChecksum(b); got != want {
			t.Fatalf("%d bytes: %04x, want %04x", len(b), got, want)
		}
	}
}

// The example of RFC 1071 §3.
func TestChecksumExample(t *testing.T) {
	s := Sum{}.Add([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7})
	if got := s.Uint16(); got != 0xddf2 {
		t.Errorf("sum %04x, want ddf2", got)
	}
}

func BenchmarkChecksum(b *testing.B) {
	for _, n := range []int{20, 40, 576, 1460, 65535} {
		b.Run(fmt.Sprintf("len=%d", n), func(b *testing.B) {
			p := randomBytes(rand.New(rand.NewPCG(5, 6)), n)
			b.ReportAllocs()
			b.SetBytes(int64(n))
			for b.Loop() {
				Sum{}.Add(p).Checksum()
			}
		})
	}
}
