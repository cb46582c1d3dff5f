package wire

import (
	"bytes"
	"testing"

	"github.com/lastack/lastack/internal/seq"
)

// MUST-68: every option but NOP has its length.
func TestOptionsAsLinuxWritesThem(t *testing.T) {
	ts := Options{HasTS: true, TSVal: 0x01020304, TSEcr: 0x05060708}
	with := func(o Options, change func(*Options)) Options { change(&o); return o }
	for _, tt := range []struct {
		name string
		o    Options
		want []byte
	}{
		{"none", Options{}, nil},
		{
			"the usual SYN", with(ts, func(o *Options) { o.MSS, o.SACKOK, o.HasWScale, o.WScale = 1460, true, true, 7 }),
			[]byte{2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7},
		},
		{"MSS only", Options{MSS: 536}, []byte{2, 4, 2, 24}},
		{
			"no timestamps",
			Options{MSS: 1460, SACKOK: true, HasWScale: true},
			[]byte{2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 0},
		},
		{"a shift count of 15 is 14", Options{HasWScale: true, WScale: 15}, []byte{1, 3, 3, 14}},
		{"timestamps", ts, []byte{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8}},
		{
			"timestamps and SACK", with(ts, func(o *Options) { o.NSACK, o.SACK[0] = 1, SACKBlock{1, 2} }),
			[]byte{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2},
		},
	} {
		s := Segment{Flags: SYN, Opts: tt.o}
		b := make([]byte, 60)
		if b = b[:s.Put(b)]; !bytes.Equal(b[20:], tt.want) {
			t.Errorf("%s: % x, want % x", tt.name, b[20:], tt.want)
		}
	}
}

// MUST-69, RFC 2018 §4: whatever is set, the header is whole words and no
// longer than the data offset can say, and the last SACK blocks go first.
func TestOptionsAlwaysFit(t *testing.T) {
	for bits := range 16 {
		for n := range uint8(9) {
			o := Options{SACKOK: bits&1 != 0, HasWScale: bits&2 != 0, HasTS: bits&4 != 0, NSACK: n}
			if bits&8 != 0 {
				o.MSS = 1460
			}
			for i := range o.SACK {
				o.SACK[i].Left = seq.Num(i + 1)
			}
			s := Segment{Flags: SYN, Opts: o}
			b := make([]byte, 60)
			size := s.Put(b)
			var got Segment
			if r := ParseTCP(b[:size], &got); r != OK || size%4 != 0 || len(got.Payload) != 0 {
				t.Fatalf("%+v: %v, %d bytes, %d of payload", o, r, size, len(got.Payload))
			}
			want := min(int(n), o.sackBlocksThatFit())
			if int(got.Opts.NSACK) != want || want > 0 && got.Opts.SACK[want-1].Left != seq.Num(want) {
				t.Errorf("%+v: %d blocks %v, want the first %d", o, got.Opts.NSACK, got.Opts.SACK, want)
			}
		}
	}
	if got := (Options{HasTS: true}).sackBlocksThatFit(); got != 3 {
		t.Errorf("%d SACK blocks fit beside timestamps, want 3", got)
	}
}

