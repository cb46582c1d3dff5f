package tcp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// Figure 6, from both ends.
func TestThreeWayHandshake(t *testing.T) {
	exchange(t, `
		connect
		> S 0:0(0)
		= SYN_SENT
		< S. 0:0(0) ack 1
		> . 1:1(0) ack 1
		= ESTABLISHED
		write 10
		> P. 1:11(10) ack 1
		< . 1:1(0) ack 11
	`)
	exchange(t, `
		passive
		= LISTEN
		< S 0:0(0)
		> S. 0:0(0) ack 1
		= SYN_RCVD
		< . 1:1(0) ack 1
		= ESTABLISHED
	`)
}

// RFC 2018 §2: SACK-permitted is offered in a SYN, and in a SYN,ACK only in answer;
// Config.NoSACK leaves it out.
func TestSACKPermitted(t *testing.T) {
	with := Config{NoTimestamps: true, NoWindowScale: true}
	without := Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true}
	for _, tt := range []struct {
		script string
		cfg    Config
		want   bool
	}{
		{"connect\n> S 0:0(0) <mss 1460,sackOK>\n< S. 0:0(0) ack 1 <mss 1460,sackOK>\n> . 1:1(0) ack 1", with, true},
		{"connect\n> S 0:0(0) <mss 1460,sackOK>\n< S. 0:0(0) ack 1 <mss 1460>\n> . 1:1(0) ack 1", with, false},
		{"connect\n> S 0:0(0) <mss 1460>\n< S. 0:0(0) ack 1 <mss 1460,sackOK>\n> . 1:1(0) ack 1", without, false},
		{"passive\n< S 0:0(0) <mss 1460,sackOK>\n> S. 0:0(0) ack 1 <mss 1460,sackOK>", with, true},
		{"passive\n< S 0:0(0) <mss 1460>\n> S. 0:0(0) ack 1 <mss 1460>", with, false},
		{"passive\n< S 0:0(0) <mss 1460,sackOK>\n> S. 0:0(0) ack 1 <mss 1460>", without, false},
	} {
		if got := exchange(t, tt.script, tt.cfg).c.tcb.Opts.SACK; got != tt.want {
			t.Errorf("both permit: %v, want %v:\n%s", got, tt.want, tt.script)
		}
	}
}

// Figure 7: MUST-10. The SYN,ACKs that cross complete the handshake without further ACKs.
func TestSimultaneousOpen(t *testing.T) {
	exchange(t, `
		connect
		> S 0:0(0)
		< S 0:0(0)
		> S. 0:0(0) ack 1
		= SYN_RCVD
		< S. 0:0(0) ack 1
		= ESTABLISHED
	`)
	// Both arrive before ours could be sent. The handshake is over, so that the
	// peer's SYN is acknowledged without a SYN.
	exchange(t, `
		connect
		> S 0:0(0)
		<< S 0:0(0)
		< S. 0:0(0) ack 1
		= ESTABLISHED
		> . 1:1(0) ack 1
	`)
	// The peer's SYN,ACK is lost, and its next segment acknowledges our SYN.
	exchange(t, `
		connect
		> S 0:0(0)
		< S 0:0(0)
		> S. 0:0(0) ack 1
		< P. 1:6(5) ack 1
		= ESTABLISHED
		read 5
		wait 40ms
		> . 1:1(0) ack 6
	`)
}

// Figure 8, peer B: an old duplicate SYN is reset, and the end listens again,
// because it came from LISTEN (MUST-11); one that came from SYN_SENT is refused.
func TestOldDuplicateSYN(t *testing.T) {
	exchange(t, `
		state SYN_RCVD
		< R 1:1(0)
		= LISTEN
	`)
	exchange(t, `
		state SYN_SENT
		< S 0:0(0)
		> S. 0:0(0) ack 1
		< R 1:1(0)
		= CLOSED
		err "connection refused"
	`)
	// Peer A: the SYN,ACK acknowledges something never sent.
	exchange(t, `
		state SYN_SENT
		< S. 0:0(0) ack 91
		> R 91:91(0)
		= SYN_SENT
		< S. 0:0(0) ack 1
		> . 1:1(0) ack 1
		= ESTABLISHED
	`)
}

