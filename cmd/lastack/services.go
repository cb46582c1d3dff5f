package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// A server serves the connections of one service until it is told to stop.
type server interface {
	// Serve accepts and serves connections until the listener is closed.
	Serve(ln net.Listener) error
	// Shutdown closes the listener, and the connections once they have
	// nothing more to do. It returns when that is done or ctx ends.
	Shutdown(ctx context.Context) error
}

// newServer makes the server of a service. Complaints about single connections
// go to stderr.
func newServer(s service, stderr io.Writer) (server, error) {
	switch s.name {
	case "echo":
		return newStreams(echo), nil
	case "discard":
		return newStreams(discard), nil
	case "chargen":
		return newStreams(chargen), nil
	}
	return newFiles(s.dir, stderr)
}

// files serves the files of a folder over HTTP, and nothing outside it.
type files struct {
	http.Server
	root *os.Root
}

func newFiles(dir string, stderr io.Writer) (*files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &files{root: root, Server: http.Server{
		Handler:           http.FileServerFS(root.FS()),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          log.New(stderr, "http: ", 0),
	}}, nil
}

// Shutdown ends at once what is not finished when ctx ends.
func (f *files) Shutdown(ctx context.Context) error {
	err := f.Server.Shutdown(ctx)
	return errors.Join(err, f.Server.Close(), f.root.Close())
}

// streams serves connections with a function each.
type streams struct {
	handle func(net.Conn)

	mu     sync.Mutex
	ln     net.Listener
	conns  map[net.Conn]bool
	closed bool // Shutdown was called
	open   sync.WaitGroup
}

func newStreams(handle func(net.Conn)) *streams {
	return &streams{handle: handle, conns: map[net.Conn]bool{}}
}

// Serve serves each connection in a goroutine of its own.
func (s *streams) Serve(ln net.Listener) error {
	s.mu.Lock()
	s.ln = ln
	if s.closed {
		_ = ln.Close()
	}
	s.mu.Unlock()
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		if !s.begin(c) {
			c.Close()
			continue
		}
		go func() {
			defer s.open.Done()
			s.handle(c)
			c.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		}()
	}
}

// begin notes that c is served, unless Shutdown has come before.
func (s *streams) begin(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[c] = true
	s.open.Add(1)
	return true
}

// Shutdown closes everything; there is nothing to wait for, as these services
// go on for as long as their peers like.
func (s *streams) Shutdown(context.Context) error {
	s.mu.Lock()
	s.closed = true
	if s.ln != nil {
		_ = s.ln.Close()
	}
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.open.Wait()
	return nil
}

// echo sends back what it gets (RFC 862).
func echo(c net.Conn) { _, _ = io.Copy(c, c) }

// discard throws away what it gets (RFC 863).
func discard(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// chargen sends characters until the peer closes, and throws away what it gets
// (RFC 864).
func chargen(c net.Conn) {
	go func() {
		discard(c)
		c.Close()
	}()
	for lines := characters(); ; {
		if _, err := c.Write(lines); err != nil {
			return
		}
	}
}

// characters is the lines that RFC 864 proposes: 72 characters each, beginning
// with one after the other of the 95 that can be printed.
func characters() (lines []byte) {
	const first, count, width = ' ', 95, 72
	for start := range count {
		for i := range width {
			lines = append(lines, byte(first+(start+i)%count))
		}
		lines = append(lines, "\r\n"...)
	}
	return lines
}
