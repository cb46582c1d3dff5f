//go:build linux

package interop

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// small is a setup in which windows fill soon.
var small = setup{Config: lastack.Config{TimeWait: quick.TimeWait, SendBuffer: 64 << 10, RecvBuffer: 64 << 10}}

// The kernel's program does not read, so its window closes. lastack probes it
// (§3.8.6.1) and goes on when it opens.
func TestLastackWaitsForTheKernelsWindow(t *testing.T) {
	eachOpening(t, small, func(l *lab, ours, theirs end, opened string) {
		must(l.t, theirs.(*net.TCPConn).SetReadBuffer(16<<10))
		data := noise(8 << 20)
		written := make(chan error, 1)
		go func() {
			_, err := ours.Write(data)
			written <- firstOf(err, ours.CloseWrite())
		}()
		l.awaitCount(1, "zero windows received", func(e *trace.Event) bool {
			return e.Kind == trace.Recv && e.Seg.Wnd == 0 && e.From == fsm.Established
		})
		l.awaitCount(1, "the persist timer fired", func(e *trace.Event) bool {
			return e.Kind == trace.Timer && e.Timer == trace.Persist && e.Op == trace.Fired
		})
		wantBytes(l.t, theirs, data)
		must(l.t, firstOf(<-written, theirs.Close()))
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
	})
}

// lastack's program does not read, so lastack closes its window, answers the
// kernel's probes, and opens it again.
func TestKernelWaitsForLastacksWindow(t *testing.T) {
	eachOpening(t, small, func(l *lab, ours, theirs end, opened string) {
		data := noise(8 << 20)
		written := make(chan error, 1)
		go func() {
			_, err := theirs.Write(data)
			written <- firstOf(err, theirs.CloseWrite())
		}()
		closed := func(e *trace.Event) bool {
			return e.Kind == trace.Send && e.Seg.Wnd == 0 && e.From == fsm.Established
		}
		l.awaitCount(2, "zero windows sent, the second in answer to a probe", closed)
		wantBytes(l.t, ours, data)
		must(l.t, firstOf(<-written, ours.Close()))
		l.path(opened + " CLOSE_WAIT LAST_ACK CLOSED")
	})
}

func TestPacketsAreAsLongAsTheMTUAllows(t *testing.T) {
	for _, mtu := range []int{1280, 9000} {
		with := quick
		with.mtu = mtu
		eachOpening(t, with, func(l *lab, ours, theirs end, _ string) {
			data := noise(1 << 20)
			transfer(l.t, ours, theirs, data)
			transfer(l.t, theirs, ours, data)
			if o, i := l.longestPacket(out), l.longestPacket(in); o != mtu || i != mtu {
				l.t.Errorf("the longest packets have %d bytes from lastack and %d from the kernel, want the MTU of %d", o, i, mtu)
			}
		})
	}
}

func TestKernelAnswersKeepAliveProbes(t *testing.T) {
	t.Parallel()
	// The kernel answers no more than one in 500 ms (tcp_invalid_ratelimit).
	const interval = 600 * time.Millisecond
	with := quick
	with.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: interval, Interval: interval, Count: 1}
	l := newLab(t, with)
	l.connect(true)
	// The first without an answer would be the last.
	l.awaitCount(3, "keep-alive timers fired", func(e *trace.Event) bool {
		return e.Kind == trace.Timer && e.Timer == trace.KeepAlive && e.Op == trace.Fired
	})
	l.path("CLOSED SYN_SENT ESTABLISHED")
}

func TestLastackAnswersKeepAliveProbes(t *testing.T) {
	t.Parallel()
	l := newLab(t, quick)
	_, theirs := l.connect(false)
	must(t, theirs.(*net.TCPConn).SetKeepAliveConfig(net.KeepAliveConfig{
		Enable: true, Idle: time.Second, Interval: time.Second, Count: 1,
	}))
	probe := func(e *trace.Event) bool {
		return e.Kind == trace.Recv && e.Seg.RelSeq == 0 && e.Seg.Flags == trace.ACK
	}
	// The first without an answer would be the last.
	l.awaitCount(2, "keep-alive probes", probe)
	l.path("CLOSED LISTEN SYN_RCVD ESTABLISHED")
	l.states("ESTAB")
}

// Neither end hears of the other any more.
func TestUnansweredDataTimesOut(t *testing.T) {
	t.Parallel()
	with := quick
	with.UserTimeout = time.Second
	l := newLab(t, with)
	ours, theirs := l.connect(true)
	must(t, setUserTimeout(theirs.(*net.TCPConn), time.Second))
	l.drop(out, 1000, all)
	l.drop(in, 1000, all)
	_, err := ours.Write([]byte("lost"))
	must(t, err)
	_, err = theirs.Write([]byte("lost"))
	must(t, err)
	wantError(t, ours, unix.ETIMEDOUT)
	wantError(t, theirs, unix.ETIMEDOUT)
	l.path("CLOSED SYN_SENT ESTABLISHED CLOSED")
	l.states()
}

// setUserTimeout limits how long the kernel waits for an acknowledgment.
func setUserTimeout(c *net.TCPConn, d time.Duration) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		set = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
	})
	return firstOf(err, set)
}
