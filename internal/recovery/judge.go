package recovery

import (
	"time"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
)

// A Verdict is what an acknowledgment has shown.
type Verdict struct {
	Began    bool // a fast recovery begins
	Spurious bool // the last timeout was for nothing (RFC 4015)
}

// Judge finds out what an acknowledgment tells of losses, and tells the
// congestion control. srtt is the smoothed round trip with this acknowledgment's;
// limited says that since the last one the congestion window alone has held data
// back.
func (s *Sender) Judge(now clock.Time, a *Ack, d *Delivery, srtt time.Duration, limited bool) (v Verdict) {
	began := s.phase
	if s.tail.judge(a, d) && began == Open {
		s.cc.Congested(time.Duration(now), congestion.Loss, s.flightSize(d))
		s.cc.Recovered(time.Duration(now), s.Flight())
	}
	switch {
	case s.undo.spurious(a, d), s.phase == Loss && s.judgeFRTO(a, d):
		v.Spurious = s.phase == Loss
		s.takeBack(now)
	case s.phase != Open && !a.Una.Before(s.recover):
		s.recovered(now)
	}
	s.detect(now, a, d, srtt)
	if s.phase == Open && s.harmed() {
		s.enter(now, a, d)
		v.Began = true
	}
	s.report(now, a, d, srtt, limited, began == Recovery || s.phase == Recovery)
	if s.phase == Recovery && s.cc.PRR() {
		s.prr.ack(d.Delivered, s.Flight(), s.cc.Window(), s.mss, d.Acked > 0 && s.newlyLost == 0)
	}
	return v
}

// detect makes lost what the acknowledgment shows to be.
func (s *Sender) detect(now clock.Time, a *Ack, d *Delivery, srtt time.Duration) {
	if d.Acked > 0 {
		s.dups = 0
	}
	if d.sacks || !s.sack && a.Dup {
		s.dups++
	}
	switch {
	case s.byTime():
		s.detectByTime(now, srtt)
	case s.sack:
		s.detectByCount()
	default:
		s.detectByDuplicates(a, d)
	}
}

// lose holds a record lost.
func (s *Sender) lose(r *record) {
	if !s.isTrial(r) {
		s.newlyLost += r.len()
		s.rate.lost += int64(r.len())
	}
	s.board.become(r, lost)
}

// loseFront holds the first segment lost, if it is in the network.
func (s *Sender) loseFront() {
	r := s.board.front()
	if r == nil {
		return
	}
	if r.len() > s.mss {
		s.board.cut(r.start.Add(s.mss))
	}
	if r.fate == inFlight {
		s.lose(r)
	}
}

// enter begins a fast recovery. What was in flight when it began is what is out
// now, less what had been sacked before, and more what this acknowledgment has
// taken off (RFC 9937 §6).
func (s *Sender) enter(now clock.Time, a *Ack, d *Delivery) {
	s.phase, s.recover, s.armed, s.forced, s.rescued = Recovery, a.Nxt, true, true, false
	s.undo = undo{on: true, since: a.Una, until: a.Nxt}
	s.tail = tail{}
	arrived := s.board.nSacked + s.dupBytes
	s.cc.Congested(time.Duration(now), congestion.Loss, s.flightSize(d))
	s.prr.begin(s.board.size - arrived + d.Delivered)
}

// flightSize is FlightSize when the acknowledgment arrived: what was sent and not
// yet cumulatively acknowledged (RFC 5681 §2). An acknowledgment may take off all
// that precedes a loss and report the loss as well, before anything new can go
// out in its place; what is out then says nothing about what the path bore.
func (s *Sender) flightSize(d *Delivery) int { return s.board.size + d.Acked }

// recovered ends a recovery: all that was out when it began is acknowledged.
func (s *Sender) recovered(now clock.Time) {
	s.cc.Recovered(time.Duration(now), s.Flight())
	s.rack.recovered()
	s.settle()
}

// Opened says that the handshake is done: whatever was lost of it has nothing to
// do with data.
func (s *Sender) Opened() {
	s.undo = undo{}
	s.armed = false
	s.settle()
}

