package tcp

import (
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// Text at RCV.NXT is taken, however many gaps are remembered beyond it.
func TestTextAtTheFrontIsAlwaysTaken(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true})
	e.enter("ESTABLISHED")
	for i := range 300 {
		seg := wire.Segment{Flags: wire.ACK, Seq: theirISS.Add(2001 + 200*i), Ack: ourISS + 1, Wnd: 65535, Payload: make([]byte, 100)}
		e.did(e.c.Arrive(e.now, &seg))
	}
	e.out = nil
	e.play("< . 1:1001(1000) ack 1")
	e.play("> . 1:1(0) ack 1001")
	e.play("read 1000")
	if n := len(e.c.in.spans); n != 300 {
		t.Errorf("%d stretches are remembered", n)
	}
	q := recvQueue{buf: buffer{pool: new(Pool)}}
	for i := range maxSpans + 10 {
		if ok := q.insert(0, seq.Num(2+2*i), []byte{1}); ok != (i < maxSpans) {
			t.Fatalf("stretch %d is remembered: %v", i, ok)
		}
	}
	if !q.insert(0, 0, []byte{1}) || len(q.spans) != maxSpans || q.advance(0) != 1 {
		t.Errorf("text at the front is not taken; %d stretches", len(q.spans))
	}
}

// A burst of losses, more than are remembered as gaps, is repaired.
func TestManyGapsAreRepaired(t *testing.T) {
	cfg := Config{NoDelay: true}.WithDefaults()
	w := established(t, &cfg)
	a, b := w.ends[0], w.ends[1]
	buf := make([]byte, 1<<20)
	drain := func() {
		for n := 1; n > 0; {
			n, _ = b.Read(w.now, buf)
		}
		w.pull(1)
	}
	for range 20 { // opens the congestion window
		a.Write(w.now, buf[:400000])
		for w.pull(0); a.out.size > 0; drain() {
			w.step()
		}
	}
	k := 0
	w.filter = func(from int, s *wire.Segment) bool {
		if from != 0 || len(s.Payload) == 0 || k > 140 {
			return true
		}
		k++
		return k > 3 && k%2 == 0
	}
	began := w.now
	a.Write(w.now, buf[:300000])
	for w.pull(0); a.out.size > 0 && w.now.Sub(began) < time.Minute; drain() {
		w.step()
	}
	if a.out.size > 0 || a.Err() != nil {
		t.Errorf("%d bytes are left after a minute, %v", a.out.size, a.Err())
	}
}

// While one direction's window is closed and probed, the ACKs and the reset of
// the end that probes are still acceptable to the peer (§3.4, §3.10.5).
func TestAcksPassAClosedWindow(t *testing.T) {
	const closed = `
		state ESTABLISHED
		< . 1:1(0) ack 1 win 0
		write 100
		wait 200ms
		> . 1:2(1) ack 1
		< . 1:1(0) ack 1 win 0
	`
	exchange(t, closed+`
		< P. 1:11(10) ack 1 win 0
		wait 40ms
		> . 1:1(0) ack 11          # not 2:2
	`)
	exchange(t, closed+`
		abort
		> R. 1:1(0) ack 1
	`)
	// And from a peer that counts its probe: the ACK of a segment after it.
	exchange(t, `
		state ESTABLISHED
		< P. 1:1001(1000) ack 1
		wait 40ms
		> . 1:1(0) ack 1001 win 0
		write 5
		> P. 1:6(5) ack 1001 win 0
		< . 1002:1002(0) ack 6
		wait 10s
	`, Config{RecvBuffer: 1000, NoTimestamps: true, NoWindowScale: true, NoDelay: true})
}

// An upload goes on while the peer's window is closed.
func TestUploadWhileTheOtherWindowIsClosed(t *testing.T) {
	cfg := Config{NoDelay: true, RecvBuffer: 20000}.WithDefaults()
	w := established(t, &cfg)
	a, b := w.ends[0], w.ends[1]
	buf := make([]byte, 1<<16)
	got := 0
	for began := w.now; got < 1<<20 && w.now.Sub(began) < time.Minute; {
		b.Write(w.now, buf) // a never reads
		w.pull(1)
		if w.now.Sub(began) > 10*time.Second {
			a.Write(w.now, buf)
			w.pull(0)
		}
		n, _ := b.Read(w.now, buf)
		got += n
		w.pull(1)
		w.step()
	}
	if got < 1<<20 || a.Info().Resent > 0 {
		t.Errorf("%d bytes came within a minute, with %d segments sent again", got, a.Info().Resent)
	}
}

// A segment that is not acceptable does not set TS.Recent: it could make the
// peer's own segments look old (RFC 7323 §5.3).
func TestForgedTimestampIsNotRecorded(t *testing.T) {
	exchange(t, `
		passive
		< S 0:0(0) <mss 1460,TS val 1000 ecr 0>
		> S. 0:0(0) ack 1
		< . 1:1(0) ack 1 <TS val 1000 ecr 0>
		< . -100000:-100000(0) ack 1 <TS val 90000000 ecr 0>
		> . 1:1(0) ack 1
		< . -100000:-100000(0) ack 77777 <TS val 90000000 ecr 0>
		> . 1:1(0) ack 1
		< P. 1:11(10) ack 1 <TS val 1001 ecr 0>
		read 10
		wait 40ms
		> . 1:1(0) ack 11 <TS val 3600040 ecr 1001>
	`, Config{NoDelay: true})
}

