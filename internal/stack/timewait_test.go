package stack

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// peer is the far end of the connections that these tests bring to TIME_WAIT.
var peer = netip.AddrPortFrom(clientIP, 1000)

const (
	oldIRS = seq.Num(1_000_000) // the old incarnation's numbers at the peer's side
	oldFIN = oldIRS + 1         // the peer's FIN; RCV.NXT is one more
	oldTS  = uint32(5000)       // the last timestamp of the peer
)

// timeWait makes a connection of the server that is in TIME_WAIT, by playing
// its peer.
func timeWait(t *testing.T, timestamps bool) (*network, *Conn, *Listener) {
	n := newNetwork(t)
	l := n.listen(server80, 0)
	send := func(s wire.Segment) []wire.Segment {
		if timestamps {
			s.Opts.HasTS, s.Opts.TSVal = true, oldTS
		}
		s.Wnd = 65535
		n.inject(n.server, peer, server80, s)
		return n.owed(n.server)
	}
	ours := send(wire.Segment{Flags: wire.SYN, Seq: oldIRS})[0].End()
	send(wire.Segment{Flags: wire.ACK, Seq: oldIRS + 1, Ack: ours})
	d := l.Accept(n.now)
	d.Release(n.now)
	n.owed(n.server)
	send(wire.Segment{Flags: wire.FIN | wire.ACK, Seq: oldFIN, Ack: ours + 1})
	n.want(d, fsm.TimeWait)
	n.events = nil
	return n, d, l
}

// RFC 6191 §2 (SHLD-4), every case; without timestamps, MAY-2.
func TestSYNInTimeWait(t *testing.T) {
	const none = 0
	for _, tt := range []struct {
		name   string
		before bool    // the old incarnation used timestamps
		ts     uint32  // of the SYN; none: without
		seq    seq.Num // of the SYN
		reopen bool
	}{
		{"both with timestamps, newer", true, oldTS + 1, oldIRS - 5, true},
		{"both with timestamps, newer, after a wrap", true, oldTS + 1<<31 - 1, oldIRS - 5, true},
		{"both with timestamps, equal, higher number", true, oldTS, oldFIN + 1, true},
		{"both with timestamps, equal, same number", true, oldTS, oldFIN, false},
		{"both with timestamps, equal, old duplicate", true, oldTS, oldIRS, false},
		{"both with timestamps, older, higher number", true, oldTS - 1, oldFIN + 1000, false},
		{"only the old one, higher number", true, none, oldFIN + 1, true},
		{"only the old one, lower number", true, none, oldIRS, false},
		{"only the new one", false, 7, oldIRS - 5, true},
		{"none, higher number", false, none, oldFIN + 1, true},
		{"none, same number", false, none, oldFIN, false},
		{"none, lower number", false, none, oldIRS - 5, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, d, l := timeWait(t, tt.before)
			used := d.tcp.TCB().Snd.Nxt
			syn := wire.Segment{Flags: wire.SYN, Seq: tt.seq, Wnd: 1000}
			if tt.ts != none {
				syn.Opts.HasTS, syn.Opts.TSVal = true, tt.ts
			}
			n.inject(n.server, peer, server80, syn)
			answer := n.owed(n.server)
			if tt.before && tt.ts == none && !tt.reopen {
				checkAnswer(t, answer, nil) // a segment without its timestamp is dropped (RFC 7323 §3.2)
				n.want(d, fsm.TimeWait)
				return
			}
			if len(answer) != 1 {
				t.Fatalf("%d answers, want one", len(answer))
			}
			if !tt.reopen {
				n.want(d, fsm.TimeWait)
				if a := answer[0]; a.Flags != wire.ACK || a.Ack != oldFIN+1 {
					t.Errorf("answered %v ack %d, want an ACK of %d", a.Flags, a.Ack, oldFIN+1)
				}
				return
			}
			a := answer[0]
			if a.Flags != wire.SYN|wire.ACK || a.Ack != tt.seq+1 {
				t.Fatalf("answered %v ack %d, want SYN,ACK of %d", a.Flags, a.Ack, tt.seq+1)
			}
			if !a.Seq.After(used) {
				t.Errorf("ISS %d is not larger than %d, which the old incarnation used", a.Seq, used)
			}
			ack := wire.Segment{Flags: wire.ACK, Seq: tt.seq + 1, Ack: a.Seq + 1, Wnd: 1000, Opts: syn.Opts}
			n.inject(n.server, peer, server80, ack)
			e := l.Accept(n.now)
			if e == nil {
				t.Fatal("the new connection was not accepted")
			}
			n.want(e, fsm.Established)
			n.want(d, fsm.Closed)
			want := []fsm.State{fsm.TimeWait, fsm.SynReceived, fsm.Established}
			if got := n.path("server"); !slices.Equal(got, want) {
				t.Errorf("server %v, want %v", got, want)
			}
			e.Abort(n.now)
			n.owed(n.server)
			n.empty(n.server)
		})
	}
}

