package tcp

import (
	"testing"

	"github.com/lastack/lastack/internal/wire"
)

// biscuit is a cookie.
var biscuit = wire.Cookie{N: 8, B: [16]byte{1, 2, 3, 4, 5, 6, 7, 8}}

// fastClient is an active end that opens fast, with text of n bytes.
func fastClient(t *testing.T, cookie wire.Cookie, n int) *end {
	t.Helper()
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true, NoDelay: true})
	e.c.FastOpen(cookie, 1000)
	e.c.Connect(e.now)
	_, r := e.c.Write(e.now, make([]byte, n))
	e.did(r)
	return e
}

// run plays lines on an end.
func (e *end) run(lines ...string) {
	e.t.Helper()
	for _, line := range lines {
		e.line = line
		e.play(line)
	}
	e.line = "end"
	e.wantNothing()
}

// RFC 7413 §4.1.2: without a cookie the SYN asks for one and has no text.
func TestFastOpenAsksForCookie(t *testing.T) {
	e := fastClient(t, wire.Cookie{}, 100)
	if o := e.out[0].Opts; !o.HasFO || o.FO.N != 0 {
		t.Errorf("the SYN's option: %+v", o)
	}
	e.run("> S 0:0(0)")
	e.c.Arrive(e.now, &wire.Segment{
		Flags: wire.SYN | wire.ACK, Seq: theirISS, Ack: ourISS + 1, Wnd: 65535, Opts: wire.Options{MSS: 900, HasFO: true, FO: biscuit},
	})
	e.did(Result{})
	e.run("= ESTABLISHED", "> P. 1:101(100) ack 1")
	if got := e.c.FastResult(); got != (FastResult{Cookie: biscuit, MSS: 900}) {
		t.Errorf("learnt %+v", got)
	}
}

// RFC 7413 §4.2.1: with a cookie text goes with the SYN, as much as the server
// takes in one segment; what it acknowledges is done, and the rest follows.
func TestTextInSYN(t *testing.T) {
	e := fastClient(t, biscuit, 2000)
	e.run("> S 0:984(984)", // 1000 less MSS, and the cookie
		"< S. 0:0(0) ack 985 <mss 1000>",
		"= ESTABLISHED",
		"> . 985:1985(1000) ack 1",
		"> P. 1985:2001(16) ack 1",
		"< . 1:1(0) ack 2001")
	if e.c.FastResult().Lost {
		t.Error("nothing was lost")
	}
	e = fastClient(t, biscuit, 100)
	e.run("> S 0:100(100)",
		"< S. 0:0(0) ack 101 <mss 1000>",
		"> . 101:101(0) ack 1")
}

// RFC 7413 §4.2.1: a server that acknowledges the SYN alone has not taken the text,
// which goes again.
func TestTextThatSYNACKLeavesOutGoesAgain(t *testing.T) {
	e := fastClient(t, biscuit, 100)
	e.run("> S 0:100(100)",
		"< S. 0:0(0) ack 1 <mss 1000>",
		"> P. 1:101(100) ack 1",
		"< . 1:1(0) ack 101")
	e = fastClient(t, biscuit, 100)
	e.run("> S 0:100(100)",
		"< S. 0:0(0) ack 51 <mss 1000>",
		"> P. 51:101(50) ack 1")
}

// An acknowledgment of more than the SYN had is none of it (§3.10.7.3 first).
func TestSYNACKOfMoreThanWasInSYN(t *testing.T) {
	e := fastClient(t, biscuit, 100)
	e.run("> S 0:100(100)",
		"< S. 0:0(0) ack 102 <mss 1000>",
		"> R 102:102(0)",
		"= SYN_SENT")
}

// RFC 7413 §4.1.3: a SYN that gets no answer is sent again without option and text.
func TestLostFastSYNGoesAgainPlain(t *testing.T) {
	e := fastClient(t, biscuit, 100)
	e.run("> S 0:100(100)")
	e.play("wait 1s")
	if e.out[0].Opts.HasFO {
		t.Error("the SYN has the option again")
	}
	e.run("> S 0:0(0)",
		"< S. 0:0(0) ack 1 <mss 1000>",
		"> P. 1:101(100) ack 1")
	if !e.c.FastResult().Lost {
		t.Error("it is not known that the SYN with text was lost")
	}
}

// fastServer is a passive end that believes the next SYN, or not.
func fastServer(t *testing.T, take bool) *end {
	t.Helper()
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoSACK: true, NoDelay: true})
	e.c.FastReply(biscuit, !take, take)
	e.did(e.c.Listen(e.now))
	return e
}

// fastSYN is a SYN with a cookie and n bytes of text.
func (e *end) fastSYN(n int) Result {
	e.t.Helper()
	return e.did(e.c.Arrive(e.now, &wire.Segment{
		Flags: wire.SYN, Seq: theirISS, Wnd: 65535, Payload: make([]byte, n), Opts: wire.Options{MSS: 1000, HasFO: true, FO: biscuit},
	}))
}

// RFC 7413 §4.2.2: the text of a SYN that is believed is acknowledged by the
// SYN,ACK and read before the handshake is over, and the answer leaves before, too.
func TestBelievedSYN(t *testing.T) {
	e := fastServer(t, true)
	if r := e.fastSYN(100); r.Wake&WakeRead == 0 {
		t.Error("nobody is told of the text")
	}
	if e.out[0].Opts.HasFO {
		t.Error("the SYN,ACK has a cookie though the peer's is good")
	}
	if !e.c.FastOpened() {
		t.Error("the connection is not fast")
	}
	e.run("> S. 0:0(0) ack 101",
		"= SYN_RCVD",
		"read 100",
		"write 1500",
		"> . 1:1001(1000) ack 101",
		"> P. 1001:1501(500) ack 101",
		"< . 101:101(0) ack 1501",
		"= ESTABLISHED",
		"close",
		"> F. 1501:1501(0) ack 101")
	if e.c.FastOpened() {
		t.Error("the handshake is over")
	}
}

// RFC 7413 §4.2.2: text that comes with a bad cookie is not kept, and the SYN,ACK
// brings a good one.
func TestDoubtedSYN(t *testing.T) {
	e := fastServer(t, false)
	e.fastSYN(100)
	if o := e.out[0].Opts; o.FO != biscuit {
		t.Errorf("the SYN,ACK's options: %+v", o)
	}
	e.run("> S. 0:0(0) ack 1",
		"< . 1:1(0) ack 1",
		"= ESTABLISHED",
		"< P. 1:101(100) ack 1",
		"read 100",
		"wait 40ms",
		"> . 1:1(0) ack 101")
}

// A believed connection is its user's: a reset ends it, for him as any other, and
// it does not listen again.
func TestResetOfBelievedSYN(t *testing.T) {
	e := fastServer(t, true)
	e.fastSYN(100)
	e.run("> S. 0:0(0) ack 101",
		"< R 101:101(0)",
		"= CLOSED",
		`err "connection reset by peer"`)
}

// The SYN,ACK of a believed SYN is lost, and the answer with it: both go again.
func TestLostAnswerToBelievedSYN(t *testing.T) {
	e := fastServer(t, true)
	e.fastSYN(100)
	e.run("> S. 0:0(0) ack 101",
		"write 10",
		"> P. 1:11(10) ack 101",
		"wait 1s",
		"> S. 0:0(0) ack 101",
		"> P. 1:11(10) ack 101",
		"< . 101:101(0) ack 11",
		"= ESTABLISHED")
}
