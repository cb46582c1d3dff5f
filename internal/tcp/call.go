package tcp

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
)

// Write is SEND (§3.10.2). It takes as much of p as there is room for; when that
// is nothing, and r.Err is nil, the user waits for WakeWrite.
func (c *Conn) Write(now clock.Time, p []byte) (n int, r Result) {
	if c.tcb.CloseLater {
		r.Err = c.refusal()
		return 0, r
	}
	listening := c.tcb.State == fsm.Listen
	c.fire(now, fsm.CallSend, nil, &r)
	if r.Err != nil {
		return 0, r
	}
	if listening {
		c.tcb.Origin = fsm.Active
	}
	n = min(len(p), c.Room())
	c.out.append(p[:n])
	c.rearm(now)
	return n, r
}

// WriteUrgent is SEND with the URGENT flag: all that is queued with it is urgent
// (§3.10.2, MUST-30).
func (c *Conn) WriteUrgent(now clock.Time, p []byte) (n int, r Result) {
	n, r = c.Write(now, p)
	if n > 0 {
		c.tcb.Snd.Up = c.out.end()
	}
	return n, r
}

// Read is RECEIVE (§3.10.3). It gives 0 and no error when nothing has come yet:
// the user waits for WakeRead. io.EOF comes after the peer's FIN and all data,
// and means nothing else.
//
// Deviation: after a reset the RFC flushes what is unread (§3.10.7.4 second). As
// on Linux it can still be read here, before the error comes.
func (c *Conn) Read(now clock.Time, p []byte) (n int, err error) {
	switch {
	case c.tcb.NoReader, c.err == ErrClosed:
		return 0, ErrClosed
	case c.in.ready > 0:
		n = c.in.read(p)
		c.recv.consumed(now, n, c.rtt.orElse(), !c.params.Pool.tight())
		c.announceRoom()
		c.rearm(now)
		return n, nil
	case c.err != nil:
		return 0, c.err
	case c.tcb.Rcv.FinDone:
		return 0, errEOF
	case c.tcb.State == fsm.Closed:
		return 0, ErrNotConnected
	}
	return 0, nil
}

// announceRoom owes the peer an ACK when reading has opened the window enough
// to tell: by what is not silly when it was nearly closed, otherwise by an
// eighth of the buffer.
func (c *Conn) announceRoom() {
	free, wnd := c.freeWindow(), c.tcb.Rcv.Wnd
	nearlyClosed := int(wnd) < 2*c.mss()
	if c.receives() && c.worthOpening(free) && (nearlyClosed || int(free-wnd) >= c.recv.size/8) {
		c.ack.now = true
	}
}

// Close is CLOSE (§3.10.4): no more SENDs. The user may go on reading.
func (c *Conn) Close(now clock.Time) (r Result) {
	c.fire(now, fsm.CallClose, nil, &r)
	c.rearm(now)
	return r
}

// CloseRead says that the user reads no more. What still comes is acknowledged
// and thrown away; Read gives ErrClosed.
func (c *Conn) CloseRead(now clock.Time) {
	c.tcb.NoReader = true
	c.in.discard(c.in.ready)
	c.announceRoom()
	c.rearm(now)
}

// Release says that the user is gone: he neither reads nor waits (MAY-1). With text
// unread that is an ABORT, so that the peer learns that it is lost (§3.6.1,
// SHLD-3, RFC 2525 §2.17); otherwise a CLOSE.
func (c *Conn) Release(now clock.Time) (r Result) {
	c.tcb.UserGone = true
	unread := c.Unread() > 0 && !c.tcb.NoReader
	c.in.discard(c.in.ready)
	switch {
	case unread && c.tcb.State != fsm.TimeWait && c.tcb.State != fsm.Closing && c.tcb.State != fsm.LastAck:
		c.fire(now, fsm.CallAbort, nil, &r)
		c.err = ErrClosed
	case !c.tcb.FinQueued && !c.tcb.CloseLater:
		c.fire(now, fsm.CallClose, nil, &r)
	}
	c.rearm(now)
	return r
}

// Abort is ABORT (§3.10.5).
func (c *Conn) Abort(now clock.Time) (r Result) {
	c.err = ErrClosed
	c.fire(now, fsm.CallAbort, nil, &r)
	return r
}

// HardError takes in an ICMP error that says the peer cannot be reached at all
// (§3.9.2.2). Once the connection is synchronized it is as good as a soft one
// (SHLD-26, RFC 5461 §2.1).
func (c *Conn) HardError(now clock.Time, err error) (r Result) {
	r = c.SoftError(err)
	if fsm.Lookup(c.tcb.State, fsm.RcvHardError, c.facts()) != 0 {
		c.fire(now, fsm.RcvHardError, nil, &r)
	}
	return r
}

// SoftError takes in an ICMP error that may pass: it is what the user is told
// should the connection time out, and can learn before with Trouble (§3.9.2.2,
// MUST-56, SHLD-25).
func (c *Conn) SoftError(err error) (r Result) {
	c.softErr = err
	r.Wake = WakeTrouble
	return r
}

// SetCongestion makes cc the congestion control from now on. It goes on from
// where the last one was, if it can (congestion.Heir).
func (c *Conn) SetCongestion(now clock.Time, cc congestion.Controller) {
	legacy := congestion.Legacy{Window: c.cc.Window(), Threshold: c.cc.Threshold(), SRTT: c.rtt.SRTT, MinRTT: c.loss.MinRTT()}
	cc.Init(time.Duration(now), c.mss())
	if heir, ok := cc.(congestion.Heir); ok {
		heir.Inherit(time.Duration(now), legacy)
	}
	c.cc = cc
	c.loss.SetCongestion(cc)
	c.timers.stop(TimerPace)
}

// CongestionName is what the congestion control is called.
func (c *Conn) CongestionName() string { return congestion.Name(c.cc) }

// SetNoDelay turns Nagle's algorithm off or on (§3.7.4, MUST-17).
func (c *Conn) SetNoDelay(noDelay bool) { c.tcb.NoDelay = noDelay }

// SetMore says whether more text follows what is queued: then a segment that is
// not full waits for it (MAY-16), for the FIN, or for the override timer.
func (c *Conn) SetMore(more bool) { c.tcb.More = more }