// Figure 9, peer B: a SYN from a peer that has restarted is challenged, and its RST
// believed. The user learns that the connection was aborted (MUST-12).
func TestHalfOpenDiscovered(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< S 4000:4000(0)
		> . 1:1(0) ack 1
		= ESTABLISHED
		< R 1:1(0)
		= CLOSED
		err "connection reset by peer"
	`)
}

// Figure 12, peer B, with data still to send: the other side closes first.
func TestPassiveClose(t *testing.T) {
	exchange(t, `
		state ESTABLISHED          # both sides at 1
		< F. 1:1(0) ack 1
		> .  1:1(0) ack 2          # §3.10.7.4 eighth
		= CLOSE_WAIT
		write 100
		> P. 1:101(100) ack 2      # CLOSE-WAIT may still send
		close
		> F. 101:101(0) ack 2
		= LAST_ACK
		< .  2:2(0) ack 101        # acknowledges the data, not the FIN
		= LAST_ACK
		< .  2:2(0) ack 102
		= CLOSED
		read EOF
	`)
}

// Figure 12, peer A, to the end of TIME_WAIT (MUST-13).
func TestActiveClose(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		close
		> F. 1:1(0) ack 1
		= FIN_WAIT_1
		< . 1:1(0) ack 2
		= FIN_WAIT_2
		< P. 1:6(5) ack 2          # half closed: the peer still sends
		read 5
		wait 40ms
		> . 2:2(0) ack 6
		< F. 6:6(0) ack 2
		> . 2:2(0) ack 7
		= TIME_WAIT
		read EOF
		wait 59s
		= TIME_WAIT
		wait 1s
		= CLOSED
	`)
}

// Figure 5's note 2: FIN with the ACK of our FIN passes through FIN-WAIT-2 in an instant.
func TestFinAck(t *testing.T) {
	e := exchange(t, `
		state FIN_WAIT_1
		< F. 1:1(0) ack 2
		> . 2:2(0) ack 2
		= TIME_WAIT
	`)
	if n := len(e.rows); n < 2 || e.rows[n-2].To.String() != "FIN_WAIT_2" {
		t.Errorf("rows taken: %+v", e.rows)
	}
}

// Figure 13.
func TestSimultaneousClose(t *testing.T) {
	exchange(t, `
		state FIN_WAIT_1
		< F. 1:1(0) ack 1
		> . 2:2(0) ack 2
		= CLOSING
		< . 2:2(0) ack 2
		= TIME_WAIT
	`)
}

// The last ACK was lost: the FIN comes again, is acknowledged again, and 2 MSL start anew.
func TestLastAckLost(t *testing.T) {
	exchange(t, `
		state TIME_WAIT
		wait 30s
		< F. 1:1(0) ack 2
		> . 2:2(0) ack 2
		wait 59s
		= TIME_WAIT
		wait 1s
		= CLOSED
	`)
}

// §3.10.4 SYN-RECEIVED: CLOSE sends FIN after the SYN,ACK, and the handshake goes on.
func TestCloseInSynReceived(t *testing.T) {
	exchange(t, `
		state SYN_RCVD
		close
		> F. 1:1(0) ack 1
		= FIN_WAIT_1
		< . 1:1(0) ack 1
		= FIN_WAIT_1
		< . 1:1(0) ack 2
		= FIN_WAIT_2
		< P. 1:11(10) ack 2
		read 10
		< F. 11:11(0) ack 2
		> . 2:2(0) ack 12
		= TIME_WAIT
	`)
	// The SYN,ACK and the FIN are lost: both go out again, in order.
	exchange(t, `
		state SYN_RCVD
		close
		> F. 1:1(0) ack 1
		wait 1s
		> S. 0:0(0) ack 1
		> F. 1:1(0) ack 1
		< . 1:1(0) ack 2
		= FIN_WAIT_2
	`)
	// With data queued CLOSE waits for ESTABLISHED.
	exchange(t, `
		state SYN_RCVD
		write 5
		close
		= SYN_RCVD
		< . 1:1(0) ack 1
		> FP. 1:6(5) ack 1
		= FIN_WAIT_1
	`)
}

