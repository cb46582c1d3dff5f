// Package lastack is a TCP that runs in user space and that you can see inside.
//
// A [Stack] takes IP packets from a link and gives connections and listeners
// that behave as those of package net do:
//
//	s, err := lastack.New(l, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}})
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	ln, err := s.Listen("tcp", ":80")
//	if err != nil {
//		return err
//	}
//	return http.Serve(ln, handler)
//
// and the other way, from the same stack or another one:
//
//	client := http.Client{Transport: &http.Transport{DialContext: s.DialContext}}
//
// A link is a TUN device (package link/tun), an in-memory pipe ([Pipe]), or
// anything with the methods of link.Link. Connections tell their state
// ([Conn.State], [Stack.Conns]) and, to an observer, all that they do
// ([Config.Observer]).
//
// # Concurrency and time
//
// Everything here may be called from several goroutines at once. A stack
// starts no goroutine for a connection and keeps nothing at package level:
// what a stack starts, [Stack.Close] ends. Blocked calls wait as
// testing/synctest requires, so a stack made in a bubble runs on its virtual
// time.
//
// # Errors
//
// Errors are what a network programmer knows: a [*net.OpError] that matches
// syscall.ECONNREFUSED, ECONNRESET, ETIMEDOUT, EPIPE, EHOSTUNREACH,
// EADDRINUSE and so on, [net.ErrClosed] after a local Close, and
// [os.ErrDeadlineExceeded] after a deadline. [io.EOF] means that the peer has
// sent its FIN, and nothing else.
package lastack