// MUST-4: END, NOP and MSS are known, and what becomes of others.
func TestParseOptions(t *testing.T) {
	mss := Options{MSS: 1460}
	for _, tt := range []struct {
		name string
		b    []byte
		want Options
	}{
		{"empty", nil, Options{}},
		{
			"MUST-64: not on a word boundary",
			[]byte{1, 2, 4, 5, 180, 3, 3, 7, 0},
			Options{MSS: 1460, HasWScale: true, WScale: 7},
		},
		{
			"MUST-64: timestamps at an odd offset",
			[]byte{1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 0},
			Options{HasTS: true, TSVal: 1, TSEcr: 2},
		},
		{"MUST-6: an unknown option is skipped", []byte{254, 6, 9, 9, 9, 9, 2, 4, 5, 180}, mss},
		{"MUST-6: an unknown option without data", []byte{99, 2, 2, 4, 5, 180}, mss},
		{"MUST-7: length zero ends it", []byte{2, 4, 5, 180, 99, 0, 3, 3, 7}, mss},
		{"MUST-7: length one ends it", []byte{2, 4, 5, 180, 3, 1, 3, 3, 7}, mss},
		{"MUST-7: a length past the end ends it", []byte{2, 4, 5, 180, 8, 10, 0, 0}, mss},
		{"MUST-7: a kind without a length ends it", []byte{2, 4, 5, 180, 8}, mss},
		{"MUST-7: an MSS of three bytes is skipped", []byte{2, 3, 5, 3, 3, 7}, Options{HasWScale: true, WScale: 7}},
		{"MUST-7: an MSS of six bytes is skipped", []byte{2, 6, 5, 180, 1, 1}, Options{}},
		{"MUST-7: a window scale of two bytes", []byte{3, 2, 2, 4, 5, 180}, mss},
		{"MUST-7: SACK-permitted of three bytes", []byte{4, 3, 0, 2, 4, 5, 180}, mss},
		{"MUST-7: timestamps of nine bytes", []byte{8, 9, 0, 0, 0, 0, 0, 0, 0, 2, 4, 5, 180}, mss},
		{"SACK without blocks", []byte{5, 2, 2, 4, 5, 180}, mss},
		{"half a SACK block", []byte{5, 6, 0, 0, 0, 1, 2, 4, 5, 180}, mss},
		{"what follows the end is not read", []byte{0, 2, 4, 5, 180}, Options{}},
		{"RFC 7323 §2.3: a shift count of 15 is 14", []byte{3, 3, 15}, Options{HasWScale: true, WScale: 14}},
		{"RFC 7323 §2.3: a shift count of 255 is 14", []byte{3, 3, 255}, Options{HasWScale: true, WScale: 14}},
		{"the last of two counts", []byte{2, 4, 0, 1, 2, 4, 5, 180}, mss},
		{
			"the last of two SACKs counts whole", append(
				[]byte{5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4},
				[]byte{5, 10, 0, 0, 0, 5, 0, 0, 0, 6}...),
			Options{NSACK: 1, SACK: [4]SACKBlock{{5, 6}}},
		},
		{"four SACK blocks", append([]byte{5, 34}, make([]byte, 32)...), Options{NSACK: 4}},
		{"an MSS of zero is none", []byte{2, 4, 0, 0}, Options{}},
	} {
		var got Options
		if got.parse(tt.b); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// §3.2, RFC 7323 §2.2, RFC 2018 §2: options on any segment are read (MUST-5), but
// some mean nothing without SYN.
func TestSYNOptionsCountOnSYNOnly(t *testing.T) {
	s := Segment{Flags: ACK, Opts: Options{MSS: 1, HasWScale: true, WScale: 2, SACKOK: true, HasTS: true, TSVal: 3}}
	b := make([]byte, 60)
	b = b[:s.Put(b)]
	var got Segment
	if ParseTCP(b, &got); got.Opts != (Options{HasTS: true, TSVal: 3}) {
		t.Errorf("options of an ACK: %+v, want the timestamps only", got.Opts)
	}
}

// RFC 5482 §3: a user timeout is in seconds, or in minutes if it is too long for
// that, rounded up; zero says nothing.
func TestUserTimeoutOption(t *testing.T) {
	for _, row := range []struct{ seconds, back uint32 }{
		{0, 0}, {1, 1}, {32767, 32767}, {32768, 32820}, {36000, 36000}, {1 << 30, utoMax * 60},
	} {
		out := Segment{Flags: ACK, Opts: Options{UserTimeout: row.seconds}}
		b := make([]byte, 60)
		n := out.Put(b)
		var in Segment
		if why := ParseTCP(b[:n], &in); why != OK || in.Opts.UserTimeout != row.back {
			t.Errorf("%d s comes back as %d s (%v), want %d", row.seconds, in.Opts.UserTimeout, why, row.back)
		}
	}
}
