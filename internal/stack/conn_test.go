package stack

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// both runs a test in IPv4 and in IPv6.
func both(t *testing.T, test func(t *testing.T, at netip.AddrPort)) {
	t.Run("IPv4", func(t *testing.T) { test(t, server80) })
	t.Run("IPv6", func(t *testing.T) { test(t, server80v6) })
}

func TestBothWaysThenHalfClose(t *testing.T) {
	both(t, func(t *testing.T, at netip.AddrPort) {
		n := newNetwork(t)
		c, d, _ := n.open(at)
		n.write(c, "request")
		c.Close(n.now)
		n.run(time.Second)
		if got, eof := n.readAll(d); string(got) != "request" || !eof {
			t.Errorf("the server read %q, end %v", got, eof)
		}
		n.want(c, fsm.FinWait2)
		n.want(d, fsm.CloseWait)
		n.write(d, "answer")
		n.run(time.Second)
		if got, _ := n.readAll(c); string(got) != "answer" {
			t.Errorf("the client read %q", got)
		}
		if _, err := c.Write(n.now, []byte("more")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("write after close: %v, want EPIPE", err)
		}
	})
}

func TestStatePathsOfANormalClose(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	n.write(c, "request")
	n.run(time.Second)
	n.readAll(d)
	n.write(d, "answer")
	n.run(time.Second)
	n.readAll(c)
	c.Release(n.now)
	n.run(time.Second)
	if _, eof := n.readAll(d); !eof {
		t.Error("the server does not see the client's FIN")
	}
	d.Release(n.now)
	n.run(time.Second)
	n.want(c, fsm.TimeWait)
	n.run(2 * time.Minute)
	n.want(c, fsm.Closed)

	client := []fsm.State{fsm.Closed, fsm.SynSent, fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait, fsm.Closed}
	if got := n.path("client"); !slices.Equal(got, client) {
		t.Errorf("client %v, want %v", got, client)
	}
	server := []fsm.State{fsm.Closed, fsm.Listen, fsm.SynReceived, fsm.Established, fsm.CloseWait, fsm.LastAck, fsm.Closed}
	if got := n.path("server"); !slices.Equal(got, server) {
		t.Errorf("server %v, want %v", got, server)
	}
	n.empty(n.client)
	n.empty(n.server)
}

func TestSimultaneousClose(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	c.Release(n.now)
	d.Release(n.now)
	n.run(time.Second)
	n.want(c, fsm.TimeWait)
	n.want(d, fsm.TimeWait)
	if got := n.path("client"); !slices.Contains(got, fsm.Closing) {
		t.Errorf("client %v, want CLOSING among them", got)
	}
	n.run(2 * time.Minute)
	n.empty(n.client)
	n.empty(n.server)
}

func TestDataSurvivesLossDuplicationAndReordering(t *testing.T) {
	both(t, func(t *testing.T, at netip.AddrPort) {
		n := newNetwork(t)
		c, d, _ := n.open(at)
		n.fate = func(i int, p *wire.Packet) fate {
			return fate{drop: i%17 == 0, again: i%5 == 0, delay: time.Duration(i%3) * 7 * time.Millisecond}
		}
		data := strings.Repeat("0123456789abcdef", 20000)
		n.write(c, data)
		n.write(d, data)
		c.Close(n.now)
		d.Close(n.now)
		var up, down []byte
		for range 600 {
			n.run(100 * time.Millisecond)
			got, _ := n.readAll(d)
			up = append(up, got...)
			got, _ = n.readAll(c)
			down = append(down, got...)
		}
		if string(up) != data || string(down) != data {
			t.Errorf("%d and %d bytes arrived, want %d equal ones each way", len(up), len(down), len(data))
		}
	})
}

// Data that was there before the last ACK can be read after it.
func TestReadAfterClosed(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	n.write(c, "last words")
	c.Close(n.now)
	n.run(time.Second)
	d.Close(n.now)
	n.run(time.Second)
	n.want(d, fsm.Closed)
	if got, eof := n.readAll(d); string(got) != "last words" || !eof {
		t.Errorf("read %q, end %v", got, eof)
	}
	d.Release(n.now)
	n.run(2 * time.Minute)
	n.empty(n.server)
}

func TestNobodyListensSoRefused(t *testing.T) {
	both(t, func(t *testing.T, at netip.AddrPort) {
		n := newNetwork(t)
		c := n.dial(at)
		woken := wakes(c)
		n.run(time.Second)
		n.want(c, fsm.Closed)
		if !errors.Is(c.Err(), syscall.ECONNREFUSED) {
			t.Errorf("error %v, want ECONNREFUSED", c.Err())
		}
		if *woken&tcp.WakeOpen == 0 {
			t.Error("nobody was told that the open has failed")
		}
		n.empty(n.client)
		n.empty(n.server)
	})
}

// The reset that answers a segment of nobody is believable, and nothing answers
// a reset (§3.10.7.1).
func TestSegmentOfNobody(t *testing.T) {
	from := netip.AddrPortFrom(clientIP, 1000)
	tests := []struct {
		name string
		seg  wire.Segment
		want *wire.Segment
	}{
		{"SYN", wire.Segment{Flags: wire.SYN, Seq: 100}, &wire.Segment{Flags: wire.RST | wire.ACK, Ack: 101}},
		{"data", wire.Segment{Flags: wire.PSH, Seq: 100, Payload: []byte("xyz")}, &wire.Segment{Flags: wire.RST | wire.ACK, Ack: 103}},
		{"ACK", wire.Segment{Flags: wire.ACK, Seq: 100, Ack: 500}, &wire.Segment{Flags: wire.RST, Seq: 500}},
		{"FIN,ACK", wire.Segment{Flags: wire.FIN | wire.ACK, Seq: 100, Ack: 500}, &wire.Segment{Flags: wire.RST, Seq: 500}},
		{"RST", wire.Segment{Flags: wire.RST, Seq: 100}, nil},
		{"RST,ACK", wire.Segment{Flags: wire.RST | wire.ACK, Seq: 100, Ack: 500}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork(t)
			n.inject(n.server, from, server80, tt.seg)
			checkAnswer(t, n.owed(n.server), tt.want)
		})
	}
}

