//go:build linux

package interop

import (
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// openings is the two ways to open a connection, with the states that lastack
// goes through.
var openings = []struct {
	name   string
	active bool // lastack opens
	path   string
}{
	{"LastackOpens", true, "CLOSED SYN_SENT ESTABLISHED"},
	{"KernelOpens", false, "CLOSED LISTEN SYN_RCVD ESTABLISHED"},
}

// eachOpening runs a test for connections opened either way, over IPv4 and
// over IPv6. opened is the states that lastack has gone through by then.
func eachOpening(t *testing.T, with setup, test func(l *lab, ours, theirs end, opened string)) {
	for _, o := range openings {
		t.Run(o.name, func(t *testing.T) {
			bothFamilies(t, with, func(l *lab) {
				ours, theirs := l.connect(o.active)
				l.path(o.path)
				l.states("ESTAB")
				test(l, ours, theirs, o.path)
			})
		})
	}
}

func TestLastackClosesFirst(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		exchange(l.t, ours, theirs)
		must(l.t, ours.Close())
		wantEOF(l.t, theirs)
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2")
		l.states("CLOSE-WAIT")
		must(l.t, theirs.Close())
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
		l.states()
	})
}

func TestKernelClosesFirst(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		exchange(l.t, theirs, ours)
		must(l.t, theirs.Close())
		wantEOF(l.t, ours)
		l.path(opened + " CLOSE_WAIT")
		l.states("FIN-WAIT-2")
		must(l.t, ours.Close())
		l.path(opened + " CLOSE_WAIT LAST_ACK CLOSED")
		l.states("TIME-WAIT")
	})
}

// The end that closes first still receives.
func TestLastackReceivesInFinWait2(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		must(l.t, ours.CloseWrite())
		wantEOF(l.t, theirs)
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2")
		l.states("CLOSE-WAIT")
		transfer(l.t, theirs, ours, noise(300_000))
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
		l.states()
	})
}

func TestLastackSendsFromCloseWait(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		must(l.t, theirs.CloseWrite())
		wantEOF(l.t, ours)
		l.path(opened + " CLOSE_WAIT")
		l.states("FIN-WAIT-2")
		transfer(l.t, ours, theirs, noise(300_000))
		l.path(opened + " CLOSE_WAIT LAST_ACK CLOSED")
		l.states("TIME-WAIT")
	})
}

func TestAbortByLastackResetsTheKernel(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		must(l.t, ours.SetLinger(0))
		must(l.t, ours.Close())
		l.path(opened + " CLOSED")
		wantError(l.t, theirs, syscall.ECONNRESET)
		l.states()
	})
}

func TestAbortByTheKernelResetsLastack(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		must(l.t, theirs.SetLinger(0))
		must(l.t, theirs.Close())
		wantError(l.t, ours, syscall.ECONNRESET)
		l.path(opened + " CLOSED")
		l.states()
	})
}

// Data that nobody reads is answered with a reset (RFC 2525 §2.17).
func TestCloseWithUnreadDataResetsTheKernel(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		send(l.t, theirs, ours, "read")
		_, err := theirs.Write([]byte("not read"))
		must(l.t, err)
		l.awaitCount(2, "segments with data", func(e *trace.Event) bool { return e.Kind == trace.Recv && e.Seg.Len > 0 })
		must(l.t, ours.Close())
		wantError(l.t, theirs, syscall.ECONNRESET)
		l.path(opened + " CLOSED")
	})
}

// The kernel's ACK of our FIN is lost, so that its FIN,ACK is the first that we
// hear: FIN_WAIT_2 is passed in an instant.
func TestFINWithTheACKOfOursPassesFinWait2(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		lost := l.drop(in, 1, isACK)
		must(l.t, ours.Close())
		wantEOF(l.t, theirs)
		lost.wait(1)
		l.path(opened + " FIN_WAIT_1")
		must(l.t, theirs.Close())
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
		arrived := l.count(func(e *trace.Event) bool { return e.Kind == trace.Recv && e.From == fsm.FinWait2 })
		if arrived != 0 {
			l.t.Errorf("%d segments arrived in FIN_WAIT_2, want none", arrived)
		}
		l.states()
	})
}

// Each end sends its FIN before it sees the other's. Everything from the
// kernel's FIN on is held until ours has arrived there.
func TestFINsThatCrossGoThroughClosing(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		fin := l.hold(in, isFIN)
		must(l.t, theirs.Close())
		fin.wait(1)
		l.states("FIN-WAIT-1")
		must(l.t, ours.Close())
		l.path(opened + " FIN_WAIT_1")
		l.states("CLOSING")
		fin.release()
		l.path(opened + " FIN_WAIT_1 CLOSING TIME_WAIT CLOSED")
		l.states("TIME-WAIT")
	})
}

// The ACK of the kernel's FIN is lost. Its FIN comes again, and is acknowledged
// again from TIME_WAIT, which starts anew.
func TestLostLastACKIsSentAgainFromTimeWait(t *testing.T) {
	const timeWait = time.Second // longer than the kernel takes to send its FIN again
	slow := setup{Config: lastack.Config{TimeWait: timeWait}}
	eachOpening(t, slow, func(l *lab, ours, theirs end, opened string) {
		must(l.t, ours.Close())
		wantEOF(l.t, theirs)
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2")
		lost := l.drop(out, 1, isACK)
		must(l.t, theirs.Close())
		lost.wait(1)
		l.states() // once the second ACK has arrived
		l.path(opened + " FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED")
		again := l.last(func(e *trace.Event) bool {
			return e.Kind == trace.Recv && e.From == fsm.TimeWait && e.Seg.Flags&trace.FIN != 0
		})
		closed := l.last(func(e *trace.Event) bool { return e.Kind == trace.State && e.To == fsm.Closed })
		if passed := closed.Time - again.Time; passed < timeWait {
			l.t.Errorf("TIME_WAIT ends %v after the second FIN, want %v", passed, timeWait)
		}
	})
}

// The same with the ends exchanged: lastack sends its FIN again in LAST_ACK.
func TestLostLastACKOfTheKernelIsSentAgain(t *testing.T) {
	eachOpening(t, quick, func(l *lab, ours, theirs end, opened string) {
		must(l.t, theirs.Close())
		wantEOF(l.t, ours)
		l.states("FIN-WAIT-2")
		lost := l.drop(in, 1, isACK)
		must(l.t, ours.Close())
		lost.wait(1)
		l.path(opened + " CLOSE_WAIT LAST_ACK CLOSED")
		l.states("TIME-WAIT")
		fins := l.count(func(e *trace.Event) bool { return e.Kind == trace.Send && e.Seg.Flags&trace.FIN != 0 })
		if fins < 2 {
			l.t.Errorf("lastack has sent FIN %d times, want at least 2", fins)
		}
	})
}
