package tap

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/lastack/lastack/link"
)

// A seen is a packet of a capture.
type seen struct {
	t   time.Duration // since the first packet
	out bool
	pkt string
}

// readBack reads a capture with another program's reader.
func readBack(t *testing.T, file io.Reader) (got []seen, i pcapgo.NgInterface) {
	t.Helper()
	r, err := pcapgo.NewNgReader(file, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	if r.LinkType() != layers.LinkTypeRaw {
		t.Errorf("link type %v, want %v", r.LinkType(), layers.LinkTypeRaw)
	}
	var first time.Time
	for {
		pkt, ci, opts, err := r.ReadPacketDataWithOptions()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			first = ci.Timestamp
		}
		out := opts.Flags.Direction == pcapgo.NgEpbFlagDirectionOutbound
		got = append(got, seen{ci.Timestamp.Sub(first), out, string(pkt)})
	}
	if i, err = r.Interface(0); err != nil {
		t.Fatal(err)
	}
	return got, i
}

func packets(texts ...string) (pkts [][]byte) {
	for _, s := range texts {
		pkts = append(pkts, []byte(s))
	}
	return pkts
}

// The bubble's clock gives the times, and they are exact.
func TestTapWritesBothDirectionsInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var file bytes.Buffer
		a, b := link.Pipe(100)
		a, err := New(a, &file, Name("client"), Comment("a test"))
		if err != nil {
			t.Fatal(err)
		}
		var atA []string
		answers := 0
		_ = a.Start(func(pkts [][]byte) {
			for _, p := range pkts {
				atA = append(atA, string(p))
			}
		})
		_ = b.Start(func(pkts [][]byte) {
			answers++
			_ = b.Send(packets("answer"))
		})
		_ = a.Send(packets("question 1", "question 2"))
		time.Sleep(time.Second + 1)
		_ = a.Send(packets("question 3"))
		if err := errors.Join(a.Close(), b.Close()); err != nil {
			t.Fatal(err)
		}
		if a.MTU() != 100 || answers != 2 || !slices.Equal(atA, []string{"answer", "answer"}) {
			t.Errorf("mtu %d, %d answers, a received %q", a.MTU(), answers, atA)
		}
		got, i := readBack(t, &file)
		want := []seen{
			{0, true, "question 1"},
			{0, true, "question 2"},
			{0, false, "answer"},
			{time.Second + 1, true, "question 3"},
			{time.Second + 1, false, "answer"},
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		if i.Name != "client" || i.Comment != "a test" {
			t.Errorf("interface %q, comment %q", i.Name, i.Comment)
		}
	})
}

// Of packets 150 ms apart, the first, the third, the fifth ... write out what
// there is.
func TestTapWritesOutWhatIsOlderThanAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var file bytes.Buffer
		a, _ := link.Pipe(100)
		a, err := New(a, &file)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{1, 1, 3, 3, 5} {
			_ = a.Send(packets("packet"))
			if got, _ := readBack(t, bytes.NewReader(file.Bytes())); len(got) != want {
				t.Errorf("after %d packets the file has %d, want %d", i+1, len(got), want)
			}
			time.Sleep(150 * time.Millisecond)
		}
		_ = a.Close()
	})
}

func TestWriterTakesGivenTimes(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	want := []seen{{0, true, "one"}, {5, false, "two"}, {time.Hour, true, "three"}}
	for _, s := range want {
		if err := w.WritePacket(time.Unix(0, int64(s.t)), []byte(s.pkt), s.out); err != nil {
			t.Error(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.WritePacket(time.Unix(0, 0), nil, true); !errors.Is(err, link.ErrClosed) {
		t.Errorf("after Close: %v, want %v", err, link.ErrClosed)
	}
	got, i := readBack(t, &file)
	if !slices.Equal(got, want) || i.Name != "lastack" {
		t.Errorf("on %q: %v\nwant %v", i.Name, got, want)
	}
}

func TestFlushShowsThePacketsSoFar(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WritePacket(time.Unix(0, 0), []byte("one"), true), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if got, _ := readBack(t, &file); len(got) != 1 {
		t.Errorf("%d packets, want 1", len(got))
	}
}

// A disk takes so many bytes and then is full.
type disk struct{ free int }

var errFull = errors.New("disk is full")

func (d *disk) Write(p []byte) (int, error) {
	if len(p) > d.free {
		return 0, errFull
	}
	d.free -= len(p)
	return len(p), nil
}

func TestFailedCaptureLeavesTrafficAloneAndIsReportedByClose(t *testing.T) {
	for _, free := range []int{0, 5000} { // fails at Close, fails in the middle
		a, b := link.Pipe(0)
		received := 0
		_ = b.Start(func(pkts [][]byte) { received += len(pkts) })
		a, err := New(a, &disk{free})
		if err != nil {
			t.Fatal(err)
		}
		n := free / 100
		for range n {
			if err := a.Send(packets(string(make([]byte, 1000)))); err != nil {
				t.Error(err)
			}
		}
		if received != n {
			t.Errorf("%d packets arrived, want %d", received, n)
		}
		if err := a.Close(); !errors.Is(err, errFull) {
			t.Errorf("Close reports %v, want %v", err, errFull)
		}
		if err := a.Send(packets("late")); !errors.Is(err, link.ErrClosed) {
			t.Errorf("the link is not closed: Send reports %v", err)
		}
	}
}

func TestSecondCloseReportsErrClosed(t *testing.T) {
	a, _ := link.Pipe(0)
	a, err := New(a, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Close(); !errors.Is(err, link.ErrClosed) {
		t.Errorf("second Close: %v, want %v", err, link.ErrClosed)
	}
}

func TestManyGoroutinesShareATap(t *testing.T) {
	const senders, count = 4, 200
	var file bytes.Buffer
	a, b := link.Pipe(0)
	_ = b.Start(func(pkts [][]byte) { _ = b.Send(pkts) })
	a, err := New(a, &file)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Start(func([][]byte) {})
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for range count {
				_ = a.Send(packets("x"))
			}
		})
	}
	wg.Wait()
	if err := errors.Join(a.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	got, _ := readBack(t, &file)
	out, last := 0, time.Duration(0)
	for _, s := range got {
		if s.out {
			out++
		}
		if s.t < last {
			t.Errorf("time goes back from %v to %v", last, s.t)
		}
		last = s.t
	}
	if out != senders*count || len(got) != 2*out {
		t.Errorf("%d packets, %d of them sent; want %d, %d", len(got), out, 2*senders*count, senders*count)
	}
}
