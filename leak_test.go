package lastack_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

func TestTenThousandConnectionsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		ln := listen(t, server, "tcp", server4+":80")
		shortConnection(t, client, ln)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		goroutines, heap := bubbleGoroutines(), heapInUse()

		for range 10_000 {
			shortConnection(t, client, ln)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()

		for _, s := range []*lastack.Stack{client, server} {
			for info := range s.Conns() {
				if info.State != fsm.Listen {
					t.Errorf("left behind: %v", info)
				}
			}
		}
		if n := bubbleGoroutines(); n != goroutines {
			t.Errorf("%d goroutines before, %d after", goroutines, n)
		}
		if grown := heapInUse() - heap; grown > 8<<20 {
			t.Errorf("the heap has grown by %d bytes", grown)
		}
	})
}

// shortConnection opens, transfers one byte each way, and closes.
func shortConnection(t *testing.T, client *lastack.Stack, ln *lastack.Listener) {
	c := dial(t, client, ln.Addr().String())
	s := accept(t, ln)
	one := make([]byte, 1)
	must(t, second(c.Write(one)))
	must(t, second(io.ReadFull(s, one)))
	must(t, second(s.Write(one)))
	must(t, second(io.ReadFull(c, one)))
	must(t, c.Close())
	must(t, s.Close())
}

// bubbleGoroutines is how many goroutines the test's bubble has. Others, such
// as the one that runs finalizers, come and go.
func bubbleGoroutines() int {
	buf := make([]byte, 1<<20)
	return bytes.Count(buf[:runtime.Stack(buf, true)], []byte(", synctest bubble"))
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestConnsShowsWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		ln := listen(t, server, "tcp", ":80")
		c := dial(t, client, server4+":80")
		must(t, second(c.Write([]byte("hello"))))
		dial(t, client, "["+server6+"]:80")

		all := slices.Collect(server.Conns())
		if len(all) != 3 || all[0].State != fsm.Listen || all[0].Waiting != 2 {
			t.Fatalf("the server shows %v, want a listener with two connections that wait, and them", all)
		}
		if all[1].RecvQueue != 5 || all[1].Remote.String() != c.LocalAddr().String() {
			t.Errorf("the first connection is %v, want 5 bytes to be read", all[1])
		}
		for range client.Conns() {
			break // an iterator may be left
		}
		must(t, ln.Close())
		if left := slices.Collect(server.Conns()); len(left) != 0 {
			t.Errorf("after the listener's Close there is %v", left)
		}
	})
}

func TestInfoTellsAboutTheConnection(t *testing.T) {
	connected(t, func(t *testing.T, c, s *lastack.Conn) {
		must(t, second(c.Write(make([]byte, 100_000))))
		synctest.Wait()
		if got := s.Info(); got.RecvQueue != 100_000 || got.State != fsm.Established {
			t.Errorf("the receiver is %+v", got)
		}
		if got := c.Info(); got.SendQueue != 0 || got.SegmentSize != 1448 || got.Timer != trace.KeepAlive {
			t.Errorf("the sender is %+v", got)
		}
		must(t, c.CloseWrite())
		if got, want := s.Info().String(), fmt.Sprintf("CLOSE_WAIT  100000      0 10.0.0.2:%d ", s.LocalAddr().(*net.TCPAddr).Port); !strings.HasPrefix(got, want) {
			t.Errorf("the line is %q, want it to start with %q", got, want)
		}
	})
}
