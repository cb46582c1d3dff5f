package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// ncFlags is what "lastack nc" can be told.
type ncFlags struct {
	network
	recording
	listen  bool
	verbose bool
}

// newNCCommand makes "lastack nc".
func newNCCommand() *cobra.Command {
	var f ncFlags
	cmd := &cobra.Command{
		Use:   "nc HOST PORT | nc -l [HOST] PORT",
		Short: "Connect the standard input and output to a connection of this TCP",
		Long: `Run a stack on a TUN device of this machine (Linux, as root) and connect from it
to HOST PORT, which can be this host, the other end of the device. With -l it
waits at PORT for one connection instead.

The standard input goes to the peer; its end is a FIN, and receiving goes on.
The command ends when the peer has closed too and everything is acknowledged:
with status 0, and with 1 if the connection failed or was reset.

Another lastack on this host, such as "lastack serve", has a device of its own.
The host passes packets from one to the other if it is told to forward:

  sysctl net.ipv4.ip_forward=1             (net.ipv6.conf.all.forwarding=1)`,
		Example: `  echo hello | sudo lastack nc -v 10.98.0.1 7
  sudo lastack nc -l 8000 > received
  echo hello | sudo lastack nc 10.99.0.2 7     # lastack serve echo:7`,
		RunE: f.run,
	}
	f.network.addFlags(cmd, ncEnds)
	f.recording.addFlags(cmd)
	cmd.Flags().BoolVarP(&f.listen, "listen", "l", false, "wait for a connection instead of making one")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "print the connection's changes of state to the standard error")
	return cmd
}

// address checks the arguments: the peer's address, or with -l our own.
func (f *ncFlags) address(args []string) (string, error) {
	if f.listen && len(args) == 1 {
		args = []string{"", args[0]}
	}
	if len(args) != 2 {
		return "", usagef("write lastack nc HOST PORT, or lastack nc -l [HOST] PORT")
	}
	port, err := parsePort(args[1])
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(args[0], strconv.Itoa(int(port))), nil
}

// checkPeer refuses to connect to ourselves.
func (f *ncFlags) checkPeer(args []string) error {
	ip, err := netip.ParseAddr(args[0])
	for _, a := range f.addrs {
		if err == nil && !f.listen && a.Addr() == ip {
			return usagef("%v is this stack's own address; connect to another, or choose another with --host and --addr", ip)
		}
	}
	return nil
}

// run moves data until the connection ends.
func (f *ncFlags) run(cmd *cobra.Command, args []string) (err error) {
	address, err := f.address(args)
	if err != nil {
		return err
	}
	if err := errors.Join(f.network.check(), f.recording.check(), f.checkPeer(args)); err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()

	view, over := newLive(cmd.ErrOrStderr()), make(chan struct{})
	once := sync.OnceFunc(func() { close(over) })
	s, err := startStack(&f.network, &f.recording, func(e *trace.Event) {
		if f.verbose {
			view.note(e)
		}
		if e.Kind == trace.State && e.To == fsm.Closed && !e.Conn.IsListener() {
			once()
		}
	})
	if err != nil {
		return err
	}
	ctx, cancel := s.until(ctx)
	defer cancel()
	defer func() { err = s.end(err) }()
	c, err := f.open(ctx, s.Stack, address)
	if err != nil {
		return err
	}
	return relay(ctx, c, over, cmd.InOrStdin(), cmd.OutOrStdout())
}

// open makes the connection, or waits for it.
func (f *ncFlags) open(ctx context.Context, s *lastack.Stack, address string) (*lastack.Conn, error) {
	if !f.listen {
		c, err := s.DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return c.(*lastack.Conn), nil
	}
	ln, err := s.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	c, err := ln.AcceptConn()
	if ctx.Err() != nil {
		return nil, errInterrupted
	}
	if err != nil {
		return nil, err
	}
	_ = ln.Close() // one connection only
	return c, nil
}

// errInterrupted is what a signal leaves behind.
var errInterrupted = errors.New("interrupted")

// lingerTime is how many seconds the peer may take, after both ends have
// closed, to acknowledge everything.
const lingerTime = 30

// relay sends in and receives to out, until both ends have closed. over is
// closed when the connection is CLOSED.
func relay(ctx context.Context, c *lastack.Conn, over <-chan struct{}, in io.Reader, out io.Writer) error {
	ends := make(chan error, 2)
	go func() { ends <- send(c, in) }()
	go func() { ends <- receive(out, c) }()
	for open := 2; open > 0; {
		select {
		case err := <-ends:
			if err != nil {
				return errors.Join(err, abort(c))
			}
			open--
		case <-over:
			// In order, it is over after both ends; otherwise its error
			// comes from receiving, or from the input, which may take long.
			over = nil
			if err := c.CloseWrite(); err != nil {
				return err
			}
		case <-ctx.Done():
			return errors.Join(errInterrupted, abort(c))
		}
	}
	if err := c.SetLinger(lingerTime); err != nil {
		return err
	}
	return c.Close()
}

// send sends everything, and then the end of it.
func send(c *lastack.Conn, in io.Reader) error {
	if _, err := io.Copy(c, in); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	return c.CloseWrite()
}

// receive receives everything up to the peer's end.
func receive(out io.Writer, c *lastack.Conn) error {
	if _, err := io.Copy(out, c); err != nil {
		return fmt.Errorf("receiving: %w", err)
	}
	return nil
}

// abort resets the connection.
func abort(c *lastack.Conn) error {
	if err := c.SetLinger(0); err != nil {
		return err
	}
	return c.Close()
}
