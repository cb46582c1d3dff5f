package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/sample"
)

const (
	// perService is how many connections go to one port of b: not more than a
	// has ports for.
	perService = 20_000
	// openers is how many connections are opened at a time.
	openers = 32
)

// Idle opens n connections and yields two samples: the memory that one takes,
// both ends together, in bytes, before and after a request and an answer have
// passed. It should have a process to itself. The kernel's memory is counted
// only if it is asked for.
func Idle(pair hosts.Pair, n int, kernel bool) ([]sample.Sample, error) {
	out, in := make([]net.Conn, 0, n), make([]net.Conn, 0, n)
	before, err := memory(kernel)
	if err != nil {
		return nil, err
	}
	for service := 0; len(out) < n; service++ {
		more := min(perService, n-len(out))
		if out, in, err = openMany(pair, service, more, out, in); err != nil {
			return nil, err
		}
	}
	idle, errIdle := memory(kernel)
	errUse := useAll(out, in)
	used, errUsed := memory(kernel)
	closeAll(out)
	closeAll(in)
	each := func(total int64) sample.Sample {
		return sample.Sample{Value: float64(total-before) / float64(n)}
	}
	return []sample.Sample{each(idle), each(used)}, errors.Join(errIdle, errUse, errUsed)
}

// openMany appends n connections to a service.
func openMany(pair hosts.Pair, service, n int, out, in []net.Conn) (_, _ []net.Conn, err error) {
	ln, err := pair.Listen(service)
	if err != nil {
		return nil, nil, fmt.Errorf("listen: %w", err)
	}
	defer ln.Close()
	var accepting sync.WaitGroup
	var acceptErr error
	accepting.Go(func() {
		for range n {
			c, err := ln.Accept()
			if err != nil {
				acceptErr = err
				return
			}
			in = append(in, c)
		}
	})
	out, err = dialMany(pair, service, n, out)
	if err != nil {
		_ = ln.Close() // or it would accept for ever
	}
	accepting.Wait()
	return out, in, errors.Join(err, acceptErr)
}

// dialMany appends n connections to a service, opened by several goroutines.
func dialMany(pair hosts.Pair, service, n int, out []net.Conn) ([]net.Conn, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var failed error
	for range openers {
		all.Go(func() {
			for {
				mu.Lock()
				enough := n == 0 || failed != nil
				if !enough {
					n--
				}
				mu.Unlock()
				if enough {
					return
				}
				c, err := pair.Dial(context.Background(), service)
				mu.Lock()
				if err != nil {
					failed = fmt.Errorf("dial: %w", err)
				} else {
					out = append(out, c)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return out, failed
}

// useAll passes a request and an answer over every connection. No goroutine
// waits at any of them, so none is counted.
func useAll(out, in []net.Conn) error {
	var buf [request]byte
	for _, step := range []struct {
		conns []net.Conn
		do    func(net.Conn) (int, error)
	}{
		{out, func(c net.Conn) (int, error) { return c.Write(buf[:]) }},
		{in, func(c net.Conn) (int, error) { return io.ReadFull(c, buf[:]) }},
		{in, func(c net.Conn) (int, error) { return c.Write(buf[:]) }},
		{out, func(c net.Conn) (int, error) { return io.ReadFull(c, buf[:]) }},
	} {
		for _, c := range step.conns {
			if _, err := step.do(c); err != nil {
				return fmt.Errorf("use a connection: %w", err)
			}
		}
	}
	return nil
}

// MayOpen reports whether the process may have the files open that n
// connections of the kernel need.
func MayOpen(n int) bool {
	var limit unix.Rlimit
	// It cannot fail for a limit that exists.
	_ = unix.Getrlimit(unix.RLIMIT_NOFILE, &limit)
	return limit.Max >= uint64(files(n))
}

// files is how many files n connections of the kernel need, both ends, with
// some to spare.
func files(n int) int { return 2*n + 1000 }