// §3.10.5 ABORT.
func TestAbort(t *testing.T) {
	for _, state := range []string{"ESTABLISHED", "CLOSE_WAIT"} {
		ack := map[string]string{"ESTABLISHED": "1", "CLOSE_WAIT": "2"}[state]
		exchange(t, "state "+state+"\nabort\n> R. 1:1(0) ack "+ack+"\n= CLOSED")
	}
	for _, state := range []string{"FIN_WAIT_1", "FIN_WAIT_2"} {
		exchange(t, "state "+state+"\nabort\n> R. 2:2(0) ack 1\n= CLOSED")
	}
	exchange(t, "state SYN_RCVD\nabort\n> R. 1:1(0) ack 1\n= CLOSED")
	for _, state := range []string{"LISTEN", "SYN_SENT", "CLOSING", "LAST_ACK", "TIME_WAIT"} {
		exchange(t, "state "+state+"\nabort\n> -\n= CLOSED")
	}
}

// Close with unread text is a reset (SHLD-3), and so is text that comes after
// (MAY-1).
func TestReleaseWithUnreadText(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 1:6(5) ack 1
		release
		> R. 1:1(0) ack 6
		= CLOSED
	`)
	exchange(t, `
		state ESTABLISHED
		release
		> F. 1:1(0) ack 1
		< . 1:1(0) ack 2
		= FIN_WAIT_2
		< P. 1:6(5) ack 2
		> R. 2:2(0) ack 6
		= CLOSED
	`)
}

// FIN_WAIT_2 ends when nobody waits for the peer's FIN.
func TestFinWait2WithoutUser(t *testing.T) {
	exchange(t, `
		state FIN_WAIT_2
		wait 10m
		= FIN_WAIT_2
		release
		wait 59s
		= FIN_WAIT_2
		wait 1s
		= CLOSED
	`)
}

// §3.10.7.1: without a connection, a segment is reset so that its sender believes it.
func TestResetWithoutConnection(t *testing.T) {
	e := newEnd(t, Config{})
	for _, tt := range []struct{ in, out string }{
		{"S 100:100(0)", "R. 0:0(0) ack 101"},
		{". 100:110(10) ack 555", "R 555:555(0)"},
		{"F 100:100(0)", "R. 0:0(0) ack 101"},
		{"R 100:100(0)", "-"},
		{"R. 100:100(0) ack 1", "-"},
	} {
		e.line = tt.in
		seg := e.parse(tt.in)
		e.did(e.c.Arrive(e.now, &seg))
		e.want(tt.out)
	}
}

// §3.10.7.4 second, RFC 5961 §3.2.
func TestRSTInsideWindowIsChallenged(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< R 2:2(0)                 # in the window, not exact
		> . 1:1(0) ack 1
		= ESTABLISHED
		< R 100000:100000(0)       # outside
		> -
		< R 1:1(0)
		= CLOSED
	`)
}

// RFC 5961 §7: the challenges are bounded.
func TestChallengesAreThrottled(t *testing.T) {
	e := newEnd(t, Config{ChallengeACKs: 3, NoTimestamps: true})
	e.enter("ESTABLISHED")
	burst := func() (answers int) {
		for range 20 {
			seg := e.parse("R 5:5(0)")
			seg.Seq += theirISS
			e.did(e.c.Arrive(e.now, &seg))
		}
		answers, e.out = len(e.out), nil
		return answers
	}
	if n := burst(); n != 3 {
		t.Errorf("%d answers to 20 forged resets, want 3", n)
	}
	e.wait("5s")
	if n := burst(); n != 3 {
		t.Errorf("%d answers after 5 s, want 3 again", n)
	}
}

