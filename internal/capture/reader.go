// Package capture reads the TCP segments of capture files: pcap and pcapng, plain
// or compressed by gzip or zstd, of the usual link types.
//
// Nothing in a file is trusted: whatever it holds, reading gives packets, an error
// or the end.
package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/klauspost/compress/zstd"
)

// A Packet is one packet of a file, as far as it was captured.
type Packet struct {
	N         int // its number in the file, counted from one, as in Wireshark
	Time      time.Time
	Interface int      // on which it was captured, counted from zero
	Link      LinkType // what Data begins with
	Data      []byte   // valid until the next packet is read
	Len       int      // the packet's whole length in bytes; more than len(Data) if it was cut
}

// A Reader reads packets in the order of the file.
type Reader struct {
	src   source
	link  func(gopacket.CaptureInfo) LinkType
	close func()
	n     int
}

// source is what the readers of both file formats have in common.
type source interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// The first bytes of files.
var (
	magicGzip   = []byte{0x1f, 0x8b}
	magicZstd   = []byte{0x28, 0xb5, 0x2f, 0xfd}
	magicPcapng = []byte{0x0a, 0x0d, 0x0d, 0x0a}
)

// readAhead is how much of a file is read at a time, in bytes.
const readAhead = 1 << 20

// maxZstdMemory bounds what a zstd file may make its reader keep, in bytes.
const maxZstdMemory = 128 << 20

// errNotACapture is what a file gives that is none.
var errNotACapture = errors.New("not a capture file: give a pcap or pcapng file, plain or compressed by gzip or zstd")

// NewReader reads the head of a file. The caller closes r after the Reader.
func NewReader(r io.Reader) (*Reader, error) {
	head := bufio.NewReaderSize(r, readAhead)
	out := &Reader{close: func() {}}
	magic, err := head.Peek(4)
	switch {
	case len(magic) == 0 && err == io.EOF:
		return nil, errors.New("the file is empty: not a capture file")
	case bytes.HasPrefix(magic, magicGzip):
		plain, err := gzip.NewReader(head)
		if err != nil {
			return nil, fmt.Errorf("bad gzip file: %w", err)
		}
		head = bufio.NewReaderSize(plain, readAhead)
	case bytes.Equal(magic, magicZstd):
		plain, err := zstd.NewReader(head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxZstdMemory))
		if err != nil {
			return nil, fmt.Errorf("bad zstd file: %w", err)
		}
		out.close = plain.Close
		head = bufio.NewReaderSize(plain, readAhead)
	}
	if err := out.open(head); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// open chooses the format.
func (r *Reader) open(head *bufio.Reader) error {
	magic, err := head.Peek(4)
	if err != nil {
		return fmt.Errorf("%w (%v)", errNotACapture, err)
	}
	if bytes.Equal(magic, magicPcapng) {
		src, err := pcapgo.NewNgReader(head, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
		if err != nil {
			return fmt.Errorf("bad pcapng file: %w", err)
		}
		r.src = src
		r.link = func(ci gopacket.CaptureInfo) LinkType { return LinkType(ci.AncillaryData[0].(layers.LinkType)) }
		return nil
	}
	src, err := pcapgo.NewReader(head)
	if err != nil {
		return fmt.Errorf("%w (%v)", errNotACapture, err)
	}
	link := LinkType(src.LinkType())
	r.src, r.link = src, func(gopacket.CaptureInfo) LinkType { return link }
	return nil
}

// Next reads the next packet; io.EOF is the end of the file. A file that is
// damaged gives another error, after the packets before the damage.
func (r *Reader) Next(p *Packet) error {
	data, ci, err := r.src.ZeroCopyReadPacketData()
	switch {
	case err == io.EOF:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the file ends within packet %d: the capture was cut short: %w", r.n+1, err)
	case err != nil:
		return fmt.Errorf("packet %d: %w", r.n+1, err)
	}
	r.n++
	*p = Packet{
		N: r.n, Time: ci.Timestamp, Interface: ci.InterfaceIndex, Link: r.link(ci),
		Data: data, Len: max(ci.Length, len(data)),
	}
	return nil
}

// Close gives back what the Reader holds.
func (r *Reader) Close() { r.close() }
