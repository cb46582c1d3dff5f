package tcp

import (
	"errors"
	"testing"
	"time"
)

// MUST-1, REC-1: a window is unsigned in the header, and 32 bits wide in the
// connection record.
func TestWindowIsUnsigned(t *testing.T) {
	for _, tt := range []struct {
		syn    string
		wnd    string
		window uint32
	}{
		{"mss 1460", "40000", 40000},
		{"mss 1460", "65535", 65535},
		{"mss 1460,wscale 14", "65535", 65535 << 14},
	} {
		e := newEnd(t, Config{NoTimestamps: true})
		e.play("passive")
		e.play("< S 0:0(0) <" + tt.syn + ">")
		e.play("> S. 0:0(0) ack 1")
		e.play("< . 1:1(0) ack 1 win " + tt.wnd)
		if got := e.c.Info().SndWnd; got != tt.window {
			t.Errorf("after %s, win %s the window is %d, want %d", tt.syn, tt.wnd, got, tt.window)
		}
	}
}

// A window that shrinks leaves sent data beyond its edge (MUST-34). Nothing new
// is sent (SHLD-15), what is inside goes out again (SHLD-16), what is outside
// does not end the connection (SHLD-17), and a window of zero is probed
// (MUST-35).
func TestShrunkWindow(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		write 3000
		> . 1:1461(1460) ack 1
		> . 1461:2921(1460) ack 1
		> P. 2921:3001(80) ack 1
		< . 1:1(0) ack 1461 win 1000    # the right edge was 65536, and is 2461
		write 100
		> -
		wait 200ms
		> . 1461:2461(1000) ack 1       # no more than the window has
		< . 1:1(0) ack 2461 win 0
		wait 400ms                      # the RTO, with its back-off
		> . 2461:2462(1) ack 1
		< . 1:1(0) ack 2461 win 0
		wait 800ms
		> . 2461:2462(1) ack 1
		< . 1:1(0) ack 2461 win 5000
		> P. 2461:3101(640) ack 1
		< . 1:1(0) ack 3101 win 5000
	`)
	e := exchange(t, `
		state ESTABLISHED
		write 3000
		> . 1:1461(1460) ack 1
		> . 1461:2921(1460) ack 1
		> P. 2921:3001(80) ack 1
		< . 1:1(0) ack 1461 win 0
	`)
	for range 100 { // hours, while the peer answers
		e.now = e.c.Deadline()
		e.did(e.c.Expire(e.now))
		e.play("> . 1461:1462(1) ack 1")
		e.play("< . 1:1(0) ack 1461 win 0")
	}
	e.play("= ESTABLISHED")
}

// MUST-38: a window is not filled with less than a full segment, nor with less
// than half of the largest window seen; but nothing waits for ever (MUST-60).
func TestSillyWindowIsNotFilled(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< . 1:1(0) ack 1 win 100
		write 3000
		wait 499ms
		> -
		wait 1ms
		> . 1:101(100) ack 1
		< . 1:1(0) ack 101 win 1460
		> . 101:1561(1460) ack 1
	`)
}

// SHLD-27, SHLD-28: two SENDs become segments that are as full as can be, and the
// last of them has PSH (MUST-61).
func TestSegmentsAreFull(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		write 100
		> P. 1:101(100) ack 1
		write 1000
		> -
		write 1000
		> . 101:1561(1460) ack 1
		< . 1:1(0) ack 1561
		> P. 1561:2101(540) ack 1
	`, Config{NoTimestamps: true, NoWindowScale: true})
}

// SHLD-2: a reset may carry text, which is not delivered.
func TestResetWithText(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< R. 1:20(19) ack 1
		= CLOSED
		err "connection reset by peer"
	`)
	exchange(t, "state SYN_SENT\n< R. 0:19(19) ack 1\n= CLOSED\nerr \"connection refused\"")
}