// RFC 1337: a reset does not end TIME_WAIT.
func TestTimeWaitAssassination(t *testing.T) {
	exchange(t, `
		state TIME_WAIT
		< R 2:2(0)
		= TIME_WAIT
	`)
}

// §3.10.7.4 fifth, RFC 5961 §5 (MAY-12).
func TestACKOutsideOfWhatWasSent(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 1:6(5) ack 100        # not sent yet
		> . 1:1(0) ack 1
		read 0
		< P. 1:6(5) ack -70000     # too old
		> . 1:1(0) ack 1
		read 0
		< - 1:6(5)                 # no ACK at all
		> -
	`)
}

// RFC 5961 §5.2: what is before ISS was never sent, however large the window
// is that the peer has announced.
func TestACKBeforeISSIsRefused(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 1:6(5) ack -1         # our SYN was 0
		> . 1:1(0) ack 1
		read 0
		< P. 1:6(5) ack 0
		wait 40ms
		> . 1:1(0) ack 6
		read 5
	`)
}

// When half of the sequence numbers have been used since, ISS tells nothing
// about what is old.
func TestISSIsForgottenWhenNumbersWrap(t *testing.T) {
	e := exchange(t, "state ESTABLISHED")
	e.c.tcb.Snd.ISS = e.c.tcb.Snd.Una - 1<<31
	e.play("write 5")
	e.play("> P. 1:6(5) ack 1")
	e.play("< . 1:1(0) ack 6")
	e.c.tcb.Snd.ISS = e.c.tcb.Snd.Una - 2 // and round
	e.play("< P. 1:6(5) ack 1")
	e.play("wait 40ms")
	e.play("> . 6:6(0) ack 6")
}

// §3.10.7.4 fifth: in TIME_WAIT what has a sequence number is acknowledged, but
// only the peer's own FIN restarts the 2 MSL.
func TestTimeWaitAcknowledgesWhatHasANumber(t *testing.T) {
	e := exchange(t, `
		state TIME_WAIT
		wait 20s
		< P. 2:7(5) ack 2
		> . 2:2(0) ack 2
		< F. 2:2(0) ack 2          # the peer's FIN was 1
		> . 2:2(0) ack 2
		< . 2:2(0) ack 2
		> -
		= TIME_WAIT
	`)
	until := e.c.Deadline()
	e.play("< F. 1:1(0) ack 2")
	e.play("> . 2:2(0) ack 2")
	if got := e.c.Deadline(); got.Sub(until) != 20*time.Second {
		t.Errorf("the peer's FIN moves the end of TIME_WAIT by %v, want the 20 s that have passed", got.Sub(until))
	}
}

// §3.10.7.3: what SYN_SENT makes of segments.
func TestSynSent(t *testing.T) {
	exchange(t, "state SYN_SENT\n< R. 0:0(0) ack 1\n= CLOSED\nerr \"connection refused\"")
	exchange(t, "state SYN_SENT\n< R. 0:0(0) ack 2\n> -\n= SYN_SENT")
	exchange(t, "state SYN_SENT\n< R 0:0(0)\n> -\n= SYN_SENT")
	exchange(t, "state SYN_SENT\n< . 0:0(0) ack 0\n> R 0:0(0)\n= SYN_SENT")
	exchange(t, "state SYN_SENT\n< . 0:0(0) ack 1\n> -\n= SYN_SENT")
	exchange(t, "state SYN_SENT\n< F 0:0(0)\n> -\n= SYN_SENT")
	// Text and FIN with the SYN,ACK are taken.
	exchange(t, `
		state SYN_SENT
		< SFP. 0:5(5) ack 1
		> . 1:1(0) ack 7
		= CLOSE_WAIT
		read 5
		read EOF
	`)
}

