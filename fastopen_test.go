package lastack_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
)

// serveFast is a stack that opens fast, both ways.
var serveFast = lastack.Config{FastOpen: lastack.FastOpenServe}

// The first DialFast to a server asks for a cookie, and the later ones bring it.
// All data arrive, in order, also those that do not fit a SYN or the buffer.
func TestDialFastDeliversAll(t *testing.T) {
	small := serveFast
	small.SendBuffer = 4 << 10
	client, server := pipe(t, small, serveFast)
	l := listen(t, server, "tcp", ":80")
	for _, size := range []int{0, 10, 1000, 100_000} {
		data := bytes.Repeat([]byte("0123456789"), size/10)
		got := make(chan []byte)
		go func() {
			c, err := l.Accept()
			if err != nil {
				got <- nil
				return
			}
			all, _ := io.ReadAll(c)
			c.Close()
			got <- all
		}()
		c, err := client.DialFast(context.Background(), "tcp", server4+":80", data)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if all := <-got; !bytes.Equal(all, data) {
			t.Errorf("%d bytes arrived, want %d", len(all), len(data))
		}
	}
	if n := server.Stats().FastAccepted; n < 2 {
		t.Errorf("%d connections were opened fast, want those after the first", n)
	}
}

// DialFast ends with its context while data wait for room, and leaves nothing.
func TestDialFastEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, lastack.Config{SendBuffer: 4 << 10}, lastack.Config{RecvBuffer: 4 << 10})
		listen(t, server, "tcp", ":80")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c, err := client.DialFast(ctx, "tcp", server4+":80", make([]byte, 1<<20))
		if c != nil || !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Errorf("got %v, %v", c, err)
		}
	})
}

// isTimeout reports whether an error says that a time ran out.
func isTimeout(err error) bool {
	var to interface{ Timeout() bool }
	return errors.As(err, &to) && to.Timeout()
}