// MUST-14, MUST-67: a SYN tells what the link can bring, in both families, and
// does so if that is the default too (SHLD-5, MAY-3). No other segment does
// (MUST-65).
func TestMSSOption(t *testing.T) {
	for _, tt := range []struct {
		p    Params
		want string
	}{
		{Params{MTU: 1500}, "mss 1460"},
		{Params{MTU: 576}, "mss 536"},
		{Params{MTU: 1500, IPv6: true}, "mss 1440"},
		{Params{MTU: 1280, IPv6: true}, "mss 1220"},
		{Params{MTU: 65535}, "mss 65495"},
	} {
		active, passive := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true}), newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true})
		tt.p.ISS = ourISS
		active.c, passive.c = New(&active.cfg, tt.p), New(&passive.cfg, tt.p)
		active.play("connect")
		active.play("> S 0:0(0) <" + tt.want + ">")
		active.play("< S. 0:0(0) ack 1 <mss 1000>")
		if opts := active.out[0].Opts; opts.MSS != 0 {
			t.Errorf("the last ACK of a handshake has the option MSS %d", opts.MSS)
		}
		passive.play("passive")
		passive.play("< S 0:0(0) <mss 1000>")
		passive.play("> S. 0:0(0) ack 1 <" + tt.want + ">")
	}
}

// §3.8.3: after R1, three retransmissions (SHLD-10), the user learns that the
// peer does not answer (SHLD-9); R2 is more than 100 s (SHLD-11). Until then an
// answer mends all.
func TestExcessiveRetransmissions(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		write 10
		> P. 1:11(10) ack 1
		wait 200ms
		> P. 1:11(10) ack 1
		wait 400ms
		> P. 1:11(10) ack 1
	`)
	if err := e.c.Trouble(); err != nil {
		t.Errorf("before R1: %v", err)
	}
	e.now = e.c.Deadline()
	if r := e.did(e.c.Expire(e.now)); r.Wake&WakeTrouble == 0 || e.c.Trouble() != ErrNoAnswer {
		t.Errorf("at R1: woken %b, %v", r.Wake, e.c.Trouble())
	}
	for start := e.now; e.now.Sub(start) < 100*time.Second; {
		e.now = e.c.Deadline()
		if r := e.did(e.c.Expire(e.now)); r.Wake&WakeTrouble != 0 {
			t.Error("the user is told again")
		}
	}
	e.out = nil
	e.play("= ESTABLISHED")
	e.play("< . 1:1(0) ack 11")
	if err := e.c.Trouble(); err != nil {
		t.Errorf("after the answer: %v", err)
	}
}

// MUST-47: what ICMP says is told at once (SHLD-25), and no more when the peer
// acknowledges something new; a later timeout is then only that.
func TestTroublePasses(t *testing.T) {
	soft := errors.New("no route to host")
	e := exchange(t, "state ESTABLISHED\nwrite 10\n> P. 1:11(10) ack 1")
	if r := e.c.SoftError(soft); r.Wake != WakeTrouble || e.c.Trouble() != soft {
		t.Errorf("woken %b, %v", r.Wake, e.c.Trouble())
	}
	e.play("< . 1:1(0) ack 11")
	if err := e.c.Trouble(); err != nil {
		t.Errorf("after an acknowledgment: %v", err)
	}
	e.play("write 10")
	for e.c.State().Synchronized() {
		e.now = e.c.Deadline()
		e.did(e.c.Expire(e.now))
	}
	if e.c.Err() != ErrTimeout {
		t.Errorf("the connection ends with %v", e.c.Err())
	}
}

// MUST-66: the urgent pointer counts at a zero window too.
func TestUrgentAtZeroWindow(t *testing.T) {
	e := exchange(t, `
		state ESTABLISHED
		< P. 1:1001(1000) ack 1
		wait 40ms
		> . 1:1(0) ack 1001 win 0
		< U. 1001:1002(1) ack 1 urg 7
		> . 1:1(0) ack 1001 win 0
	`, Config{RecvBuffer: 1000, NoTimestamps: true, NoWindowScale: true})
	if n := e.c.Urgent(); n != 1007 {
		t.Errorf("%d bytes are urgent, want 1007", n)
	}
}