// Text on a SYN waits until the handshake is done (§3.10.7.2 third).
func TestTextOnSYN(t *testing.T) {
	exchange(t, `
		passive
		< S 0:5(5)
		> S. 0:0(0) ack 1
		read 0
		< . 6:6(0) ack 1
		= ESTABLISHED
		read 5
		> . 1:1(0) ack 6
	`)
}

// MUST-20, MUST-22, MUST-23: SYN is sent again with back-off for at least three minutes, then the user is told.
func TestConnectTimeout(t *testing.T) {
	e := exchange(t, `
		connect
		> S 0:0(0)
		wait 1s
		> S 0:0(0)
		wait 2s
		> S 0:0(0)
		wait 4s
		> S 0:0(0)
		wait 8s
		> S 0:0(0)
		wait 16s
		> S 0:0(0)
		wait 32s
		> S 0:0(0)
		wait 64s
		> S 0:0(0)
		wait 119s
		= SYN_SENT
		wait 1s
		= CLOSED
		err "connection timed out"
	`)
	if e.c.Deadline() < e.now {
		t.Error("a timer is left")
	}
}

// RFC 6298 §5: back-off (MUST-19), and the timer starts over with each new ACK.
func TestRetransmission(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		write 10
		> P. 1:11(10) ack 1
		wait 200ms
		> P. 1:11(10) ack 1
		wait 400ms
		> P. 1:11(10) ack 1
		wait 800ms
		> P. 1:11(10) ack 1
		< . 1:1(0) ack 11
		wait 1m
	`)
}

// RFC 5681 §3.2: the third duplicate ACK sends the lost segment again.
func TestFastRetransmit(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		write 5840
		> . 1:1461(1460) ack 1
		> . 1461:2921(1460) ack 1
		> . 2921:4381(1460) ack 1
		> P. 4381:5841(1460) ack 1
		< . 1:1(0) ack 1
		< . 1:1(0) ack 1
		> -
		< . 1:1(0) ack 1
		> . 1:1461(1460) ack 1
		< . 1:1(0) ack 2921        # partial: the third is lost too (RFC 6582)
		> . 2921:4381(1460) ack 1
		< . 1:1(0) ack 5841
	`, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true, MinRTO: 10e9})
}

// §3.8.6.1, MUST-36: the first probe of a zero window after the RTO (SHLD-29), the next
// with growing distance (SHLD-30), for ever while the peer answers (MUST-37).
func TestZeroWindow(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< . 1:1(0) ack 1 win 0
		write 100
		> -
		wait 200ms
		> . 1:2(1) ack 1
		< . 1:1(0) ack 1 win 0
		wait 400ms
		> . 1:2(1) ack 1
		< . 1:1(0) ack 1 win 0
		wait 800ms
		> . 1:2(1) ack 1
		< . 1:1(0) ack 1 win 1000  # it opens
		> P. 1:101(100) ack 1
		< . 1:1(0) ack 101 win 1000
	`)
}

// The receiver at a zero window, which lasts until the user reads (MAY-8), takes
// ACKs and resets, and no text (MUST-66).
func TestReceiverAtZeroWindow(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 1:1001(1000) ack 1
		wait 40ms
		> . 1:1(0) ack 1001 win 0
		write 5
		> P. 1:6(5) ack 1001 win 0
		< . 1001:1002(1) ack 6     # a probe: its ACK counts
		> . 6:6(0) ack 1001 win 0
		read 1000
		> . 6:6(0) ack 1001 win 1000
		< . 1001:1002(1) ack 6
		wait 40ms
		> . 6:6(0) ack 1002 win 999
		< R 1002:1002(0)
		= CLOSED
	`, Config{RecvBuffer: 1000, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
}

// Text out of order waits (SHLD-31), is acknowledged at once (MAY-13), and is
// delivered in order.
func TestReassembly(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 11:21(10) ack 1
		> . 1:1(0) ack 1
		< P. 31:41(10) ack 1
		> . 1:1(0) ack 1
		< F. 41:41(0) ack 1
		> . 1:1(0) ack 1
		read 0
		< P. 1:16(15) ack 1        # fills the first gap, and overlaps
		> . 1:1(0) ack 21
		read 20
		< P. 21:31(10) ack 1
		> . 1:1(0) ack 42
		= CLOSE_WAIT
		read 20
		read EOF
	`)
}

// §3.8.6.3: an ACK waits 40 ms (MUST-40), or for the second full segment
// (SHLD-18, SHLD-19).
func TestDelayedACK(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< P. 1:101(100) ack 1
		wait 39ms
		> -
		wait 1ms
		> . 1:1(0) ack 101
		< . 101:1561(1460) ack 1
		< . 1561:3021(1460) ack 1
		> . 1:1(0) ack 3021
		< P. 3021:3031(10) ack 1
		write 5                    # it travels with text
		> P. 1:6(5) ack 3031
		wait 100ms
		> -
	`, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true, MinRTO: 10e9})
}