// checkAnswer checks that want, or nothing, was answered.
func checkAnswer(t *testing.T, got []wire.Segment, want *wire.Segment) {
	t.Helper()
	if want == nil {
		if len(got) != 0 {
			t.Errorf("answered %v, want nothing", got[0].Flags)
		}
		return
	}
	if len(got) != 1 {
		t.Fatalf("%d answers, want one", len(got))
	}
	if got[0].Flags != want.Flags || got[0].Seq != want.Seq || got[0].Ack != want.Ack {
		t.Errorf("answered %v seq %d ack %d, want %v seq %d ack %d",
			got[0].Flags, got[0].Seq, got[0].Ack, want.Flags, want.Seq, want.Ack)
	}
}

func TestResetsToNobodyAreLimited(t *testing.T) {
	n := newNetwork(t, quiet)
	for i := range 3 * resetsBurst {
		from := netip.AddrPortFrom(clientIP, uint16(i+1))
		n.inject(n.server, from, server80, wire.Segment{Flags: wire.SYN})
		n.owed(n.server)
	}
	if got := n.server.Stats(); got.Resets != resetsBurst || got.Drops[ResetLimit] != 2*resetsBurst {
		t.Errorf("%d resets, %d not sent; want %d and %d", got.Resets, got.Drops[ResetLimit], resetsBurst, 2*resetsBurst)
	}
	n.now = n.now.Add(time.Second)
	n.inject(n.server, netip.AddrPortFrom(clientIP, 1), server80, wire.Segment{Flags: wire.SYN})
	if len(n.owed(n.server)) != 1 {
		t.Error("no reset after a second of silence")
	}
}

func TestSimultaneousOpen(t *testing.T) {
	n := newNetwork(t)
	a, b := netip.AddrPortFrom(clientIP, 1000), netip.AddrPortFrom(serverIP, 2000)
	c, err := n.client.Dial(n.now, a, b)
	if err != nil {
		t.Fatal(err)
	}
	d, err := n.server.Dial(n.now, b, a)
	if err != nil {
		t.Fatal(err)
	}
	n.run(time.Second)
	n.want(c, fsm.Established)
	n.want(d, fsm.Established)
	want := []fsm.State{fsm.Closed, fsm.SynSent, fsm.SynReceived, fsm.Established}
	for _, end := range []string{"client", "server"} {
		if got := n.path(end); !slices.Equal(got, want) {
			t.Errorf("%s %v, want %v", end, got, want)
		}
	}
	n.write(c, "ping")
	n.run(time.Second)
	if got, _ := n.readAll(d); string(got) != "ping" {
		t.Errorf("read %q", got)
	}
}

// A connection to an address of our own never touches the link.
func TestConnectionToOurselves(t *testing.T) {
	both(t, func(t *testing.T, at netip.AddrPort) {
		n := newNetwork(t)
		l := n.listen(at, 0)
		c, err := n.server.Dial(n.now, netip.AddrPort{}, at)
		if err != nil {
			t.Fatal(err)
		}
		n.flush()
		d := l.Accept(n.now)
		if d == nil {
			t.Fatal("no connection to accept")
		}
		n.write(c, "hello, me")
		n.flush()
		if got, _ := n.readAll(d); string(got) != "hello, me" {
			t.Errorf("read %q", got)
		}
		c.Release(n.now)
		d.Release(n.now)
		n.run(2 * time.Minute)
		if n.sent != 0 {
			t.Errorf("%d packets were sent to the link", n.sent)
		}
		n.empty(n.server)
	})
}

// Both ends may even be the same port: a simultaneous open with oneself.
func TestConnectionFromAPortToItself(t *testing.T) {
	n := newNetwork(t)
	c, err := n.server.Dial(n.now, server80, server80)
	if err != nil {
		t.Fatal(err)
	}
	n.flush()
	n.want(c, fsm.Established)
	n.write(c, "echo")
	n.flush()
	if got, _ := n.readAll(c); string(got) != "echo" {
		t.Errorf("read %q", got)
	}
}

func TestCloseOfTheCore(t *testing.T) {
	n := newNetwork(t)
	c, d, l := n.open(server80)
	n.dial(server80)
	told := false
	l.Notify = func() { told = true }
	n.server.Close(n.now)
	n.run(time.Second)
	n.want(c, fsm.Closed)
	n.want(d, fsm.Closed)
	if !errors.Is(c.Err(), syscall.ECONNRESET) {
		t.Errorf("the peer's error is %v, want ECONNRESET", c.Err())
	}
	if !told {
		t.Error("the listener's owner was not told")
	}
	n.empty(n.server)
	if _, err := n.server.Listen(n.now, server80, 0); !errors.Is(err, errClosed) {
		t.Errorf("Listen after Close: %v", err)
	}
	if _, err := n.server.Dial(n.now, netip.AddrPort{}, netip.AddrPortFrom(clientIP, 1)); !errors.Is(err, errClosed) {
		t.Errorf("Dial after Close: %v", err)
	}
}
