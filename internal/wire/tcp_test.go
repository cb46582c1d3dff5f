package wire

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/lastack/lastack/internal/seq"
	"pgregory.net/rapid"
)

func TestWhatIsPutIsParsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, want := drawHeader(t), drawSegment(t)
		b := bytes.Repeat([]byte{0xee}, 400) // Put must not rely on zeros
		n := PutTCP(b, &h, &want)
		if n != h.HeaderLen()+want.HeaderLen()+len(want.Payload) {
			t.Fatalf("PutTCP returns %d", n)
		}
		p, got := mustParse(t, b[:n])
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("segment (-put +parsed):\n%s", diff)
		}
		if p.Src != h.Src || p.Dst != h.Dst || p.TTL != h.TTL || p.TOS != h.TOS || p.ID != h.ID {
			t.Fatalf("header %+v, want %+v", p, h)
		}
		if p.Proto != ProtoTCP || p.DF != p.Is4() || p.IsFragment() {
			t.Fatalf("header %+v: want TCP, not fragmented and not to be", p)
		}
	})
}

// MUST-2, MUST-3: a single changed bit anywhere in the segment or the
// addresses is found.
func TestChecksumFindsEveryBitError(t *testing.T) {
	for _, h := range families {
		seg := Segment{Flags: ACK, Seq: 7, Payload: []byte("odd")}
		b := make([]byte, 100)
		b = b[:PutTCP(b, &h, &seg)]
		var p Packet
		ParseIP(b, &p)
		for bit := range 8 * len(p.Payload) {
			p.Payload[bit/8] ^= 1 << (bit % 8)
			if VerifyTCP(&p) {
				t.Errorf("bit %d is changed and the checksum still right", bit)
			}
			p.Payload[bit/8] ^= 1 << (bit % 8)
		}
		p.Src = p.Src.Next()
		if VerifyTCP(&p) {
			t.Error("the source is changed and the checksum still right")
		}
	}
}

func TestParseTCPRefuses(t *testing.T) {
	header := func(dataOffset byte, n int) []byte {
		b := make([]byte, n)
		if n > 12 {
			b[12] = dataOffset << 4
		}
		return b
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want Reason
	}{
		{"nothing", nil, ShortTCP},
		{"19 bytes", header(5, 19), ShortTCP},
		{"data offset 0", header(0, 40), BadDataOffset},
		{"data offset 4", header(4, 40), BadDataOffset},
		{"data offset past the end", header(6, 23), BadDataOffset},
		{"data offset 15 past the end", header(15, 59), BadDataOffset},
		{"a bare header", header(5, 20), OK},
		{"the longest header", header(15, 60), OK},
	} {
		var seg Segment
		if got := ParseTCP(tt.b, &seg); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestReservedBitsAreIgnored(t *testing.T) {
	b := make([]byte, 20)
	(&Segment{Flags: ACK | AE}).Put(b)
	b[12] |= 0x0e
	var seg Segment
	if r := ParseTCP(b, &seg); r != OK || seg.Flags != ACK|AE {
		t.Errorf("%v, flags %v; want ok, %v", r, seg.Flags, ACK|AE)
	}
}

// A segment that is parsed into keeps nothing of the one before.
func TestParseTCPForgetsTheLastSegment(t *testing.T) {
	full := Segment{
		Flags: SYN | URG, Up: 9, Wnd: 1, Payload: []byte("x"),
		Opts: Options{MSS: 1, SACKOK: true, HasTS: true, TSVal: 1, NSACK: 1, SACK: [4]SACKBlock{{1, 2}}},
	}
	bare := Segment{Seq: seq.Num(5)}
	b := make([]byte, 20)
	bare.Put(b)
	if ParseTCP(b, &full); !cmp.Equal(full, bare, cmpopts.EquateEmpty()) {
		t.Errorf("parsed %+v, want %+v", full, bare)
	}
}
