package lastack_test

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
)

func TestDeadlineEndsTheCallOnTime(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		begin := time.Now()
		must(t, c.SetDeadline(begin.Add(7*time.Second)))
		_, readErr := c.Read(make([]byte, 1))
		n, writeErr := c.Write(make([]byte, 16<<20))
		for _, err := range []error{readErr, writeErr} {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
		if n != 0 {
			t.Errorf("Write took %d bytes after the deadline", n)
		}
		if took := time.Since(begin); took != 7*time.Second {
			t.Errorf("it took %v, want 7 s", took)
		}
	})
}

func TestDeadlineTellsHowMuchWasWritten(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, c.SetWriteDeadline(time.Now().Add(time.Second)))
		n, err := c.Write(make([]byte, 16<<20))
		if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n == 16<<20 {
			t.Errorf("Write gives %d, %v", n, err)
		}
	})
}

// A change of the deadline reaches a call that waits already.
func TestDeadlineCanBeMoved(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		begin := time.Now()
		got := make(chan time.Duration)
		read := func() {
			_, err := c.Read(make([]byte, 1))
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			got <- time.Since(begin)
		}

		must(t, c.SetReadDeadline(begin.Add(10*time.Second)))
		go read()
		synctest.Wait()
		must(t, c.SetReadDeadline(time.Time{}))
		time.Sleep(20 * time.Second)
		must(t, c.SetReadDeadline(begin.Add(30*time.Second)))
		if at := <-got; at != 30*time.Second {
			t.Errorf("Read ended after %v, want 30 s: later than the first deadline", at)
		}

		must(t, c.SetReadDeadline(time.Time{}))
		go read()
		synctest.Wait()
		must(t, c.SetReadDeadline(time.Now().Add(-time.Hour)))
		if at := <-got; at != 30*time.Second {
			t.Errorf("Read ended after %v, want at once", at)
		}
	})
}

func TestDeadlineGoesBeforeData(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, second(s.Write([]byte("x"))))
		must(t, c.SetReadDeadline(time.Now()))
		if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read gives %d, %v", n, err)
		}
		must(t, c.SetReadDeadline(time.Time{}))
		if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("without a deadline Read gives %d, %v", n, err)
		}
	})
}

func TestAcceptDeadlineCanBeLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		ln := listen(t, server, "tcp", ":80")
		must(t, ln.SetDeadline(time.Now().Add(-1)))
		if _, err := ln.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		must(t, ln.SetDeadline(time.Time{}))
		dial(t, client, server4+":80")
		accept(t, ln)
	})
}
