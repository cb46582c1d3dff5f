//go:build linux

package interop

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/trace"
)

func TestDialToAPortWithoutListenerIsRefusedByTheKernel(t *testing.T) {
	bothFamilies(t, setup{}, func(l *lab) {
		if _, err := l.dialHere(at(l.host, 81)); !errors.Is(err, syscall.ECONNREFUSED) {
			l.t.Errorf("dial gives %v, want connection refused", err)
		}
		l.path("CLOSED SYN_SENT CLOSED")
	})
}

func TestKernelIsRefusedAtAPortWithoutListener(t *testing.T) {
	bothFamilies(t, setup{}, func(l *lab) {
		if _, err := l.dial(noLocal, at(l.ours, 81)); !errors.Is(err, syscall.ECONNREFUSED) {
			l.t.Errorf("the kernel's connect gives %v, want connection refused", err)
		}
		l.path("CLOSED")
		l.states()
	})
}

func TestDialWithoutAnswerTimesOut(t *testing.T) {
	t.Parallel()
	l := newLab(t, setup{Config: lastack.Config{UserTimeout: 2 * time.Second}})
	lost := l.drop(out, 1000, all)
	_, err := l.dialHere(at(l.host, 80))
	if !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("dial gives %v, want connection timed out", err)
	}
	l.path("CLOSED SYN_SENT CLOSED")
	lost.wait(2) // the SYN, and the same again after 1 s
}

func TestKernelTimesOutAtAnAddressThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	l := newLab(t, setup{})
	l.listenHere(80)
	lost := l.drop(in, 1000, isSYN)
	failed := make(chan error)
	go func() {
		_, err := l.dialContext(context.Background(), noLocal, at(l.ours, 80), func(fd int) error {
			return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_SYNCNT, 1)
		})
		failed <- err
	}()
	lost.wait(1)
	l.states("SYN-SENT")
	if err := <-failed; !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("the kernel's connect gives %v, want connection timed out", err)
	}
	lost.wait(2)
	l.path("CLOSED LISTEN")
}

// The RST of a client that has given up takes SYN_RCVD back to LISTEN, and the
// listener accepts the next client.
func TestResetInSynRcvdGoesBackToListen(t *testing.T) {
	l := newLab(t, quick)
	ln := l.listenHere(80)
	synack := l.hold(out, isSYNACK)
	ctx, giveUp := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, err := l.dialContext(ctx, noLocal, at(l.ours, 80), nil)
		failed <- err
	}()
	synack.wait(1)
	l.path("CLOSED LISTEN SYN_RCVD")
	l.states("SYN-SENT")
	giveUp() // closes the kernel's socket, which is silent in SYN_SENT
	if err := <-failed; err == nil {
		t.Fatal("the kernel's connect succeeds without a SYN,ACK")
	}
	l.states()
	synack.release() // to nobody now
	l.path("CLOSED LISTEN SYN_RCVD LISTEN")

	c, err := l.dial(noLocal, at(l.ours, 80))
	must(t, err)
	l.acceptHere(ln)
	l.states("ESTAB")
	must(t, c.Close())
}

func TestListenerThatDialsOpensActively(t *testing.T) {
	l := newLab(t, quick)
	theirs, ours := l.listen(at(l.host, 0)), l.listenHere(80)
	c, err := ours.Dial(context.Background(), theirs.Addr().(*net.TCPAddr).AddrPort())
	must(t, err)
	s := l.accept(theirs)
	if port := s.RemoteAddr().(*net.TCPAddr).Port; port != 80 {
		t.Errorf("the kernel sees port %d, want the listener's", port)
	}
	l.path("CLOSED LISTEN SYN_SENT ESTABLISHED")
	must(t, c.CloseWrite())
	wantEOF(t, s)
	must(t, s.Close())
	l.pathOf(0, "LISTEN SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
}

// Figure 7: the SYNs cross, and each end answers with SYN,ACK.
func TestSYNsThatCrossMakeOneConnection(t *testing.T) {
	bothFamilies(t, quick, func(l *lab) {
		ours, theirs := at(l.ours, 4000), at(l.host, 5000)
		syn := l.hold(in, isSYN)
		type dialled struct {
			c   net.Conn
			err error
		}
		kernel, here := make(chan dialled), make(chan dialled)
		go func() {
			c, err := l.dial(theirs, ours)
			kernel <- dialled{c, err}
		}()
		syn.wait(1)
		go func() {
			c, err := l.stack.DialTCP(context.Background(), ours, theirs)
			here <- dialled{c, err}
		}()
		syn.wait(2) // the kernel's SYN,ACK, so ours has arrived
		l.states("SYN-RECV")
		syn.release()
		a, b := <-kernel, <-here
		must(l.t, firstOf(a.err, b.err))
		l.path("CLOSED SYN_SENT SYN_RCVD ESTABLISHED")
		l.states("ESTAB")
		exchange(l.t, a.c, b.c)
		must(l.t, b.c.(*lastack.Conn).CloseWrite())
		l.states("CLOSE-WAIT")
		must(l.t, a.c.Close())
		l.path("CLOSED SYN_SENT SYN_RCVD ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
	})
}

// A SYN,ACK that is lost comes again, from either end.
func TestLostSYNACKComesAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t, quick)
	l.drop(out, 1, isSYNACK)
	l.drop(in, 1, isSYNACK)
	theirs, ours := l.listen(at(l.host, 0)), l.listenHere(80)
	c, err := l.dial(noLocal, at(l.ours, 80))
	must(t, err)
	exchange(t, c, l.acceptHere(ours))
	d, err := l.dialHere(theirs.Addr().(*net.TCPAddr).AddrPort())
	must(t, err)
	exchange(t, d, l.accept(theirs))
	l.pathOf(0, "LISTEN SYN_RCVD ESTABLISHED")
	l.pathOf(1, "CLOSED SYN_SENT ESTABLISHED")
	again := l.count(func(e *trace.Event) bool { return e.Kind == trace.Send && e.Seg.Flags == trace.SYN|trace.ACK })
	if again < 2 {
		t.Errorf("lastack has sent SYN,ACK %d times, want at least 2", again)
	}
}
