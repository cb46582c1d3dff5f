package lastack

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/trace"
)

// An Info is the status of a connection or a listener (STATUS, §3.10.6).
type Info struct {
	Local, Remote netip.AddrPort // Remote is not valid for a listener
	State         fsm.State

	// Queues, in bytes.
	SendQueue  int // written and not yet acknowledged
	Unsent     int // of these, never sent
	RecvQueue  int // received in order and not yet read
	SendBuffer int // what SendQueue may be at present
	RecvBuffer int // what RecvQueue may be at present
	Urgent     int // to the end of the urgent data, from the next byte to be read (§3.8.5, MUST-33)

	// Windows, in bytes.
	SendWindow         int // what the peer offers
	RecvWindow         int // what we offer
	CongestionWindow   int // RFC 5681: the most in flight
	SlowStartThreshold int // RFC 5681
	SegmentSize        int // the data of a full segment
	PathMTU            int // the largest packet that the path is held to carry, its headers included

	Congestion string // which congestion control, as "cubic"

	ECN string // how congestion marks are told: "none", "classic" or "accurate"

	RTT     time.Duration // smoothed round-trip time (RFC 6298), 0 if not measured
	RTTVar  time.Duration // its variation
	RTO     time.Duration // retransmission timeout, with back-off
	Retries int           // how often the oldest segment was sent again
	Trouble error         // what is wrong though the connection goes on: see Conn.SetReport; nil: nothing

	Timer     trace.TimerKind // the timer that fires next, 0 if none runs
	TimerLeft time.Duration   // in how long

	// A listener's queues, in connections.
	HalfOpen int // with a handshake under way
	Waiting  int // for Accept
	Backlog  int // that may wait
}

// String is the line that ss would show: state, queues, addresses, timer.
func (i Info) String() string {
	var b strings.Builder
	if i.State == fsm.Listen && !i.Remote.IsValid() {
		fmt.Fprintf(&b, "%-11s %6d %6d %v *", i.State, i.Waiting, i.Backlog, i.Local)
		return b.String()
	}
	fmt.Fprintf(&b, "%-11s %6d %6d %v %v", i.State, i.RecvQueue, i.SendQueue, i.Local, i.Remote)
	if i.Timer != 0 {
		fmt.Fprintf(&b, " timer:(%v,%v,%d)", i.Timer, i.TimerLeft.Round(time.Millisecond), i.Retries)
	}
	return b.String()
}

// Info is the connection's status.
func (c *Conn) Info() Info {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return connInfo(c.s.now(), c.core)
}

// Conns yields the stack's listeners and connections as they are now: also
// those that wait to be accepted, and those that their users have closed.
func (s *Stack) Conns() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for _, info := range s.shard.infos() {
			if !yield(info) {
				return
			}
		}
	}
}

// infos is a snapshot, so that the lock is not held while it is looked at.
func (s *shard) infos() (all []Info) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for l := range s.core.Listeners() {
		all = append(all, listenerInfo(l))
	}
	for c := range s.core.Conns() {
		all = append(all, connInfo(now, c))
	}
	return all
}

func listenerInfo(l *stack.Listener) Info {
	info := Info{Local: shown(l.Addr()), State: l.State()}
	info.HalfOpen, info.Waiting, info.Backlog = l.Queues()
	return info
}

func connInfo(now clock.Time, c *stack.Conn) Info {
	in := c.Info()
	info := Info{
		Local: c.Local(), Remote: c.Remote(), State: in.State,
		SendQueue: in.SendQueue, Unsent: in.Unsent, RecvQueue: in.RecvQueue, Urgent: in.Urgent,
		SendBuffer: in.SendBuffer, RecvBuffer: in.RecvBuffer,
		SendWindow: int(in.SndWnd), RecvWindow: int(in.RcvWnd),
		CongestionWindow: in.Cwnd, SlowStartThreshold: in.Ssthresh, SegmentSize: in.SndMSS, PathMTU: in.PathMTU,
		Congestion: c.CongestionName(), ECN: in.ECN.String(),
		RTT: in.SRTT, RTTVar: in.RTTVar, RTO: in.RTO, Retries: in.Retransmits, Trouble: in.Trouble,
	}
	next := clock.Never
	for k := range tcp.Timer(tcp.NumTimers) {
		if at := c.Timer(k); at.Before(next) {
			next = at
			info.Timer, info.TimerLeft = timerKinds[k], max(0, at.Sub(now))
		}
	}
	return info
}

// timerKinds is the timers as traces call them.
var timerKinds = [tcp.NumTimers]trace.TimerKind{
	tcp.TimerRetransmit: trace.Retransmission,
	tcp.TimerPersist:    trace.Persist,
	tcp.TimerDelayedACK: trace.DelayedACK,
	tcp.TimerKeepAlive:  trace.KeepAlive,
	tcp.TimerFinWait2:   trace.FinWait2,
	tcp.TimerTimeWait:   trace.TimeWait,
	tcp.TimerUser:       trace.UserTimeout,
	tcp.TimerReorder:    trace.Reorder,
	tcp.TimerProbe:      trace.TailProbe,
	tcp.TimerPace:       trace.Pace,
}
