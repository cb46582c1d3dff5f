// Package work is what the stacks are made to do.
package work

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/lastack/lastack/bench/internal/hosts"
)

// patience is how long it may take to open connections.
const patience = 30 * time.Second

// connect opens the service and n connections to it, one after another. out
// are their ends at a, in those at b.
func connect(pair hosts.Pair, n int) (out, in []net.Conn, err error) {
	ln, err := pair.Listen(0)
	if err != nil {
		return nil, nil, fmt.Errorf("listen: %w", err)
	}
	defer ln.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for range n {
		o, i, err := open(ctx, pair, ln)
		if err != nil {
			closeAll(out)
			closeAll(in)
			return nil, nil, err
		}
		out, in = append(out, o), append(in, i)
	}
	return out, in, nil
}

// open opens one connection.
func open(ctx context.Context, pair hosts.Pair, ln net.Listener) (out, in net.Conn, err error) {
	type accepted struct {
		net.Conn
		error
	}
	got := make(chan accepted, 1)
	go func() {
		c, err := ln.Accept()
		got <- accepted{c, err}
	}()
	if out, err = pair.Dial(ctx, 0); err != nil {
		return nil, nil, fmt.Errorf("dial: %w", err)
	}
	a := <-got
	if a.error != nil {
		_ = out.Close()
		return nil, nil, fmt.Errorf("accept: %w", a.error)
	}
	return out, a.Conn, nil
}

func closeAll(conns []net.Conn) {
	for _, c := range conns {
		_ = c.Close()
	}
}
