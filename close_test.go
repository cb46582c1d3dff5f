package lastack_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
)

func TestHalfCloseKeepsTheOtherDirection(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // 2 MiB
		echoed := make(chan error, 1)
		go func() {
			_, err := io.Copy(s, s)
			echoed <- errors.Join(err, s.CloseWrite())
		}()
		go func() {
			io.Copy(c, bytes.NewReader(sent))
			c.CloseWrite()
		}()
		got, err := io.ReadAll(c)
		must(t, err)
		must(t, <-echoed)
		if !bytes.Equal(got, sent) {
			t.Errorf("%d bytes came back, want the %d that were sent", len(got), len(sent))
		}
		synctest.Wait()
		if c.State() != fsm.TimeWait || s.State() != fsm.Closed {
			t.Errorf("the ends are in %v and %v, want TIME_WAIT and CLOSED", c.State(), s.State())
		}
	})
}

func TestCloseSendsWhatWasWritten(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, c.SetWriteBuffer(1<<20))
		must(t, second(c.Write(make([]byte, 1<<20))))
		must(t, c.Close())
		got, err := io.ReadAll(s)
		if len(got) != 1<<20 || err != nil {
			t.Errorf("the peer read %d bytes, %v, want 1 MiB", len(got), err)
		}
	})
}

func TestCloseWithUnreadDataResets(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, second(c.Write([]byte("nobody reads this"))))
		must(t, s.Close())
		checkError(t, second(c.Read(make([]byte, 1))), "read", syscall.ECONNRESET, false)
	})
}

func TestDataBeforeAResetCanBeRead(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, second(c.Write([]byte("last words"))))
		must(t, c.SetLinger(0))
		must(t, c.Close())
		got, err := io.ReadAll(s)
		if string(got) != "last words" {
			t.Errorf("the peer read %q", got)
		}
		checkError(t, err, "read", syscall.ECONNRESET, false)
	})
}

func TestCloseUnblocksWhatWaits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		close func(client *lastack.Stack, c *lastack.Conn)
	}{
		{"Conn.Close", func(_ *lastack.Stack, c *lastack.Conn) { c.Close() }},
		{"Stack.Close", func(client *lastack.Stack, _ *lastack.Conn) { client.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := pipe(t)
				c, _ := connect(t, client, server)
				errs := make(chan error, 3)
				go func() { errs <- second(c.Read(make([]byte, 1))) }()
				for range 2 { // one waits for room, one for its turn
					go func() { errs <- second(c.Write(make([]byte, 16<<20))) }()
				}
				synctest.Wait()
				tt.close(client, c)
				for range cap(errs) {
					if err := <-errs; !errors.Is(err, net.ErrClosed) {
						t.Errorf("got %v, want net.ErrClosed", err)
					}
				}
			})
		})
	}
}

func TestCloseUnblocksAccept(t *testing.T) {
	for _, tt := range []struct {
		name  string
		close func(*lastack.Stack, *lastack.Listener)
	}{
		{"Listener.Close", func(_ *lastack.Stack, ln *lastack.Listener) { ln.Close() }},
		{"Stack.Close", func(s *lastack.Stack, _ *lastack.Listener) { s.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, s := pipe(t)
				ln := listen(t, s, "tcp", ":80")
				got := make(chan error)
				go func() { got <- second(ln.Accept()) }()
				synctest.Wait()
				tt.close(s, ln)
				checkError(t, <-got, "accept", net.ErrClosed, false)
			})
		})
	}
}

func TestStackCloseUnblocksDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pipe(t)
		got := make(chan error)
		go func() { got <- second(client.Dial("tcp", "10.0.0.99:80")) }()
		synctest.Wait()
		must(t, client.Close())
		checkError(t, <-got, "dial", net.ErrClosed, false)
		if err := client.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the second Close gives %v", err)
		}
	})
}

func TestLingerWaitsForTheLastAcknowledgment(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, c.SetLinger(10))
		must(t, c.SetWriteBuffer(1<<20))
		must(t, s.SetReadBuffer(1<<20))
		must(t, second(c.Write(make([]byte, 1<<20))))
		must(t, second(c.Write(make([]byte, 1<<19)))) // more than fits in both buffers at once
		go func() {
			time.Sleep(3 * time.Second)
			io.Copy(io.Discard, s)
		}()
		begin := time.Now()
		must(t, c.Close())
		if took := time.Since(begin); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("Close took %v, want a little more than the peer's 3 s", took)
		}
	})
}

