package wire

import (
	"fmt"
	"testing"
)

// typical is a segment of an established connection, with n bytes.
func typical(n int) Segment {
	return Segment{
		SrcPort: 40000, DstPort: 80, Flags: ACK | PSH, Seq: 1, Ack: 2, Wnd: 500,
		Opts:    Options{HasTS: true, TSVal: 3, TSEcr: 4},
		Payload: make([]byte, n),
	}
}

func TestParseAndPutDoNotAllocate(t *testing.T) {
	b := make([]byte, 2000)
	var p Packet
	var seg Segment
	var m ICMP
	out := typical(1448)
	for _, h := range families {
		n := testing.AllocsPerRun(100, func() {
			size := PutTCP(b, &h, &out)
			if ParseIP(b[:size], &p) != OK || !VerifyTCP(&p) || ParseTCP(p.Payload, &seg) != OK {
				t.Error("not parsed")
			}
			size = PutICMP(b[1000:], &h, &ICMP{Kind: PacketTooBig, MTU: 1280, Data: b[:100]})
			if ParseIP(b[1000:1000+size], &p) != OK || ParseICMP(&p, &m) != OK {
				t.Error("ICMP not parsed")
			}
		})
		if n != 0 {
			t.Errorf("%v allocations, want 0", n)
		}
	}
}

// BenchmarkParse is all that a received TCP packet goes through.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{0, 64, 1448} {
		b.Run(fmt.Sprintf("len=%d", n), func(b *testing.B) {
			buf := make([]byte, 2000)
			out := typical(n)
			buf = buf[:PutTCP(buf, &families[0], &out)]
			b.ReportAllocs()
			b.SetBytes(int64(len(buf)))
			var p Packet
			var seg Segment
			for b.Loop() {
				if ParseIP(buf, &p) != OK || !VerifyTCP(&p) || ParseTCP(p.Payload, &seg) != OK {
					b.Fatal("not parsed")
				}
			}
		})
	}
}

// BenchmarkPut is all that a sent TCP packet goes through.
func BenchmarkPut(b *testing.B) {
	for _, n := range []int{0, 64, 1448} {
		b.Run(fmt.Sprintf("len=%d", n), func(b *testing.B) {
			buf := make([]byte, 2000)
			seg := typical(n)
			b.ReportAllocs()
			b.SetBytes(int64(40 + 12 + n))
			for b.Loop() {
				PutTCP(buf, &families[0], &seg)
			}
		})
	}
}
