package stack

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// A sysError is an error that matches the syscall error that a kernel would
// give.
type sysError struct {
	msg string
	is  syscall.Errno
}

// Error is what is wrong, and what to do if anything can be done.
func (e *sysError) Error() string { return e.msg }

// Unwrap is the matching syscall error.
func (e *sysError) Unwrap() error { return e.is }

// errClosed is what a closed core and a closed listener answer.
var errClosed = fmt.Errorf("the stack is closed: %w", net.ErrClosed)

func errNotOurs(ip netip.Addr) error {
	return &sysError{fmt.Sprintf("%v is not an address of this stack", ip), syscall.EADDRNOTAVAIL}
}

// errTaken is errInUse for a listener's address, which may be all of ours.
func errTaken(local netip.AddrPort) error {
	if !local.Addr().IsValid() {
		return errInUse(fmt.Sprintf("port %d", local.Port()))
	}
	return errInUse(local.String())
}

func errInUse(what string) error {
	return &sysError{what + " is in use: choose another port, or let the stack choose with port 0", syscall.EADDRINUSE}
}

func errNoPort(remote string) error {
	return &sysError{"every ephemeral port is in use for " + remote + ": widen PortRange, or close connections", syscall.EADDRNOTAVAIL}
}

func errNoRoute(ip netip.Addr) error {
	why := "this stack has no address of its family"
	if ip.IsLoopback() {
		why = "it is a loopback address, which no link leads to"
	}
	return &sysError{fmt.Sprintf("no route to %v: %s", ip, why), syscall.ENETUNREACH}
}

func errBadRemote(remote netip.AddrPort, why string) error {
	return &sysError{fmt.Sprintf("cannot connect to %v: %s", remote, why), syscall.EINVAL}
}

func errBadDSCP(dscp uint8) error {
	return &sysError{fmt.Sprintf("bad Diffserv codepoint %d: use 0 to %d", dscp, maxDSCP), syscall.EINVAL}
}