// §3.7.4, SHLD-7: a small segment waits while another is unacknowledged, and
// takes along what comes meanwhile (MAY-16), unless the user has turned that off
// (MUST-17).
func TestNagle(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		write 10
		> P. 1:11(10) ack 1
		write 10
		> -
		write 10
		> -
		< . 1:1(0) ack 11
		> P. 11:31(20) ack 1
		write 10
		> -
		close                      # FIN does not wait
		> FP. 31:41(10) ack 1
	`, Config{NoTimestamps: true, NoWindowScale: true})
}

// §3.8.4, MAY-5: a user who asks for them (MUST-24) gets probes after the interval that
// he set (MUST-27), when the peer is silent and nothing is outstanding (MUST-26);
// they are empty (SHLD-12).
// One lost answer is no death (MUST-29); the connection ends when several fail.
func TestKeepAlive(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		wait 10s
		> . 0:0(0) ack 1
		< . 1:1(0) ack 1
		wait 10s
		> . 0:0(0) ack 1
		wait 1s
		> . 0:0(0) ack 1
		wait 1s
		> R. 1:1(0) ack 1
		= CLOSED
		err "connection timed out"
	`, Config{NoTimestamps: true, NoWindowScale: true, KeepAlive: KeepAlive{Enable: true, Idle: 10e9, Interval: 1e9, Count: 2}})
}

// §3.10.7.4 second, §3.10.4 SYN-RECEIVED: back in LISTEN nothing is left of the
// handshake that failed, neither what was queued nor the CLOSE, nor what came
// with the SYN.
func TestBackInLISTENNothingIsLeft(t *testing.T) {
	exchange(t, `
		passive
		< SF 0:5(5)
		> S. 0:0(0) ack 1
		write 10
		close                      # waits until the connection is ESTABLISHED
		< R 1:1(0)
		= LISTEN
		< S 300:300(0)
		> S. 0:0(0) ack 301
		< . 301:301(0) ack 1
		= ESTABLISHED
		read 0
		write 10
		> P. 1:11(10) ack 301
	`)
}

// §3.8.4: when our FIN is acknowledged, a probe has nothing to carry: it is empty
// as before.
func TestKeepAliveAfterFIN(t *testing.T) {
	exchange(t, `
		state FIN_WAIT_2
		wait 10s
		> . 1:1(0) ack 1
		< . 1:1(0) ack 2
		= FIN_WAIT_2
	`, Config{NoTimestamps: true, NoWindowScale: true, KeepAlive: KeepAlive{Enable: true, Idle: 10e9, Interval: 1e9, Count: 2}})
}

