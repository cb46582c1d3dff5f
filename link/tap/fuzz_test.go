package tap

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// Whatever packets are written, at whatever times, another program reads the
// same from the file.
func FuzzWriter(f *testing.F) {
	f.Add([]byte("abc"), uint8(1), int64(0), int64(1500))
	f.Add([]byte{0x45, 0, 0, 20, 0xff, 0}, uint8(3), int64(1<<40), int64(-1))
	f.Add([]byte(nil), uint8(0), int64(1), int64(time.Hour))
	f.Fuzz(func(t *testing.T, data []byte, size uint8, start, step int64) {
		var file bytes.Buffer
		w, err := NewWriter(&file, Name("fuzz"), Comment(string(data[:min(len(data), 20)])))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(0, start&(1<<60-1))
		first := at
		var want []seen
		for i, pkt := range slices.Collect(slices.Chunk(data, int(size)+1)) {
			if err := w.WritePacket(at, pkt, i%2 == 0); err != nil {
				t.Fatal(err)
			}
			want = append(want, seen{at.Sub(first), i%2 == 0, string(pkt)})
			at = at.Add(time.Duration(step % int64(time.Hour)))
			if at.UnixNano() < 0 {
				at = first // a file has no times before 1970
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, _ := readBack(t, &file); !slices.Equal(got, want) {
			t.Errorf("%v comes back as %v", want, got)
		}
	})
}
