package lastack_test

import (
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/lastack/lastack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The addresses of the stacks of lastack.Pipe.
const (
	client4, server4 = "10.0.0.1", "10.0.0.2"
	client6, server6 = "fd00::1", "fd00::2"
)

// pipe is lastack.Pipe, closed at the end of the test.
func pipe(t testing.TB, cfgs ...lastack.Config) (client, server *lastack.Stack) {
	client, server = lastack.Pipe(cfgs...)
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client, server
}

// listen is Listen that cannot fail.
func listen(t testing.TB, s *lastack.Stack, network, address string) *lastack.Listener {
	t.Helper()
	ln, err := s.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// dial is Dial that cannot fail.
func dial(t testing.TB, s *lastack.Stack, address string) *lastack.Conn {
	t.Helper()
	c, err := s.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*lastack.Conn)
}

// accept is AcceptConn that cannot fail.
func accept(t testing.TB, ln *lastack.Listener) *lastack.Conn {
	t.Helper()
	c, err := ln.AcceptConn()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// connect gives the two ends of a connection between two stacks.
func connect(t testing.TB, client, server *lastack.Stack) (c, s *lastack.Conn) {
	t.Helper()
	ln := listen(t, server, "tcp", server4+":0")
	defer ln.Close()
	c = dial(t, client, ln.Addr().String())
	return c, accept(t, ln)
}

// connected runs a test in virtual time with the two ends of a connection.
func connected(t *testing.T, f func(t *testing.T, c, s *lastack.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t)
		c, s := connect(t, client, server)
		f(t, c, s)
	})
}

// must fails the test if there is an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