// §3.10.8 USER TIMEOUT: the user can set R2 (MUST-21).
func TestUserTimeout(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, UserTimeout: 3e9, NoDelay: true})
	e.enter("ESTABLISHED")
	e.play("write 10")
	e.wait("2999ms")
	e.play("= ESTABLISHED")
	e.wait("1ms")
	e.play("= CLOSED")
	e.play(`err "connection timed out"`)
}

// RFC 7323: options on SYN, scaled windows, PAWS.
func TestTimestampsAndWindowScale(t *testing.T) {
	exchange(t, `
		connect
		> S 0:0(0) win 65535 <mss 1460,wscale 9,sackOK,TS val 3600000 ecr 0>
		< S. 0:0(0) ack 1 win 100 <mss 1000,wscale 3,TS val 7000 ecr 3600000>
		> . 1:1(0) ack 1 <TS val 3600000 ecr 7000>
		< . 1:1(0) ack 1 win 1000 <TS val 7001 ecr 3600000>
		write 1500
		> . 1:989(988) ack 1 <TS val 3600000 ecr 7001>
		> P. 989:1501(512) ack 1 <TS val 3600000 ecr 7001>
		< . 1:11(10) ack 1 win 1000 <TS val 6999 ecr 3600000> # an old duplicate
		> . 1501:1501(0) ack 1 <TS val 3600000 ecr 7001>
		read 0
		< . 1:11(10) ack 1 win 1000                            # no timestamp
		> -
		read 0
		< . 1:1(0) ack 1501 win 1000 <TS val 7002 ecr 3600000>
	`, Config{NoDelay: true})
}

// MUST-30, MUST-31, MUST-62: urgent data come in line; the user is told (MUST-32)
// and can ask how much there is (MUST-33).
func TestUrgent(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		< UP. 1:11(10) ack 1 urg 30
		read 4
	`)
	if n := e.c.Urgent(); n != 26 {
		t.Errorf("%d bytes are urgent, want 26", n)
	}
	n, r := e.c.WriteUrgent(e.now, make([]byte, 7))
	e.did(r)
	e.play("> UP. 1:8(7) ack 11")
	if n != 7 {
		t.Errorf("WriteUrgent took %d", n)
	}
}

// Karn's algorithm (MUST-18): what was sent twice gives no sample, and the
// back-off stays until something sent once is acknowledged.
func TestKarn(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		write 10
		> P. 1:11(10) ack 1
		wait 200ms
		> P. 1:11(10) ack 1
		< . 1:1(0) ack 11
	`)
	if info := e.c.Info(); info.SRTT > 1 || info.RTO != 400*time.Millisecond {
		t.Errorf("after an ACK of a retransmission SRTT is %v and RTO %v", info.SRTT, info.RTO)
	}
	e.play("write 10")
	e.play("> P. 11:21(10) ack 1")
	e.play("wait 80ms")
	e.play("< . 1:1(0) ack 21")
	if info := e.c.Info(); info.SRTT != 10*time.Millisecond || info.RTO != 200*time.Millisecond {
		t.Errorf("after a good sample SRTT is %v and RTO %v", info.SRTT, info.RTO)
	}
}

// MUST-58, MUST-59: a series of segments is processed before any ACK is sent.
func TestACKsAreAggregated(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true})
	e.enter("ESTABLISHED")
	for i := range 10 {
		seg := e.parse(fmt.Sprintf(". %d:%d(1460) ack 1", 1+i*1460, 1+(i+1)*1460))
		seg.Seq += theirISS
		seg.Ack += ourISS
		e.c.Arrive(e.now, &seg)
	}
	e.did(Result{})
	e.play("> . 1:1(0) ack 14601")
	e.wantNothing()
}

