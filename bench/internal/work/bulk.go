package work

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/sample"
)

// chunk is the size of writes and of reads, in bytes.
const chunk = 128 << 10

// Bulk sends from a to b over some connections for a time, slow start included.
// What counts is what the program at b has read by then: MB/s, and processor
// seconds per GB.
func Bulk(pair hosts.Pair, conns int, d time.Duration) ([]sample.Sample, error) {
	out, in, err := connect(pair, conns)
	if err != nil {
		return nil, err
	}
	var read atomic.Int64
	var all sync.WaitGroup
	m := sample.Begin()
	for i := range conns {
		all.Go(func() { pour(out[i]) })
		all.Go(func() { drain(in[i], &read) })
	}
	time.Sleep(d)
	s := m.Rate(float64(read.Load()) / 1e6)
	s.CPU *= 1e3 // per MB to per GB
	// Closing ends the calls that wait.
	closeAll(out)
	closeAll(in)
	all.Wait()
	return []sample.Sample{s}, nil
}

// pour writes until the connection is closed.
func pour(c net.Conn) {
	buf := make([]byte, chunk)
	for {
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}

// drain reads until the connection is closed, and counts.
func drain(c net.Conn, read *atomic.Int64) {
	buf := make([]byte, chunk)
	for {
		n, err := c.Read(buf)
		read.Add(int64(n))
		if err != nil {
			return
		}
	}
}
