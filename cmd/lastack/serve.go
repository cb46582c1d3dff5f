package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// serveFlags is what "lastack serve" can be told.
type serveFlags struct {
	network
	recording
}

// newServeCommand makes "lastack serve".
func newServeCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve SERVICE...",
		Short: "Serve files, echo and more with this TCP, and watch the connections",
		Long: `Run a stack on a TUN device of this machine (Linux, as root) and serve from it.
The kernel is the other end: use its programs, such as curl and nc, as clients.
Every change of a connection's state is printed as it happens.

The services:

  echo:PORT       sends back what it gets
  discard:PORT    throws away what it gets
  chargen:PORT    sends characters without end
  http:PORT=DIR   the files of a folder

Ctrl-C ends it: connections are closed in order, if they take no more than
` + grace.String() + `. A second Ctrl-C ends it at once. It also ends when its device is removed.`,
		Example: `  sudo lastack serve http:80=. echo:7
  sudo lastack serve --host fd99::1/64 --addr fd99::2/64 http:80=/srv/www
  sudo lastack serve --pcap serve.pcapng --trace serve.jsonl echo:7`,
		RunE: f.run,
	}
	f.network.addFlags(cmd, serveEnds)
	f.recording.addFlags(cmd)
	return cmd
}

// grace is how long connections may take to close in order at the end.
const grace = 3 * time.Second

// run serves until it is interrupted.
func (f *serveFlags) run(cmd *cobra.Command, args []string) (err error) {
	services, err := parseServices(args)
	if err != nil {
		return err
	}
	if err := errors.Join(f.network.check(), f.recording.check()); err != nil {
		return err
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()

	view, sums := newLive(cmd.OutOrStdout()), new(tally)
	s, err := startStack(&f.network, &f.recording, func(e *trace.Event) {
		sums.note(e)
		view.note(e)
	})
	if err != nil {
		return err
	}
	ctx, cancel := s.until(ctx)
	defer cancel()
	defer func() {
		err = s.end(err)
		fmt.Fprintf(cmd.OutOrStdout(), "\n%v\n", sums)
	}()
	servers, err := startServers(s.Stack, services, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	f.greet(cmd.OutOrStdout(), s.device.Name(), services)

	<-ctx.Done()
	stop() // a second signal kills
	if s.device.Err() == nil {
		servers.finish(s.Stack)
	}
	return nil
}

// greet says what is there and what to try.
func (f *serveFlags) greet(w io.Writer, device string, services []service) {
	fmt.Fprintf(w, "lastack is %s on the device %s; this host is %s.\n", names(f.addrs), device, names(f.hosts))
	fmt.Fprint(w, "From this host try:\n\n")
	for _, s := range services {
		for _, a := range f.addrs {
			fmt.Fprintf(w, "  %-36s %s: %s\n", s.try(a.Addr().String()), s.name, s.about())
		}
	}
	fmt.Fprint(w, "\nCtrl-C ends it.\n\n")
}

// running is servers that run.
type running []server

// startServers listens for every service, and serves.
func startServers(s *lastack.Stack, services []service, stderr io.Writer) (all running, err error) {
	for _, service := range services {
		ln, err := s.Listen("tcp", fmt.Sprintf(":%d", service.port))
		if err != nil {
			return all, err
		}
		server, err := newServer(service, stderr)
		if err != nil {
			return all, err
		}
		go func() {
			err := server.Serve(ln)
			if !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
				fmt.Fprintf(stderr, "%s: %v\n", service.name, err)
			}
		}()
		all = append(all, server)
	}
	return all, nil
}

// finish lets the connections close in order.
func (all running) finish(s *lastack.Stack) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	all.shutdown(ctx)
	drain(ctx, s)
}

// shutdown ends all servers, those that are slow when ctx ends.
func (all running) shutdown(ctx context.Context) {
	done := make(chan struct{})
	for _, s := range all {
		go func() {
			_ = s.Shutdown(ctx) // the only error is that ctx has ended
			done <- struct{}{}
		}()
	}
	for range all {
		<-done
	}
}

// drain waits until every connection is closed, or in TIME_WAIT, which needs
// nobody.
func drain(ctx context.Context, s *lastack.Stack) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		busy := false
		for info := range s.Conns() {
			busy = busy || info.State != fsm.TimeWait
		}
		if !busy {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