// §3.9.2.2: a soft error never aborts (MUST-56), but is what the user hears if
// the connection times out (SHLD-25); a hard error ends an open (SHLD-26), and
// nothing later (RFC 5461 §2.1).
func TestICMPErrors(t *testing.T) {
	soft, hard := errors.New("no route to host"), errors.New("port unreachable")
	e := exchange(t, "state SYN_SENT", Config{SynRetries: 1, NoTimestamps: true})
	e.c.SoftError(soft)
	e.play("= SYN_SENT")
	e.play("wait 1s")
	e.play("> S 0:0(0)")
	e.play("wait 2s")
	e.play("= CLOSED")
	if e.c.Err() != soft {
		t.Errorf("the connection timed out with %v, want what ICMP said", e.c.Err())
	}
	for state, want := range map[string]string{
		"SYN_SENT": "CLOSED", "SYN_RCVD": "LISTEN", "ESTABLISHED": "ESTABLISHED", "FIN_WAIT_2": "FIN_WAIT_2", "TIME_WAIT": "TIME_WAIT",
	} {
		e := exchange(t, "state "+state)
		e.did(e.c.HardError(e.now, hard))
		if got := e.c.State().String(); got != want {
			t.Errorf("a hard error in %s leads to %s, want %s", state, got, want)
		}
		if state == "SYN_SENT" && e.c.Err() != hard {
			t.Errorf("the user hears %v", e.c.Err())
		}
	}
}

// A smaller path MTU sends what is outstanding again in smaller segments.
func TestPathMTU(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		write 2000
		> . 1:1461(1460) ack 1
		> P. 1461:2001(540) ack 1
	`)
	e.c.PathMTU(e.now, 1040)
	e.did(Result{})
	e.play("> . 1:1001(1000) ack 1")
	e.play("> . 1001:1461(460) ack 1") // the other was short enough, and may have arrived
	e.play("< . 1:1(0) ack 2001")
	e.wantNothing()
}

// SHLD-14: however the user reads, the right edge of the window never moves
// back. MUST-39: it moves in steps that are not silly.
func TestWindowNeverShrinks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	cfg := Config{NoDelay: true, RecvBuffer: 20000}.WithDefaults()
	w := established(t, &cfg)
	a, b := w.ends[0], w.ends[1]
	var edge seq.Num
	var seg, ack wire.Segment
	for range 2000 {
		a.Write(w.now, make([]byte, rnd.IntN(4000)))
		w.now = w.now.Add(time.Millisecond)
		for a.Emit(w.now, &seg) {
			b.Arrive(w.now, &seg)
			_, _ = b.Read(w.now, make([]byte, rnd.IntN(3000)))
			for b.Emit(w.now, &ack) {
				now := ack.Ack.Add(int(a.scaled(&ack)))
				if step := now.Sub(edge); edge != 0 && (step < 0 || step > 0 && step < 1000) {
					t.Fatalf("the right edge moves by %d", step)
				}
				edge = now
				a.Arrive(w.now, &ack)
			}
		}
	}
}

// §3.10.7.4 eighth: a FIN is processed when it is in order, whatever came
// before it. One beyond a gap, which may be forged, does not displace it.
func TestOfTwoFINsTheFirstInSequenceCounts(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< F. 101:101(0) ack 1      # beyond a gap
		> .  1:1(0) ack 1
		= ESTABLISHED
		< F. 1:1(0) ack 1
		> .  1:1(0) ack 2
		= CLOSE_WAIT
	`)
}

// CLOSE in SYN_RCVD, and the peer's FIN before it has acknowledged our SYN: the
// SYN can be acknowledged in CLOSING, with our FIN or without it.
func TestSYNIsAcknowledgedInClosing(t *testing.T) {
	closing := `
		connect
		> S 0:0(0)
		< S 0:0(0)
		> S. 0:0(0) ack 1
		close
		> F. 1:1(0) ack 1
		= FIN_WAIT_1
		< F. 1:1(0) ack 0
		> .  2:2(0) ack 2
		= CLOSING
	`
	exchange(t, closing+`
		< .  2:2(0) ack 1
		= CLOSING
		< .  2:2(0) ack 2
		= TIME_WAIT
	`)
	exchange(t, closing+`
		< .  2:2(0) ack 2
		= TIME_WAIT
	`)
}
