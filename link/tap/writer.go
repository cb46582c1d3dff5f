package tap

import (
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/lastack/lastack/link"
)

// An Option says something about a capture.
type Option func(*options)

type options struct{ name, comment string }

// Name names the interface on which the packets were seen. It is "lastack" if
// it is not given.
func Name(name string) Option {
	return func(o *options) { o.name = name }
}

// Comment is a remark that is kept with the interface.
func Comment(text string) Option {
	return func(o *options) { o.comment = text }
}

// A Writer writes packets to a pcapng file, with times to the nanosecond and
// with their direction. Its methods may be called by several goroutines at
// once.
//
// It stops at the first error, which every later call returns.
type Writer struct {
	mu  sync.Mutex
	ng  *pcapgo.NgWriter
	err error // the first; link.ErrClosed after a Close without one

	flushed time.Time // when writeNow last wrote out what is buffered
}

// flushEvery is how long packets that are seen live may be buffered while more
// of them come.
const flushEvery = 200 * time.Millisecond

// NewWriter begins a pcapng file on w, to be ended with Close. It does not
// close w.
func NewWriter(w io.Writer, opts ...Option) (*Writer, error) {
	o := options{name: "lastack"}
	for _, opt := range opts {
		opt(&o)
	}
	i := pcapgo.NgInterface{
		Name: o.name, Comment: o.comment, OS: runtime.GOOS,
		LinkType: layers.LinkTypeRaw, TimestampResolution: 9, // digits: nanoseconds
	}
	ng, err := pcapgo.NewNgWriterInterface(w, i, pcapgo.NgWriterOptions{
		SectionInfo: pcapgo.NgSectionInfo{Application: "lastack", Hardware: runtime.GOARCH, OS: runtime.GOOS},
	})
	if err != nil {
		return nil, fmt.Errorf("write capture: %w", err)
	}
	return &Writer{ng: ng}, nil
}

// Directions, as pcapng's flags have them.
var (
	inbound  = pcapgo.NgPacketOptions{Flags: &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionInbound}}
	outbound = pcapgo.NgPacketOptions{Flags: &pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionOutbound}}
)

// WritePacket writes an IP packet that was seen at t and was sent (out) or
// received. The packet is not kept.
//
// Programs with a virtual time give it here, such as time.Unix(0, ns). Readers
// expect times from the year 1970 on.
func (w *Writer) WritePacket(t time.Time, pkt []byte, out bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(t, pkt, out)
}

// writeNow writes packets that are seen now. The clock is read under the lock,
// so that the times in the file do not go back.
func (w *Writer) writeNow(pkts [][]byte, out bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for _, pkt := range pkts {
		if w.write(now, pkt, out) != nil {
			return // the error stays in w.err
		}
	}
	if now.Sub(w.flushed) >= flushEvery {
		w.flushed = now
		_ = w.fail(w.ng.Flush())
	}
}

func (w *Writer) write(t time.Time, pkt []byte, out bool) error {
	if w.err != nil {
		return w.err
	}
	opts := inbound
	if out {
		opts = outbound
	}
	ci := gopacket.CaptureInfo{Timestamp: t, CaptureLength: len(pkt), Length: len(pkt)}
	return w.fail(w.ng.WritePacketWithOptions(ci, pkt, opts))
}

// fail keeps an error for later calls.
func (w *Writer) fail(err error) error {
	if err != nil {
		w.err = fmt.Errorf("write capture: %w", err)
	}
	return w.err
}

// Flush writes out what is buffered, so that a reader of the file finds every
// packet so far.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return w.fail(w.ng.Flush())
}

// Close ends the file: it writes out what is buffered and uses the underlying
// writer no more. It returns the first error of the whole capture. Later calls
// of any method return that error, or link.ErrClosed if there was none.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.fail(w.ng.Flush()); err != nil {
		return err
	}
	w.err = link.ErrClosed
	return nil
}
