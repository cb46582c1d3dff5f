package tcp

import (
	"io"
	"net"
	"syscall"
)

// What a connection reports to its user. Each matches the error that a
// programmer knows from package net, through errors.Is.
var (
	// ErrReset: the peer reset the connection. It is ECONNRESET.
	ErrReset error = &connError{"connection reset by peer", syscall.ECONNRESET}
	// ErrRefused: the peer refused the connection. It is ECONNREFUSED.
	ErrRefused error = &connError{"connection refused", syscall.ECONNREFUSED}
	// ErrTimeout: the peer did not answer in time. It is ETIMEDOUT.
	ErrTimeout error = &connError{"connection timed out", syscall.ETIMEDOUT}
	// ErrNoAnswer: R1 is reached (§3.8.3); the connection still tries.
	ErrNoAnswer error = &connError{"no answer yet: the connection keeps trying", syscall.EAGAIN}
	// ErrClosed: this end has closed or aborted. It is net.ErrClosed.
	ErrClosed = net.ErrClosed
	// ErrClosing: SEND after CLOSE. It is EPIPE.
	ErrClosing error = &connError{"broken pipe", syscall.EPIPE}
	// ErrNotConnected: there is no connection (yet). It is ENOTCONN.
	ErrNotConnected error = &connError{"connection does not exist", syscall.ENOTCONN}
	// ErrExists: OPEN of a connection that is open. It is EISCONN.
	ErrExists error = &connError{"connection already exists", syscall.EISCONN}
)

// errEOF is what Read gives after the peer's FIN, and never otherwise.
var errEOF = io.EOF

// A connError is an error with the identity of a system call's.
type connError struct {
	msg string
	is  syscall.Errno
}

func (e *connError) Error() string { return e.msg }

// Unwrap lets errors.Is and errors.As find the errno.
func (e *connError) Unwrap() error { return e.is }

// Timeout is that of net.Error.
func (e *connError) Timeout() bool { return e.is == syscall.ETIMEDOUT }

// Temporary is that of net.Error: none of these passes by itself.
func (e *connError) Temporary() bool { return false }
