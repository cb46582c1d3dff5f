package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lastack/lastack"
)

func TestServiceIsReadAsItIsWritten(t *testing.T) {
	dir := t.TempDir()
	for arg, want := range map[string]service{
		"echo:7":           {name: "echo", port: 7},
		"discard:65535":    {name: "discard", port: 65535},
		"chargen:1019":     {name: "chargen", port: 1019},
		"http:8080=" + dir: {name: "http", port: 8080, dir: dir},
	} {
		if got, err := parseService(arg); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", arg, got, err, want)
		}
	}
}

func TestWhatToTryFitsTheService(t *testing.T) {
	for want, s := range map[string]service{
		"curl http://10.99.0.2/":      {name: "http", port: 80, dir: "."},
		"curl http://10.99.0.2:8080/": {name: "http", port: 8080, dir: "."},
		"nc 10.99.0.2 7":              {name: "echo", port: 7},
		"nc 10.99.0.2 19 | head":      {name: "chargen", port: 19},
	} {
		if got := s.try("10.99.0.2"); got != want {
			t.Errorf("%v: %q, want %q", s, got, want)
		}
	}
	if got, want := (service{name: "http", port: 80}).try("fd99::2"), "curl http://[fd99::2]/"; got != want {
		t.Errorf("IPv6: %q, want %q", got, want)
	}
}

// served runs a test in virtual time with a client that is joined to a stack
// with services.
func served(t *testing.T, services []service, test func(t *testing.T, client *lastack.Stack, all running)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, server := lastack.Pipe()
		defer server.Close()
		defer client.Close()
		all, err := startServers(server, services, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		defer all.shutdown(context.Background())
		test(t, client, all)
	})
}

// connect connects to a port of the served stack.
func connect(t *testing.T, client *lastack.Stack, port uint16) *lastack.Conn {
	t.Helper()
	c, err := client.Dial("tcp", fmt.Sprintf("10.0.0.2:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	return c.(*lastack.Conn)
}

func TestEchoSendsBackWhatItGets(t *testing.T) {
	served(t, []service{{name: "echo", port: 7}}, func(t *testing.T, client *lastack.Stack, _ running) {
		c := connect(t, client, 7)
		defer c.Close()
		fmt.Fprint(c, "hello")
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
			t.Errorf("echo sends %q, %v", got, err)
		}
	})
}

func TestDiscardSendsNothing(t *testing.T) {
	served(t, []service{{name: "discard", port: 9}}, func(t *testing.T, client *lastack.Stack, _ running) {
		c := connect(t, client, 9)
		defer c.Close()
		fmt.Fprint(c, "hello")
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); len(got) != 0 || err != nil {
			t.Errorf("discard sends %q, %v", got, err)
		}
	})
}

func TestChargenSendsUntilThePeerCloses(t *testing.T) {
	served(t, []service{{name: "chargen", port: 19}}, func(t *testing.T, client *lastack.Stack, _ running) {
		c := connect(t, client, 19)
		round := make([]byte, len(characters()))
		for range 3 {
			if _, err := io.ReadFull(c, round); err != nil || !bytes.Equal(round, characters()) {
				t.Fatalf("chargen sends something else, %v", err)
			}
		}
		c.Close()
	})
}

// RFC 864: lines of 72 characters, each one further than the one before.
func TestCharactersGoAround(t *testing.T) {
	lines := bytes.Split(bytes.TrimSuffix(characters(), []byte("\r\n")), []byte("\r\n"))
	if len(lines) != 95 {
		t.Fatalf("%d lines, want 95", len(lines))
	}
	for i, line := range lines {
		if len(line) != 72 || line[0] != byte(' '+i) || line[71] != byte(' '+(i+71)%95) {
			t.Errorf("line %d is %q", i, line)
		}
	}
}

func TestHTTPServesTheFolderAndNothingOutsideIt(t *testing.T) {
	outside := t.TempDir()
	dir := filepath.Join(outside, "www")
	for _, err := range []error{
		os.Mkdir(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "file"), []byte("inside"), 0o644),
		os.WriteFile(filepath.Join(outside, "secret"), []byte("outside"), 0o644),
		os.Symlink("../secret", filepath.Join(dir, "way-out")),
	} {
		if err != nil {
			t.Skipf("cannot make the folder: %v", err)
		}
	}
	served(t, []service{{name: "http", port: 80, dir: dir}}, func(t *testing.T, client *lastack.Stack, _ running) {
		transport := &http.Transport{DialContext: client.DialContext}
		defer transport.CloseIdleConnections()
		for path, want := range map[string]string{"/file": "inside", "/way-out": "", "/../secret": ""} {
			resp, err := (&http.Client{Transport: transport}).Get("http://10.0.0.2" + path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || want != "" && string(got) != want || bytes.Contains(got, []byte("outside")) {
				t.Errorf("%s: %q, %v", path, got, err)
			}
		}
	})
}

func TestShutdownClosesConnectionsInOrder(t *testing.T) {
	services := []service{{name: "echo", port: 7}, {name: "http", port: 80, dir: "."}}
	served(t, services, func(t *testing.T, client *lastack.Stack, all running) {
		var conns []net.Conn
		for _, s := range services {
			conns = append(conns, connect(t, client, s.port))
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		start := time.Now()
		all.shutdown(ctx)
		if took := time.Since(start); took > grace {
			t.Errorf("shutdown takes %v", took)
		}
		for i, c := range conns {
			if n, err := c.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("%v: read gives %d, %v; want EOF", services[i], n, err)
			}
			c.Close()
		}
		if _, err := client.Dial("tcp", "10.0.0.2:7"); err == nil {
			t.Error("the port is still open")
		}
	})
}

// A handout is a listener that hands out connections that it was given, also
// after Close: as one does that has accepted just before.
type handout struct {
	net.Listener
	conns chan net.Conn
}

func (h handout) Close() error { return nil }

func (h handout) Accept() (net.Conn, error) {
	c, ok := <-h.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func TestConnectionAcceptedAfterShutdownIsClosed(t *testing.T) {
	h := handout{conns: make(chan net.Conn)}
	s := newStreams(echo)
	served := make(chan error)
	go func() { served <- s.Serve(h) }()
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	h.conns <- theirs
	if _, err := ours.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read: %v, want EOF", err)
	}
	close(h.conns)
	if err := <-served; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
}
