//go:build linux

package interop

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A kernel is Linux's TCP in a network namespace of its own.
type kernel struct {
	t  *testing.T
	ns *os.File
}

// newKernel makes a namespace. It goes with the last thread, process, socket
// and file that belong to it.
func newKernel(t *testing.T) *kernel {
	t.Helper()
	needRoot(t)
	needTool(t, "ip", "iproute2")
	k := &kernel{t: t}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			made <- fmt.Errorf("make a network namespace: %w", err)
			return
		}
		var err error
		k.ns, err = os.Open("/proc/thread-self/ns/net")
		made <- err
	}()
	must(t, <-made)
	t.Cleanup(func() { k.ns.Close() })
	k.run("ip", "link", "set", "lo", "up")
	return k
}

// do calls f on a thread in the namespace: sockets, devices and processes that
// f makes belong there. f must not end the test.
func (k *kernel) do(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever, as above
		if err := unix.Setns(int(k.ns.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("enter the namespace: %w", err)
			return
		}
		done <- f()
	}()
	return <-done
}

// start starts a program in the namespace.
func (k *kernel) start(cmd *exec.Cmd) {
	k.t.Helper()
	must(k.t, k.do(cmd.Start))
}

// run runs a program in the namespace and returns what it prints.
func (k *kernel) run(name string, args ...string) string {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	var out, errs strings.Builder
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := k.do(cmd.Run); err != nil {
		k.t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, errs.String())
	}
	return out.String()
}

// states waits until ss shows exactly connections in these states, listeners
// left out. The names are those of ss: ESTAB, FIN-WAIT-1.
func (k *kernel) states(want ...string) {
	k.t.Helper()
	await(k.t, "what ss shows", strings.Join(want, " "), func() string {
		var got []string
		for line := range strings.Lines(k.run("ss", "-Htan")) {
			if state, _, _ := strings.Cut(line, " "); state != "LISTEN" {
				got = append(got, state)
			}
		}
		slices.Sort(got)
		return strings.Join(got, " ")
	})
}

// listen opens a listener of the kernel, at any port unless addr has one. Its
// Accept waits for as long as patience allows.
func (k *kernel) listen(addr netip.AddrPort) *net.TCPListener {
	k.t.Helper()
	var ln *net.TCPListener
	must(k.t, k.do(func() (err error) {
		ln, err = net.ListenTCP("tcp", net.TCPAddrFromAddrPort(addr))
		return err
	}))
	must(k.t, ln.SetDeadline(time.Now().Add(patience)))
	k.t.Cleanup(func() { ln.Close() })
	return ln
}

// noLocal leaves a connection's local address to its opener.
var noLocal netip.AddrPort

// dial opens a connection of the kernel.
func (k *kernel) dial(local, remote netip.AddrPort) (*net.TCPConn, error) {
	return k.dialContext(context.Background(), local, remote, nil)
}

// dialContext is dial with a context, and with settings for the socket.
func (k *kernel) dialContext(ctx context.Context, local, remote netip.AddrPort, set func(fd int) error) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: patience, Control: func(_, _ string, raw syscall.RawConn) error {
		if set == nil {
			return nil
		}
		var setErr error
		err := raw.Control(func(fd uintptr) { setErr = set(int(fd)) })
		return firstOf(err, setErr)
	}}
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(local)
	}
	var c *net.TCPConn
	err := k.do(func() error {
		conn, err := d.DialContext(ctx, "tcp", remote.String())
		if err == nil {
			c = conn.(*net.TCPConn)
		}
		return err
	})
	if c != nil {
		k.t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(patience))
	}
	return c, err
}

// accept takes a connection from a listener of the kernel.
func (k *kernel) accept(ln *net.TCPListener) *net.TCPConn {
	k.t.Helper()
	c, err := ln.AcceptTCP()
	must(k.t, err)
	k.t.Cleanup(func() { c.Close() })
	must(k.t, c.SetDeadline(time.Now().Add(patience)))
	return c
}

// firstOf is the first error that is one.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