// settle goes back to Open. D-SACKs may still show that it was all for nothing.
func (s *Sender) settle() {
	s.phase, s.forced, s.frto, s.newData, s.dups, s.dupBytes = Open, false, frtoOff, 0, 0, 0
}

// takeBack undoes the last reduction: what is held lost is in the network after
// all. That it is late is reordering.
func (s *Sender) takeBack(now clock.Time) {
	if s.phase == Recovery {
		s.cc.Recovered(time.Duration(now), s.Flight())
	}
	s.cc.Undo(time.Duration(now))
	s.board.unlose()
	s.rack.reordering = true
	s.undo = undo{}
	s.settle()
}

// report tells the congestion control what was delivered.
func (s *Sender) report(now clock.Time, a *Ack, d *Delivery, srtt time.Duration, limited, recovering bool) {
	rate := s.rate.sample(now, s.rack.minRTT)
	if d.Delivered == 0 && s.newlyLost == 0 && a.CE == 0 {
		return
	}
	ack := &s.board.pool.ack
	*ack = congestion.Ack{
		Acked: d.Acked, Delivered: d.Delivered, Lost: s.newlyLost, CE: a.CE,
		Flight: s.Flight(), PriorFlight: d.priorFlight,
		RTT: d.newest, SRTT: srtt, MinRTT: s.rack.minRTT,
		Limited: limited, Recovery: recovering, Rate: rate,
	}
	s.cc.Acked(time.Duration(now), ack)
}

// ReorderTimeout is RACK's timer: what has still not arrived is lost. It reports
// whether a fast recovery begins.
func (s *Sender) ReorderTimeout(now clock.Time, una, nxt seq.Num, srtt time.Duration) (began bool) {
	s.newlyLost = 0
	s.detectByTime(now, srtt)
	if s.phase == Open && s.harmed() {
		d := Delivery{}
		s.enter(now, &Ack{Una: una, Nxt: nxt}, &d)
		began = true
	}
	if s.phase == Recovery && s.newlyLost > 0 && s.cc.PRR() {
		s.prr.ack(0, s.Flight(), s.cc.Window(), s.mss, false)
	}
	return began
}

// RetransmitTimeout is the retransmission timer: the first segment goes out
// again, and what else is held lost as fast as the congestion window opens (RFC
// 6298 §5.4, RFC 8985 §6.3). again says that it fired for the same data before.
func (s *Sender) RetransmitTimeout(now clock.Time, una, nxt seq.Num, srtt time.Duration, again bool) {
	flight := s.board.size
	s.frto = frtoOff
	if s.phase == Open && !again {
		s.undo = undo{on: true, since: una, until: nxt}
		s.frto = frtoFirst
	}
	if front := s.board.front(); again || front != nil && front.fate == sacked {
		s.board.renege() // it may have thrown away what it had (RFC 2018 §8)
	}
	s.dupBytes = 0
	if s.byTime() && !again {
		s.detectByTimeout(now, srtt)
	} else {
		s.loseAll()
	}
	s.phase, s.recover, s.armed, s.forced = Loss, nxt, true, true
	s.dups, s.newData, s.tail, s.reorderAt = 0, 0, tail{}, clock.Never
	s.cc.TimedOut(time.Duration(now), flight, again)
}

// loseAll holds all lost that is in flight.
func (s *Sender) loseAll() {
	for r := s.board.flying.head; r != nil; r = s.board.flying.head {
		s.lose(r)
	}
}

// Again makes all that is out go out again, if it is longer than least, though it
// was not congestion that lost it: it was too long for the path, or met a closed
// window.
func (s *Sender) Again(nxt seq.Num, least int) {
	for r := s.board.flying.head; r != nil; {
		next := r.next
		if r.len() > least {
			s.board.become(r, lost)
		}
		r = next
	}
	if s.board.losses.head != nil && s.phase == Open {
		s.phase, s.recover, s.armed, s.undo, s.tail = Loss, nxt, true, undo{}, tail{}
	}
}
