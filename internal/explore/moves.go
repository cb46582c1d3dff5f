package explore

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// A class is what a move stands for in the properties about what comes later.
type class uint8

// The classes.
const (
	byChance  class = iota // loss, duplication, a hasty timer, an attack, an abort: it need not happen
	byUser                 // a call
	byMachine              // a segment that arrives, a timer that is due: it happens some time
	byACK                  // byMachine: a pure ACK arrives
)

// A move is a way from one world to the next.
type move struct {
	act   act
	place int8 // of the packet, for those that concern one
	end   int8 // otherwise the end that gets the input
	class class
	spend int8 // the part of the budget that is spent; -1: none
	in    input
	step  step // the outcome at the end, but for drop
}

// An act is what kind of move it is.
type act uint8

// The acts.
const (
	deliver   act = iota // a packet arrives
	duplicate            // it arrives, and stays
	drop                 // it is lost
	happen               // an end gets an input
)

// ownMoves is what may happen at an end by itself, whatever the rest of the
// world is. It is computed once for each end. The book is locked.
func (m *machine) ownMoves(id endID) (own []move) {
	e := m.ends[id]
	u := &m.cfg.Users[e.role]
	add := func(in input, cl class, spend int8) {
		if s := m.run(id, in); s.to != 0 && !s.refused && (s.to != id || s.n > 0) {
			own = append(own, move{act: happen, class: cl, spend: spend, in: in, step: s})
		}
	}
	for k := range tcp.Timer(tcp.NumTimers) {
		if e.timers&(1<<k) != 0 {
			add(of(expires, uint32(k)), byMachine, -1)
		}
	}
	for k := connects; k <= reads; k++ {
		if e.may(k, u, m.cfg) {
			add(of(k, 0), classOf[k], -1)
		} else if k < reads {
			m.run(id, of(k, 0)) // must be refused, or do nothing that matters
		}
	}
	if m.cfg.Throttles && e.holds {
		add(of(unthrottle, 0), byMachine, -1)
	}
	if m.cfg.ICMP > 0 && e.state != fsm.Closed && e.state != fsm.Listen {
		add(of(icmp, 0), byChance, hards)
	}
	if m.cfg.Guesses > 0 && e.state != fsm.Closed {
		for n := range numGuesses {
			add(of(forged, n), byChance, guesses)
		}
		own = distinct(own)
	}
	return own
}

// classOf is the class of each call. A user need not abort, but reads some time.
var classOf = map[kind]class{
	connects: byUser, listens: byUser, sends: byUser, closes: byUser, releases: byUser, aborts: byChance, reads: byMachine,
}

// distinct leaves out the guesses that come to the same as one before.
func distinct(own []move) []move {
	kept := own[:0]
	seen := map[step]bool{}
	for _, mv := range own {
		if mv.in.kind() == forged {
			if seen[mv.step] {
				continue
			}
			seen[mv.step] = true
		}
		kept = append(kept, mv)
	}
	return kept
}

// may reports whether the user makes a call in this state, as far as that
// depends on his own end. He does not turn a listener active once a SYN has been
// answered: the SYN would have the number of that answer, where package stack
// takes a new one.
func (e *end) may(k kind, u *User, cfg *Config) bool {
	open := e.state != fsm.Closed
	switch {
	case k == connects:
		return u.Connect && (e.state == fsm.Listen && e.mark&again == 0 || !open && int(e.inc) < cfg.Incarnations)
	case k == listens:
		return u.Listen && !open && int(e.inc) < cfg.Incarnations
	case k == sends:
		return open && int(e.sent) < u.Sends && e.mark&closed == 0 && (e.state != fsm.Listen || u.Connect && e.mark&again == 0)
	case k == closes:
		return u.Close && open && e.mark&closed == 0
	case k == releases:
		return u.Release && open && e.mark&gone == 0
	case k == aborts:
		return u.Abort && open && e.mark&gone == 0
	case k == reads:
		return cfg.LazyRead && e.unread && e.mark&gone == 0
	}
	return false
}

// mayReopen reports whether an end that has been open before may be opened
// again. With the same initial numbers that is safe only after both ends have
// closed in order: so the user knows that he must wait for the other.
func mayReopen(cfg *Config, e, peer *end) bool {
	if e.inc == 0 || cfg.ISNStep != 0 {
		return true
	}
	done := peer.state == fsm.Closed && peer.inc == e.inc && peer.mark&clean != 0
	return e.mark&clean != 0 && (done || peer.inc > e.inc)
}