func TestLingerTellsWhyDataWasLost(t *testing.T) {
	for _, tt := range []struct {
		name string
		want error
		do   func(client *lastack.Stack, c, s *lastack.Conn)
	}{
		{"the peer resets", syscall.ECONNRESET, func(_ *lastack.Stack, c, s *lastack.Conn) {
			time.AfterFunc(time.Second, func() { s.Close() }) // with data unread
		}},
		{"there is unread data here", syscall.ECONNABORTED, func(_ *lastack.Stack, c, s *lastack.Conn) {
			s.Write([]byte("unread"))
		}},
		{"the stack closes", net.ErrClosed, func(client *lastack.Stack, c, s *lastack.Conn) {
			time.AfterFunc(time.Second, func() { client.Close() })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := pipe(t)
				c, s := connect(t, client, server)
				must(t, c.SetLinger(10))
				must(t, c.SetWriteBuffer(1<<20))
				must(t, s.SetReadBuffer(1<<20))
				must(t, second(c.Write(make([]byte, 1500<<10)))) // more than the peer takes unread
				tt.do(client, c, s)
				checkError(t, c.Close(), "close", tt.want, false)
			})
		})
	}
}

func TestLingerAbortsWhenTheTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _, gateB := gatedPipe(t, lastack.Config{})
		c, _ := connect(t, a, b)
		must(t, c.SetLinger(2))
		gateB.shut.Store(true)
		must(t, second(c.Write([]byte("hello?"))))
		begin := time.Now()
		checkError(t, c.Close(), "close", os.ErrDeadlineExceeded, true)
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("Close took %v, want the 2 s of SetLinger", took)
		}
		if c.State() != fsm.Closed {
			t.Errorf("the connection is in %v", c.State())
		}
	})
}

func TestClosedFinWait2Ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, lastack.Config{FinWait2: 5 * time.Second})
		c, _ := connect(t, client, server)
		must(t, c.Close())
		synctest.Wait()
		if c.State() != fsm.FinWait2 {
			t.Fatalf("the connection is in %v, want FIN_WAIT_2", c.State())
		}
		time.Sleep(6 * time.Second)
		if c.State() != fsm.Closed {
			t.Errorf("after 6 s the connection is in %v", c.State())
		}
	})
}

// Four writers, each with its own letter and writes larger than a buffer.
func TestConcurrentWritesDoNotInterleave(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		const size = 3 << 20
		for _, letter := range "abcd" {
			go func() {
				_, err := io.WriteString(c, strings.Repeat(string(letter), size))
				if err != nil {
					t.Error(err)
				}
			}()
		}
		got := make([]byte, size)
		for range 4 {
			must(t, second(io.ReadFull(s, got)))
			if n := bytes.Count(got, got[:1]); n != size {
				t.Fatalf("a write of %d bytes %q has bytes of another in it", size, got[0])
			}
		}
	})
}

func TestReadsOfZeroBytesDoNotWait(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		if n, err := c.Read(nil); n != 0 || err != nil {
			t.Errorf("Read(nil) gives %d, %v", n, err)
		}
		if n, err := c.Write(nil); n != 0 || err != nil {
			t.Errorf("Write(nil) gives %d, %v", n, err)
		}
	})
}

// A reset in LAST_ACK leaves no error at the core, yet Close has to end.
func TestLingerEndsWithAResetInLastAck(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, s.CloseWrite())
		must(t, second(io.ReadAll(c)))
		must(t, c.SetWriteDeadline(time.Now().Add(time.Second)))
		c.Write(make([]byte, 3<<20)) // more than the peer, who does not read, takes
		must(t, c.SetLinger(30))
		closed := make(chan error, 1)
		go func() { closed <- c.Close() }()
		synctest.Wait()
		if c.State() != fsm.LastAck {
			t.Fatalf("the state is %v", c.State())
		}
		must(t, s.SetLinger(0))
		must(t, s.Close())
		checkError(t, <-closed, "close", syscall.ECONNRESET, false)
	})
}
