//go:build linux

package interop

import (
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/lastack/lastack"
)

// many is how many short connections the tests make in a row.
const many = 10_000

// unobserved is a lab without a record, which would be the greatest load of
// all, and in which TIME_WAIT is over at once.
func unobserved(t *testing.T) *lab {
	with := setup{quiet: true}
	with.TimeWait = time.Millisecond
	return newLab(t, with)
}

// The kernel is the client and closes last, so that nobody's port is in
// TIME_WAIT for long.
func TestTenThousandConnectionsOfTheKernelLeaveNothing(t *testing.T) {
	l := unobserved(t)
	ln := l.listenHere(80)
	must(t, ln.SetDeadline(time.Time{}))
	served := make(chan error)
	go func() {
		for {
			c, err := ln.AcceptConn()
			if err != nil {
				return
			}
			served <- answer(c)
		}
	}()
	l.leavesNothing(func() error {
		return l.do(func() error {
			for range many {
				if err := ask(func() (net.Conn, error) { return net.Dial("tcp", at(l.ours, 80).String()) }, served); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// lastack is the client and closes last, too.
func TestTenThousandConnectionsOfLastackLeaveNothing(t *testing.T) {
	l := unobserved(t)
	ln := l.listen(at(l.host, 0))
	must(t, ln.SetDeadline(time.Time{}))
	served := make(chan error)
	go func() {
		for {
			c, err := ln.AcceptTCP()
			if err != nil {
				return
			}
			served <- answer(c)
		}
	}()
	l.leavesNothing(func() error {
		for range many {
			if err := ask(func() (net.Conn, error) { return l.stack.Dial("tcp", ln.Addr().String()) }, served); err != nil {
				return err
			}
		}
		return nil
	})
}

// answer is the server's side of a short connection: it reads one byte, sends
// it back and closes.
func answer(c net.Conn) error {
	one := make([]byte, 1)
	_, err := io.ReadFull(c, one)
	if err == nil {
		_, err = c.Write(one)
	}
	return firstOf(err, c.Close())
}

// ask is the client's: it sends one byte, reads it back and the end after it,
// and closes.
func ask(dial func() (net.Conn, error), served <-chan error) error {
	c, err := dial()
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte{42}); err != nil {
		return firstOf(err, c.Close())
	}
	_, err = io.ReadAll(c)
	return firstOf(err, c.Close(), <-served)
}

// leavesNothing does the work and counts what is left of it.
func (l *lab) leavesNothing(work func() error) {
	l.t.Helper()
	goroutines, heap, start := runtime.NumGoroutine(), heapInUse(), time.Now()
	must(l.t, work())
	l.t.Logf("%d connections in %v", many, time.Since(start).Round(time.Millisecond))
	await(l.t, "what the stack has left", "", func() string { return left(l.stack) })
	await(l.t, "whether goroutines are left", "no", func() string {
		if runtime.NumGoroutine() > goroutines {
			return "yes"
		}
		return "no"
	})
	if grown := heapInUse() - heap; grown > 4<<20 {
		l.t.Errorf("the heap has grown by %d bytes", grown)
	}
}

// left is the connections of a stack, empty if there are none.
func left(s *lastack.Stack) (all string) {
	for info := range s.Conns() {
		if info.Remote.IsValid() {
			all += info.String() + "\n"
		}
	}
	return all
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
