package work

import (
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
	"github.com/lastack/lastack/bench/internal/sample"
)

// PingPong sends n bytes to b and back over one connection, again and again
// for a time. It yields three samples: round trips per second with processor
// seconds for each, and the median and the 99th percentile of a round trip's
// seconds.
func PingPong(pair hosts.Pair, n int, d time.Duration) ([]sample.Sample, error) {
	out, in, err := connect(pair, 1)
	if err != nil {
		return nil, err
	}
	var echo sync.WaitGroup
	echo.Go(func() { reflect(in[0], n) })
	trips := make([]time.Duration, 0, 1<<20)
	m := sample.Begin()
	for end := time.Now().Add(d); err == nil; {
		began := time.Now()
		if began.After(end) {
			break
		}
		err = trip(out[0], n)
		trips = append(trips, time.Since(began))
	}
	all := m.Rate(float64(len(trips)))
	closeAll(out)
	closeAll(in)
	echo.Wait()
	if err != nil {
		return nil, err
	}
	slices.Sort(trips)
	at := func(percent int) sample.Sample {
		return sample.Sample{Value: trips[(len(trips)-1)*percent/100].Seconds()}
	}
	return []sample.Sample{all, at(50), at(99)}, nil
}

// trip sends n bytes and waits until as many have come.
func trip(c net.Conn, n int) error {
	var buf [1 << 10]byte
	if _, err := c.Write(buf[:n]); err != nil {
		return err
	}
	_, err := io.ReadFull(c, buf[:n])
	return err
}

// reflect sends back every n bytes, until the connection is closed.
func reflect(c net.Conn, n int) {
	buf := make([]byte, n)
	for {
		if _, err := io.ReadFull(c, buf); err != nil {
			return
		}
		if _, err := c.Write(buf); err != nil {
			return
		}
	}
}