// RecvBuffer bounds what is held, also when the window is scaled and rounded.
func TestScaledWindowStaysInTheBuffer(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, RecvBuffer: 200000})
	e.play("passive")
	e.play("< S 0:0(0) <mss 1460,wscale 5>")
	e.out = nil
	next := theirISS + 1
	for range 20000 {
		n := min(3, int(e.c.tcb.Rcv.Wnd))
		seg := wire.Segment{Flags: wire.ACK, Seq: next, Ack: ourISS + 1, Wnd: 65535, Payload: make([]byte, n)}
		e.c.Arrive(e.now, &seg)
		next = next.Add(n)
		e.wait("50ms")
		e.out = nil
	}
	if n := e.c.Unread() + int(e.c.tcb.Rcv.Wnd); n > 200000 {
		t.Errorf("%d bytes are held or promised, with a buffer of 200000", n)
	}
}

// §3.8.6.2.1 (4): what arrives does not put the override timer off.
func TestOverrideTimerIsNotPutOff(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.enter("ESTABLISHED")
	e.play("< . 1:1(0) ack 1 win 500")
	e.play("write 2000")
	e.wantNothing()
	for i := range 5 {
		seg := wire.Segment{Flags: wire.ACK | wire.PSH, Seq: theirISS.Add(1 + 10*i), Ack: ourISS + 1, Wnd: 500, Payload: make([]byte, 10)}
		e.did(e.c.Arrive(e.now, &seg))
		e.wait("100ms")
	}
	for _, seg := range e.out {
		if len(seg.Payload) > 0 {
			return
		}
	}
	t.Error("no text was sent in 500 ms")
}

// A FIN that text has passed was forged, and the peer's own is heard.
func TestFINThatTextPassesIsForgotten(t *testing.T) {
	exchange(t, `
		state ESTABLISHED
		< F. 50:50(0) ack 1
		> . 1:1(0) ack 1
		< P. 1:101(100) ack 1
		wait 40ms
		> . 1:1(0) ack 101
		< F. 101:101(0) ack 1
		> . 1:1(0) ack 102
		= CLOSE_WAIT
	`)
}

// Blind segments do not use up the answers to keep-alive probes and to FINs.
func TestForgeriesDoNotSilenceUs(t *testing.T) {
	for state, then := range map[string][2]string{
		"ESTABLISHED": {"< . 0:0(0) ack 1", "> . 1:1(0) ack 1"},
		"TIME_WAIT":   {"< F. 1:1(0) ack 2", "> . 2:2(0) ack 2"},
	} {
		e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true})
		e.enter(state)
		for range 20 {
			e.play("< . 500000:500000(0) ack 1")
			e.out = nil
		}
		e.play(then[0])
		e.play(then[1])
	}
}

// A connection whose user is gone does not probe a closed window for ever.
func TestOrphanAtAClosedWindowEnds(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.enter("ESTABLISHED")
	e.play("write 1000")
	e.out = nil
	e.play("< . 1:1(0) ack 1001 win 0")
	e.play("write 1000")
	e.play("release")
	for i := 0; i < 1000 && e.c.State() != fsm.Closed; i++ {
		e.wait("10s")
		if len(e.out) > 0 {
			e.out = nil
			e.play("< . 1:1(0) ack 1001 win 0")
		}
	}
	if e.c.State() != fsm.Closed {
		t.Errorf("after three hours it is in %v", e.c.State())
	}
}

// A SYN that was lost makes the congestion window start with one segment (RFC
// 5681 §3.1), and the peer's tiny MSS is not obeyed.
func TestStartAfterALostSYN(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoWindowScale: true, NoDelay: true})
	e.play("connect")
	e.out = nil
	e.wait("1s")
	e.out = nil
	e.play("< S. 0:0(0) ack 1 <mss 1>")
	e.out = nil
	e.play("write 1000")
	if n := len(e.out); n != 1 || len(e.out[0].Payload) != leastMSS {
		t.Errorf("%d segments of %d bytes go out at once", n, len(e.out[0].Payload))
	}
}

// A smaller path makes the loss window smaller too.
func TestPathMTUShrinksTheLossWindow(t *testing.T) {
	e := newEnd(t, Config{NoTimestamps: true, NoDelay: true})
	e.c = New(&e.cfg, Params{ISS: ourISS, MTU: 9000})
	e.play("passive")
	e.play("< S 0:0(0) <mss 8960>")
	e.out = nil
	e.play("< . 1:1(0) ack 1")
	e.play("write 50000")
	e.out = nil
	e.c.PathMTU(e.now, 1500)
	e.did(Result{})
	e.out = nil
	e.wait("300ms")
	if got := e.c.cc.Window(); got != 1460 {
		t.Errorf("after a timeout cwnd is %d, want one segment of 1460", got)
	}
}
