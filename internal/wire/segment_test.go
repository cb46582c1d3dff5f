package wire

import (
	"bytes"
	"fmt"
	"testing"
)

// SEG.LEN counts the text, SYN and FIN (§3.4), and numbers wrap.
func TestSegmentLengthCountsControls(t *testing.T) {
	for _, tt := range []struct {
		flags Flags
		text  int
		want  uint32
	}{
		{0, 0, 0},
		{ACK | PSH | URG | RST, 0, 0},
		{SYN, 0, 1},
		{FIN, 0, 1},
		{SYN | FIN, 0, 2},
		{ACK, 10, 10},
		{FIN | ACK, 10, 11},
		{SYN | FIN, 10, 12},
	} {
		seg := Segment{Flags: tt.flags, Seq: 1<<32 - 5, Payload: make([]byte, tt.text)}
		if got := seg.Len(); got != tt.want {
			t.Errorf("%v with %d bytes is %d long, want %d", tt.flags, tt.text, got, tt.want)
		}
		if got := uint32(seg.End()); got != tt.want-5 {
			t.Errorf("%v with %d bytes ends at %d, want %d", tt.flags, tt.text, got, tt.want-5)
		}
	}
}

// Flags are written in packetdrill's letters, each by its own.
func TestFlagsInLetters(t *testing.T) {
	for f, want := range map[Flags]string{
		0: "-", FIN: "F", SYN: "S", RST: "R", PSH: "P", ACK: ".", URG: "U", ECE: "E", CWR: "W", AE: "A",
		SYN | ACK: "S.", FIN | PSH | ACK: "FP.", SYN | ECE | CWR: "SEW",
	} {
		if got := f.String(); got != want {
			t.Errorf("%#x is %q, want %q", uint16(f), got, want)
		}
	}
}

// A fast open cookie has an even length of 4 to 16 bytes; none at all asks for one
// (RFC 7413 §4.1.1).
func TestCookieLengths(t *testing.T) {
	for n := range 20 {
		want := n == 0 || n == 4 || n == 6 || n == 8 || n == 10 || n == 12 || n == 14 || n == 16
		if got := validCookie(n); got != want {
			t.Errorf("%d bytes are a cookie: %v, want %v", n, got, want)
		}
	}
}

// A cookie's option says its length, and is filled up to whole words.
func TestCookieIsPutInWholeWords(t *testing.T) {
	for n, want := range map[uint8][]byte{
		0: {optFO, 2, optNop, optNop},
		4: {optFO, 6, 1, 2, 3, 4, optNop, optNop},
		6: {optFO, 8, 1, 2, 3, 4, 5, 6},
		8: {optFO, 10, 1, 2, 3, 4, 5, 6, 7, 8, optNop, optNop},
	} {
		c := Cookie{N: n, B: [mostCookie]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
		room := bytes.Repeat([]byte{0xee}, 40)
		rest := c.put(room)
		if got := room[:40-len(rest)]; !bytes.Equal(got, want) || len(got) != c.optionLen() {
			t.Errorf("a cookie of %d bytes is %v in %d, want %v", n, got, c.optionLen(), want)
		}
		if !bytes.Equal(rest, bytes.Repeat([]byte{0xee}, len(rest))) {
			t.Errorf("a cookie of %d bytes writes behind its option", n)
		}
	}
}

// Each ECN field has a name of its own, and is the last two bits of the TOS (RFC
// 3168 §5).
func TestECNField(t *testing.T) {
	seen := map[string]bool{}
	for tos := range 8 {
		p := Packet{TOS: uint8(tos)}
		if got := uint8(p.ECN()); got != uint8(tos)&3 {
			t.Errorf("TOS %d has ECN field %d", tos, got)
		}
		seen[fmt.Sprint(p.ECN())] = true
	}
	if len(seen) != 4 {
		t.Errorf("the names of the ECN fields are %v", seen)
	}
}
