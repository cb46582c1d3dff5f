//go:build linux

package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// folder makes a folder with one file.
func folder(t *testing.T, name string, data []byte) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	return dir
}

// url is a file's at a server.
func url(host netip.Addr, name string) string {
	return "http://" + strings.TrimSuffix(netip.AddrPortFrom(host, 80).String(), ":80") + "/" + name
}

func TestCurlFetches100MBFromServe(t *testing.T) {
	needTool(t, "curl", "curl")
	data := noise(100 << 20)
	k := newKernel(t)
	p := k.serve("http:80=" + folder(t, "big", data))
	for _, host := range []netip.Addr{ours4.Addr(), ours6.Addr()} {
		file := filepath.Join(t.TempDir(), "fetched")
		took := k.run("curl", "--silent", "--show-error", "--fail", "--max-time", "40",
			"--write-out", "%{time_total}", "--output", file, url(host, "big"))
		got, err := os.ReadFile(file)
		must(t, err)
		if !bytes.Equal(got, data) {
			t.Errorf("curl has fetched %d bytes from %v, not the %d of the file", len(got), host, len(data))
		}
		t.Logf("100 MiB from %v in %s s", host, took)
	}
	p.interrupt()
	p.status(0)
	for _, want := range []string{"ESTABLISHED -> CLOSE_WAIT", "LAST_ACK    -> CLOSED", "2 connections, 0 broken off; 209.7 MB sent"} {
		p.wait(&p.stdout, want)
	}
}

// client is an HTTP client whose connections a function opens.
func client(t *testing.T, dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 2 * patience}
}

// dialHTTP opens a connection of the kernel for an HTTP client.
func (k *kernel) dialHTTP(ctx context.Context, network, address string) (c net.Conn, err error) {
	err = k.do(func() error {
		c, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return c, err
}

// fetch fetches a file and compares.
func fetch(c *http.Client, url string, want []byte) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(got, want):
		return fmt.Errorf("GET %s: %s, %d bytes, not the %d of the file", url, resp.Status, len(got), len(want))
	}
	return nil
}

// Each of 200 clients waits with its request until all are connected.
func TestServeHas200ConnectionsAtOnce(t *testing.T) {
	const clients = 200
	data := noise(200_000)
	k := newKernel(t)
	p := k.serve("http:80=" + folder(t, "file", data))
	var connected, done sync.WaitGroup
	connected.Add(clients)
	c := client(t, func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := k.dialHTTP(ctx, network, address)
		connected.Done()
		connected.Wait()
		return conn, err
	})
	for i := range clients {
		done.Go(func() {
			host := []netip.Addr{ours4.Addr(), ours6.Addr()}[i%2]
			if err := fetch(c, url(host, "file"), data); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	c.CloseIdleConnections()
	p.interrupt()
	p.status(0)
	p.wait(&p.stdout, "200 connections, 0 broken off; 40.0 MB sent")
}

func TestStacksHTTPClientFetchesFromTheKernel(t *testing.T) {
	data := noise(10 << 20)
	bothFamilies(t, quick, func(l *lab) {
		server := &http.Server{Handler: http.FileServer(http.Dir(folder(l.t, "file", data))), ReadHeaderTimeout: patience}
		ln := l.listen(at(l.host, 80))
		go func() { _ = server.Serve(ln) }()
		l.t.Cleanup(func() { server.Close() })
		must(l.t, fetch(client(l.t, l.stack.DialContext), url(l.host, "file"), data))
	})
}

func TestEchoDiscardAndChargen(t *testing.T) {
	k := newKernel(t)
	p := k.serve("echo:7", "discard:9", "chargen:19")
	echo := k.mustDial(ours4, 7)
	transferred := make(chan error, 1)
	data := noise(3 << 20)
	go func() {
		_, err := echo.Write(data)
		transferred <- firstOf(err, echo.CloseWrite())
	}()
	wantBytes(t, echo, data)
	must(t, <-transferred)

	discard := k.mustDial(ours6, 9)
	_, err := discard.Write(data)
	must(t, firstOf(err, discard.CloseWrite()))
	wantEOF(t, discard)

	chargen := k.mustDial(ours4, 19)
	line := make([]byte, 74)
	_, err = io.ReadFull(chargen, line)
	must(t, err)
	if want := ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`abcdefg\r\n"; string(line) != want {
		t.Errorf("chargen begins with %q", line)
	}
	p.interrupt() // chargen would go on for ever
	must(t, chargen.Close())
	p.status(0)
	p.wait(&p.stdout, "3 connections")
}

// mustDial opens a connection of the kernel that cannot fail.
func (k *kernel) mustDial(to netip.Prefix, port uint16) *net.TCPConn {
	k.t.Helper()
	c, err := k.dial(noLocal, at(to.Addr(), port))
	must(k.t, err)
	return c
}

// A connection that is idle at the end is closed in order: the kernel reads
// the end of the stream, not a reset.
func TestServeClosesInOrderWhenInterrupted(t *testing.T) {
	k := newKernel(t)
	p := k.serve("echo:7")
	c := k.mustDial(ours4, 7)
	p.wait(&p.stdout, "SYN_RCVD    -> ESTABLISHED")
	p.interrupt()
	wantEOF(t, c)
	k.states("CLOSE-WAIT")
	must(t, c.Close())
	p.status(0)
	p.wait(&p.stdout, "FIN_WAIT_2  -> TIME_WAIT")
}

// A peer that does not close is reset after a while.
func TestServeDoesNotWaitForEverWhenInterrupted(t *testing.T) {
	t.Parallel()
	k := newKernel(t)
	p := k.serve("echo:7")
	c := k.mustDial(ours4, 7)
	p.wait(&p.stdout, "SYN_RCVD    -> ESTABLISHED")
	start := time.Now()
	p.interrupt()
	wantEOF(t, c)
	p.status(0)
	if took := time.Since(start); took > 2*patience/3 {
		t.Errorf("the end takes %v", took)
	}
	p.wait(&p.stdout, "FIN_WAIT_2  -> CLOSED")
	if got := p.stdout.String(); !strings.HasSuffix(got, "\n\n1 connection, 1 broken off; 0 B sent, 0 B received\n") {
		t.Errorf("the sum is not the last of\n%s", got)
	}
}

// The first signal waits for a peer that does not close; the second does not.
func TestSecondInterruptEndsServeAtOnce(t *testing.T) {
	k := newKernel(t)
	p := k.serve("echo:7")
	c := k.mustDial(ours4, 7)
	p.wait(&p.stdout, "SYN_RCVD    -> ESTABLISHED")
	p.interrupt()
	wantEOF(t, c)
	p.interrupt()
	p.status(-1) // killed
}
