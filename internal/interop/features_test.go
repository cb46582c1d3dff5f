//go:build linux

package interop

import (
	"context"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/internal/wire"
)

// shows waits until the kernel's ss has all these words about its one connection.
func (l *lab) shows(words ...string) {
	l.t.Helper()
	await(l.t, "what ss -i shows", strings.Join(words, " "), func() string {
		line := " " + strings.Join(strings.Fields(l.run("ss", "-Htino")), " ") + " "
		var found []string
		for _, w := range words {
			if strings.Contains(line, " "+w) {
				found = append(found, w)
			}
		}
		return strings.Join(found, " ")
	})
}

// Both ends agree on what SYNs negotiate, whoever opens, and marks are used.
func TestKernelAgreesOnTimestampsSACKAndECN(t *testing.T) {
	bothFamilies(t, setup{Config: lastack.Config{ECN: lastack.ECNClassic, TimeWait: quick.TimeWait}}, func(l *lab) {
		l.run("sysctl", "-qw", "net.ipv4.tcp_ecn=1")
		theirs, ours := l.listen(at(l.host, 0)), l.listenHere(80)
		c, err := l.dialHere(theirs.Addr().(*net.TCPAddr).AddrPort())
		must(l.t, err)
		exchange(l.t, c, l.accept(theirs))
		l.shows("ts", "sack", "ecn", "ecnseen", "wscale:")
		if info := c.Info(); info.ECN != "classic" {
			l.t.Errorf("lastack says %s", info.ECN)
		}
		must(l.t, c.SetLinger(0))
		must(l.t, c.Close())
		l.states()

		k, err := l.dial(noLocal, at(l.ours, 80))
		must(l.t, err)
		exchange(l.t, k, l.acceptHere(ours))
		l.shows("ts", "sack", "ecn", "ecnseen", "wscale:")
	})
}

// A segment of the kernel is lost: we tell of what is beyond the gap, and the kernel
// sends the one that is missing.
func TestKernelHearsOfWhatIsBeyondAGap(t *testing.T) {
	l := newLab(t, quick)
	theirs := l.listen(at(l.host, 0))
	c, err := l.dialHere(theirs.Addr().(*net.TCPAddr).AddrPort())
	must(t, err)
	k := l.accept(theirs)
	exchange(t, c, k)
	lost := l.drop(in, 1, func(s *wire.Segment) bool { return len(s.Payload) > 1000 })
	told := l.hold(out, func(s *wire.Segment) bool { return s.Opts.NSACK > 0 })
	done := make(chan struct{})
	go func() {
		defer close(done)
		transfer(t, k, c, noise(1<<18))
	}()
	lost.wait(1)
	told.wait(1)
	told.release()
	<-done
}

// fastListen opens a listener of the kernel that takes text of SYNs.
func (l *lab) fastListen() *net.TCPListener {
	l.t.Helper()
	ln := l.listen(at(l.host, 0))
	raw, err := ln.SyscallConn()
	must(l.t, err)
	var set error
	must(l.t, raw.Control(func(fd uintptr) { set = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_FASTOPEN, 5) }))
	must(l.t, set)
	return ln
}

// RFC 7413: the kernel gives us a cookie, and takes our text with the next SYN.
func TestKernelTakesTextOfOurSYN(t *testing.T) {
	bothFamilies(t, quick, func(l *lab) {
		l.run("sysctl", "-qw", "net.ipv4.tcp_fastopen=3")
		ln := l.fastListen()
		for _, text := range []string{"first", "second"} {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			c, err := l.stack.DialFast(ctx, "tcp", ln.Addr().String(), []byte(text))
			cancel()
			must(l.t, err)
			k := l.accept(ln)
			buf := make([]byte, 100)
			n, err := k.Read(buf)
			if err != nil || string(buf[:n]) != text {
				l.t.Errorf("the kernel reads %q, %v", buf[:n], err)
			}
			if text == "second" {
				l.shows("fastopen")
			}
			must(l.t, c.(*lastack.Conn).SetLinger(0))
			must(l.t, firstOf(c.Close(), k.Close()))
			l.states()
		}
	})
}

// RFC 7413: the kernel asks us for a cookie, and brings text with its next SYN.
func TestKernelSendsTextInItsSYN(t *testing.T) {
	bothFamilies(t, setup{Config: lastack.Config{FastOpen: lastack.FastOpenServe, TimeWait: quick.TimeWait}}, func(l *lab) {
		ln := l.listenHere(80)
		for range 2 {
			k, err := l.dialContext(context.Background(), noLocal, at(l.ours, 80), func(fd int) error {
				return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN_CONNECT, 1)
			})
			must(l.t, err)
			_, err = k.Write([]byte("question"))
			must(l.t, err)
			c := l.acceptHere(ln)
			buf := make([]byte, 100)
			n, err := c.Read(buf)
			if err != nil || string(buf[:n]) != "question" {
				l.t.Errorf("lastack reads %q, %v", buf[:n], err)
			}
			send(l.t, c, k, "answer")
			must(l.t, c.SetLinger(0))
			must(l.t, firstOf(c.Close(), k.Close()))
			l.states()
		}
		if n := l.stack.Stats().FastAccepted; n != 1 {
			l.t.Errorf("%d SYNs were believed, want the second", n)
		}
	})
}
