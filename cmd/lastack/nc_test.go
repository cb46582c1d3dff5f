package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/lastack/lastack"
)

// A relayed is relay at one end of a connection.
type relayed struct {
	peer *lastack.Conn // the other end
	out  bytes.Buffer
	done chan error
}

// relaying runs a test in virtual time with relay at work.
func relaying(t *testing.T, in func() io.Reader, test func(interrupt func(), r *relayed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a, b := lastack.Pipe()
		defer b.Close()
		defer a.Close()
		ln, err := b.Listen("tcp", ":7")
		if err != nil {
			t.Fatal(err)
		}
		c := connect(t, a, 7)
		r := &relayed{done: make(chan error, 1)}
		if r.peer, err = ln.AcceptConn(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		input := in()
		go func() { r.done <- relay(ctx, c, nil, input, &r.out) }()
		test(cancel, r)
	})
}

// text is an input.
func text(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

func TestRelayEndsAfterBothEndsHaveClosed(t *testing.T) {
	relaying(t, text("question"), func(_ func(), r *relayed) {
		got, _ := io.ReadAll(r.peer)
		_, _ = io.WriteString(r.peer, "answer to "+string(got))
		r.peer.Close()
		if err := <-r.done; r.out.String() != "answer to question" || err != nil {
			t.Errorf("relay has written %q, %v", r.out.String(), err)
		}
	})
}

func TestRelaySendsAfterThePeerHasClosed(t *testing.T) {
	var input *io.PipeWriter
	pipe := func() io.Reader {
		var in *io.PipeReader
		in, input = io.Pipe()
		return in
	}
	relaying(t, pipe, func(_ func(), r *relayed) {
		_ = r.peer.CloseWrite()
		synctest.Wait()
		go func() {
			_, _ = io.WriteString(input, "late")
			input.Close()
		}()
		got, _ := io.ReadAll(r.peer)
		if err := <-r.done; string(got) != "late" || err != nil {
			t.Errorf("the peer got %q, relay reports %v", got, err)
		}
	})
}

func TestRelayReportsAReset(t *testing.T) {
	relaying(t, text(""), func(_ func(), r *relayed) {
		_ = r.peer.SetLinger(0)
		r.peer.Close()
		if err := <-r.done; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("relay reports %v, want connection reset", err)
		}
	})
}

func TestRelayAbortsWhenInterrupted(t *testing.T) {
	relaying(t, text(""), func(interrupt func(), r *relayed) {
		_, _ = io.ReadAll(r.peer)
		interrupt()
		err := <-r.done
		synctest.Wait()
		_, peer := r.peer.Write([]byte("x"))
		if !errors.Is(err, errInterrupted) || !errors.Is(peer, syscall.ECONNRESET) {
			t.Errorf("relay reports %v, the peer's write %v; want interrupted and a reset", err, peer)
		}
	})
}