// A SYN that seemed new but was not: its sender resets our SYN,ACK, and the old
// incarnation is back for 2 MSL anew (MAY-2).
func TestOldDuplicateSYNReturnsToTimeWait(t *testing.T) {
	for _, tt := range []struct {
		name string
		seg  wire.Segment
	}{
		{"RST", wire.Segment{Flags: wire.RST, Seq: oldFIN + 101}},
		{"SYN", wire.Segment{Flags: wire.SYN, Seq: oldFIN + 101}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, d, l := timeWait(t, false)
			n.run(50 * time.Second)
			n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: oldFIN + 100, Wnd: 1000})
			n.owed(n.server)
			n.inject(n.server, peer, server80, tt.seg)
			n.owed(n.server)
			want := []fsm.State{fsm.TimeWait, fsm.SynReceived, fsm.TimeWait}
			if got := n.path("server"); !slices.Equal(got, want) {
				t.Errorf("server %v, want %v", got, want)
			}
			n.run(59 * time.Second)
			n.want(d, fsm.TimeWait)
			if got := n.server.Stats(); got.Conns != 1 || got.HalfOpen != 0 {
				t.Errorf("%d connections, %d half-open; want 1 and 0", got.Conns, got.HalfOpen)
			}
			// It is the old one: it answers the old FIN.
			n.inject(n.server, peer, server80, wire.Segment{Flags: wire.FIN | wire.ACK, Seq: oldFIN, Ack: d.tcp.SndNxt(), Wnd: 1000})
			if a := n.owed(n.server); len(a) != 1 || a[0].Ack != oldFIN+1 {
				t.Errorf("answered %v to the old FIN, want an ACK of %d", a, oldFIN+1)
			}
			n.run(61 * time.Second)
			n.want(d, fsm.Closed)
			l.Close(n.now)
			n.empty(n.server)
		})
	}
}

// The user of the old incarnation goes, or aborts, while a new one tries.
func TestOldIncarnationIsClosedMeanwhile(t *testing.T) {
	n, d, _ := timeWait(t, false)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: oldFIN + 100, Wnd: 1000})
	n.owed(n.server)
	d.Abort(n.now)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.RST, Seq: oldFIN + 101})
	n.owed(n.server)
	n.want(d, fsm.Closed)
	n.empty(n.server)
}

// Without a listener the port's old connection answers by itself.
func TestSYNInTimeWaitWithoutListener(t *testing.T) {
	n, d, l := timeWait(t, false)
	l.Close(n.now)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: oldFIN + 100})
	if a := n.owed(n.server); len(a) != 1 || a[0].Flags != wire.ACK {
		t.Errorf("answered %v, want an ACK", a)
	}
	n.want(d, fsm.TimeWait)
}

// RFC 1337: a reset does not end TIME_WAIT.
func TestResetInTimeWait(t *testing.T) {
	n, d, _ := timeWait(t, false)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.RST, Seq: oldFIN + 1})
	n.want(d, fsm.TimeWait)
}

func TestTimeWaitHoldsThePortForDial(t *testing.T) {
	n, d, l := timeWait(t, false)
	l.Close(n.now)
	if _, err := n.server.Dial(n.now, server80, peer); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Dial from a port in TIME_WAIT: %v, want EADDRINUSE", err)
	}
	if _, err := n.server.Listen(n.now, server80, 0); err != nil {
		t.Errorf("Listen at a port in TIME_WAIT: %v", err)
	}
	n.run(61 * time.Second)
	n.want(d, fsm.Closed)
	n.empty(n.server)
}
