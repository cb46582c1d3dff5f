//go:build linux

package interop

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// inTimeWait makes a connection from port 5000 of the kernel that lastack has
// closed first, so that the pair of addresses is in TIME_WAIT there and free
// at the kernel.
func inTimeWait(t *testing.T, with setup) (*lab, *lastack.Listener) {
	l := newLab(t, with)
	ln := l.listenHere(80)
	theirs := dial5000(t, l)
	ours := l.acceptHere(ln)
	must(t, ours.Close())
	wantEOF(t, theirs)
	must(t, theirs.Close())
	l.pathOf(0, "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT")
	l.states()
	return l, ln
}

func dial5000(t *testing.T, l *lab) *net.TCPConn {
	t.Helper()
	c, err := l.dial(at(l.host, 5000), at(l.ours, 80))
	must(t, err)
	return c
}

// MAY-2, RFC 6191: a SYN with a newer timestamp, or without timestamps with a
// larger sequence number, opens the connection again.
func TestSYNReopensFromTimeWait(t *testing.T) {
	for name, with := range map[string]setup{
		"ByTimestamp":      {},
		"BySequenceNumber": {Config: lastack.Config{NoTimestamps: true}},
	} {
		t.Run(name, func(t *testing.T) {
			l, ln := inTimeWait(t, with)
			theirs := dial5000(t, l)
			ours := l.acceptHere(ln)
			exchange(t, theirs, ours)
			l.pathOf(0, "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT SYN_RCVD ESTABLISHED")
			l.states("ESTAB")
		})
	}
}

// Nobody listens any more, so the SYN is challenged like any other out of place
// (RFC 5961 §4.2). The kernel answers with a reset, which does not end TIME_WAIT
// (RFC 1337).
func TestSYNInTimeWaitWithoutListenerIsChallenged(t *testing.T) {
	l, ln := inTimeWait(t, setup{})
	must(t, ln.Close())
	ctx, giveUp := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := l.dialContext(ctx, at(l.host, 5000), at(l.ours, 80), nil)
		failed <- err
	}()
	inState := func(kind trace.Kind, flags trace.Flags) func(*trace.Event) bool {
		return func(e *trace.Event) bool {
			return e.Kind == kind && e.From == fsm.TimeWait && e.Seg.Flags == flags
		}
	}
	l.awaitCount(1, "SYN", inState(trace.Recv, trace.SYN))
	l.awaitCount(2, "ACK: of the FIN, and the challenge", inState(trace.Send, trace.ACK))
	l.awaitCount(1, "RST", inState(trace.Recv, trace.RST))
	giveUp()
	if err := <-failed; err == nil {
		t.Error("the kernel's connect succeeds")
	}
	l.pathOf(0, "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT")
}

// A port in TIME_WAIT can be listened at, and connected from to another peer,
// but not to the same.
func TestLocalPortInTimeWait(t *testing.T) {
	l := newLab(t, setup{})
	ln := l.listen(at(l.host, 0))
	addr := ln.Addr().(*net.TCPAddr).AddrPort()
	first, err := l.stack.DialTCP(t.Context(), at(l.ours, 4000), addr)
	must(t, err)
	theirs := l.accept(ln)
	must(t, first.CloseWrite())
	wantEOF(t, theirs)
	must(t, theirs.Close())
	l.path("CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT")
	if _, err := l.stack.DialTCP(t.Context(), at(l.ours, 4000), addr); !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("a second dial from the port gives %v, want address in use", err)
	}
	other := l.listen(at(l.host, 0))
	if _, err := l.stack.DialTCP(t.Context(), at(l.ours, 4000), other.Addr().(*net.TCPAddr).AddrPort()); err != nil {
		t.Errorf("to another peer: %v", err)
	}
	l.listenHere(4000)
}
