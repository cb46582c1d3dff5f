//go:build linux

package interop

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"testing"
)

// An end is what the connections of both TCPs have in common.
type end interface {
	net.Conn
	CloseRead() error
	CloseWrite() error
	SetLinger(sec int) error
}

// connect gives the two ends of a connection that lastack has opened, or the
// kernel.
func (l *lab) connect(lastackOpens bool) (ours, theirs end) {
	l.t.Helper()
	if lastackOpens {
		ln := l.listen(at(l.host, 0))
		c, err := l.dialHere(ln.Addr().(*net.TCPAddr).AddrPort())
		must(l.t, err)
		return c, l.accept(ln)
	}
	ln := l.listenHere(80)
	c, err := l.dial(noLocal, at(l.ours, 80))
	must(l.t, err)
	return l.acceptHere(ln), c
}

// exchange sends a few bytes each way.
func exchange(t *testing.T, a, b net.Conn) {
	t.Helper()
	send(t, a, b, "question")
	send(t, b, a, "answer")
}

// send writes at one end and reads at the other.
func send(t *testing.T, from, to net.Conn, text string) {
	t.Helper()
	_, err := from.Write([]byte(text))
	must(t, err)
	got := make([]byte, len(text))
	if _, err := io.ReadFull(to, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v; want %q", got, err, text)
	}
}

// wantEOF reads the end of the stream, and nothing before it.
func wantEOF(t *testing.T, c net.Conn) {
	t.Helper()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Fatalf("read gives %d, %v; want EOF", n, err)
	}
}

// wantError reads an error that errors.Is finds to be want.
func wantError(t *testing.T, c net.Conn, want error) {
	t.Helper()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, want) {
		t.Fatalf("read gives %v, want %v", err, want)
	}
}

// noise is n bytes that look like nothing else. They are the same every time.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// transfer sends data from one end to the other until the end of the stream,
// and compares.
func transfer(t *testing.T, from, to end, data []byte) {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		_, err := from.Write(data)
		sent <- firstOf(err, from.CloseWrite())
	}()
	wantBytes(t, to, data)
	must(t, <-sent)
}

// wantBytes reads to the end of the stream and compares.
func wantBytes(t *testing.T, c net.Conn, want []byte) {
	t.Helper()
	got, err := io.ReadAll(c)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrived, not the %d that were sent", len(got), len(want))
	}
}
