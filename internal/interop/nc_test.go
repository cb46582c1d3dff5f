//go:build linux

package interop

import (
	"io"
	"net/http"
	"net/netip"
	"testing"
)

func TestNcFetchesFromTheKernel(t *testing.T) {
	for name, host := range map[string]netip.Prefix{"IPv4": host4, "IPv6": host6} {
		t.Run(name, func(t *testing.T) {
			k := newKernel(t)
			body := noise(1 << 20)
			server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(body)
			})}
			ln := k.listen(netip.MustParseAddrPort("[::]:80"))
			go func() { _ = server.Serve(ln) }()
			t.Cleanup(func() { server.Close() })

			p := k.lastack("GET / HTTP/1.0\r\n\r\n", "nc", "-v", host.Addr().String(), "80")
			p.status(0)
			p.wait(&p.stdout, "200 OK")
			p.wait(&p.stdout, string(body))
			p.wait(&p.stderr, "ESTABLISHED -> FIN_WAIT_1")
			p.wait(&p.stderr, "-> TIME_WAIT")
		})
	}
}

func TestNcListensForTheKernel(t *testing.T) {
	k := newKernel(t)
	p := k.lastack("from lastack", "nc", "-l", "-v", "8000")
	p.wait(&p.stderr, "CLOSED      -> LISTEN")
	c := k.mustDial(ours4, 8000)
	data := noise(1 << 20)
	_, err := c.Write(data)
	must(t, firstOf(err, c.CloseWrite()))
	got, err := io.ReadAll(c)
	must(t, err)
	if string(got) != "from lastack" {
		t.Errorf("the kernel got %q", got)
	}
	p.status(0)
	p.wait(&p.stdout, string(data))
}

func TestNcFailsWithStatus1(t *testing.T) {
	t.Run("Refused", func(t *testing.T) {
		k := newKernel(t)
		p := k.lastack("", "nc", host4.Addr().String(), "81")
		p.status(1)
		p.wait(&p.stderr, "connection refused")
	})
	t.Run("Reset", func(t *testing.T) {
		k := newKernel(t)
		p := k.lastack("", "nc", "-l", "-v", "8000")
		p.wait(&p.stderr, "CLOSED      -> LISTEN")
		c := k.mustDial(ours4, 8000)
		wantEOF(t, c)
		must(t, firstOf(c.SetLinger(0), c.Close()))
		p.status(1)
		p.wait(&p.stderr, "connection reset by peer")
	})
	t.Run("Interrupted", func(t *testing.T) {
		k := newKernel(t)
		p := k.lastack("", "nc", "-l", "-v", "8000")
		p.wait(&p.stderr, "CLOSED      -> LISTEN")
		c := k.mustDial(ours4, 8000)
		wantEOF(t, c)
		p.interrupt()
		p.status(1)
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("the kernel's connection is not reset")
		}
	})
}
