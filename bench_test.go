package lastack_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/lastack/lastack"
)

// BenchmarkBulk is one direction, as fast as it goes.
func BenchmarkBulk(b *testing.B) {
	for _, mtu := range []int{1500, 65535} {
		b.Run(fmt.Sprintf("mtu=%d", mtu), func(b *testing.B) {
			const size = 128 << 10
			c, s := benchConnect(b, mtu)
			done := make(chan struct{})
			go func() {
				defer close(done)
				io.CopyBuffer(io.Discard, onlyReader{s}, make([]byte, size))
			}()
			out := make([]byte, size)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				must(b, second(c.Write(out)))
			}
			must(b, c.CloseWrite())
			<-done
		})
	}
}

// onlyReader hides what io.Copy might use instead of Read.
type onlyReader struct{ io.Reader }

// BenchmarkPingPong is a request and an answer of the same size.
func BenchmarkPingPong(b *testing.B) {
	for _, size := range []int{1, 128} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			c, s := benchConnect(b, 1500)
			go func() {
				io.CopyBuffer(onlyWriter{s}, onlyReader{s}, make([]byte, size))
			}()
			buf := make([]byte, size)
			b.SetBytes(int64(2 * size))
			b.ReportAllocs()
			for b.Loop() {
				must(b, second(c.Write(buf)))
				must(b, second(io.ReadFull(c, buf)))
			}
		})
	}
}

// onlyWriter hides what io.Copy might use instead of Write.
type onlyWriter struct{ io.Writer }

// BenchmarkLifecycle is a whole connection: open, 128 bytes there and back,
// close in order.
func BenchmarkLifecycle(b *testing.B) {
	client, server := pipe(b, lastack.Config{TimeWait: time.Millisecond})
	ln := listen(b, server, "tcp", server4+":80")
	buf := make([]byte, 128)
	b.ReportAllocs()
	for b.Loop() {
		c := dial(b, client, server4+":80")
		s := accept(b, ln)
		must(b, second(c.Write(buf)))
		must(b, second(io.ReadFull(s, buf)))
		must(b, second(s.Write(buf)))
		must(b, second(io.ReadFull(c, buf)))
		must(b, c.Close())
		must(b, s.Close())
	}
}

func benchConnect(b *testing.B, mtu int) (c, s *lastack.Conn) {
	client, server := lastack.PipeMTU(mtu)
	b.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return connect(b, client, server)
}
