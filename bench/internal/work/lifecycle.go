package work

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/sample"
)

// request is the bytes of a request and of its answer.
const request = 128

// Lifecycle opens connections, sends a request and an answer, and closes them,
// some at a time, for a time. It yields two samples: lifecycles per second with
// processor seconds for each, and allocations in each, of the whole process.
func Lifecycle(pair hosts.Pair, atATime int, d time.Duration) ([]sample.Sample, error) {
	ln, err := pair.Listen(0)
	if err != nil {
		return nil, err
	}
	var servers sync.WaitGroup
	servers.Go(func() { serve(ln, &servers) })
	var clients sync.WaitGroup
	var done atomic.Int64
	errs := make([]error, atATime)
	ctx, cancel := context.WithTimeout(context.Background(), d+patience)
	defer cancel()
	allocs := allocations()
	m := sample.Begin()
	end := time.Now().Add(d)
	for i := range atATime {
		clients.Go(func() {
			for errs[i] == nil && time.Now().Before(end) {
				errs[i] = once(ctx, pair)
				done.Add(1)
			}
		})
	}
	clients.Wait()
	n := float64(done.Load())
	rate := m.Rate(n)
	allocs = allocations() - allocs
	_ = ln.Close()
	servers.Wait()
	return []sample.Sample{rate, {Value: float64(allocs) / n}}, errors.Join(errs...)
}

// serve answers every connection, each in a goroutine, until the listener is
// closed.
func serve(ln net.Listener, servers *sync.WaitGroup) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		servers.Go(func() {
			reflect(c, request)
			_ = c.Close()
		})
	}
}

// once is one lifecycle. The client closes first.
func once(ctx context.Context, pair hosts.Pair) error {
	c, err := pair.Dial(ctx, 0)
	if err != nil {
		return err
	}
	return errors.Join(trip(c, request), c.Close())
}

// allocations is how many objects the process has allocated on the heap.
func allocations() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
