// Package tap records what a link carries, as a pcapng file that Wireshark and
// tshark read.
package tap

import (
	"errors"
	"io"

	"github.com/lastack/lastack/link"
)

// New returns a link that works as l does and writes every packet, sent or
// received, to w as pcapng. A packet is written before it is passed on, so a
// question stands before its answer.
//
// A capture that fails does not disturb the link: packets go on, and Close
// returns the error. Close closes l, ends the file and does not close w. Until
// then the latest packets may be buffered; as more come, those of 200 ms ago
// and before are in w, so that the file can be watched as it grows.
//
// The tap waits for w. A w that waits for the stack in turn would block both.
func New(l link.Link, w io.Writer, opts ...Option) (link.Link, error) {
	file, err := NewWriter(w, opts...)
	if err != nil {
		return nil, err
	}
	return &tap{Link: l, file: file}, nil
}

// A tap is a link with a Writer beside it.
type tap struct {
	link.Link
	file *Writer
}

func (t *tap) Start(receive func(pkts [][]byte)) error {
	return t.Link.Start(func(pkts [][]byte) {
		t.file.writeNow(pkts, false)
		receive(pkts)
	})
}

func (t *tap) Send(pkts [][]byte) error {
	t.file.writeNow(pkts, true)
	return t.Link.Send(pkts)
}

// Close closes the link first, so that the file has all that was received.
func (t *tap) Close() error {
	return errors.Join(t.Link.Close(), t.file.Close())
}
