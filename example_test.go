package lastack_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/netip"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/trace"
)

// A stack on each end of a link: one serves HTTP, the other fetches.
func ExampleNew() {
	left, right := link.Pipe(1500)
	server, err := lastack.New(left, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ln, err := server.Listen("tcp", ":80")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "you asked for %s", r.URL.Path)
	}))

	client, err := lastack.New(right, lastack.Config{Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	transport := &http.Transport{DialContext: client.DialContext}
	defer transport.CloseIdleConnections()
	r, err := (&http.Client{Transport: transport}).Get("http://10.0.0.2/hello")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	fmt.Printf("%s: %s\n", r.Status, body)
	// Output: 200 OK: you asked for /hello
}

// The client closes its direction first, and so it is the one that ends in
// TIME_WAIT.
func ExampleStack_Dial() {
	client, server := lastack.Pipe()
	defer client.Close()
	defer server.Close()
	ln, err := server.Listen("tcp", ":7")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		io.Copy(c, c)
		c.Close()
	}()

	c, err := client.Dial("tcp", "10.0.0.2:7")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	conn := c.(*lastack.Conn)
	fmt.Fprint(conn, "hello")
	conn.CloseWrite()
	reply, err := io.ReadAll(conn)
	fmt.Printf("%s, %v, then %v\n", reply, err, conn.State())
	// Output: hello, <nil>, then TIME_WAIT
}

// A passive open becomes an active one, from the listener's port.
func ExampleListener_Dial() {
	left, right := lastack.Pipe()
	defer left.Close()
	defer right.Close()
	near, _ := left.Listen("tcp", ":5000")
	far, _ := right.Listen("tcp", ":6000")

	c, err := near.Dial(context.Background(), netip.MustParseAddrPort("10.0.0.2:6000"))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	peer, _ := far.Accept()
	defer peer.Close()
	fmt.Println(peer.RemoteAddr(), c.State())
	// Output: 10.0.0.1:5000 ESTABLISHED
}

// An observer is told of every change of state, with the section of RFC 9293
// that asks for it.
func ExampleConfig_observer() {
	client, server := lastack.Pipe(lastack.Config{Observer: func(e trace.Event) {
		if e.Kind == trace.State {
			fmt.Printf("%s -> %s on %s (%s)\n", e.From, e.To, e.Event, e.Ref())
		}
	}}, lastack.Config{})
	defer client.Close()
	defer server.Close()
	c, err := client.Dial("tcp", "10.0.0.2:80")
	fmt.Println(c, err != nil)
	// Output:
	// CLOSED -> SYN_SENT on active OPEN (§3.10.1 CLOSED)
	// SYN_SENT -> CLOSED on rcv RST (§3.10.7.3 second)
	// <nil> true
}

// Conns is what ss shows, for one stack.
func ExampleStack_Conns() {
	client, server := lastack.Pipe()
	defer client.Close()
	defer server.Close()
	if _, err := server.Listen("tcp", ":80"); err != nil {
		log.Fatal(err)
	}
	for c := range server.Conns() {
		fmt.Println(c.Local, c.State, c.State == fsm.Listen)
	}
	// Output: [::]:80 LISTEN true
}
