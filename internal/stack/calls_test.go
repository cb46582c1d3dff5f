package stack

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// What a connection reports of its queues is true before and after each step.
func TestStatusOfTheQueues(t *testing.T) {
	n := newNetwork(t, func(c *Config) { c.TCP.SendBuffer = 1000 })
	c, d, _ := n.open(server80)
	m, err := c.Write(n.now, make([]byte, 1500))
	if m != 1000 || err != nil {
		t.Fatalf("write took %d: %v", m, err)
	}
	if c.Unsent() != 1000 || c.Room() != 0 || c.Acked() {
		t.Errorf("%d unsent, room for %d, acknowledged %v", c.Unsent(), c.Room(), c.Acked())
	}
	if m, err := c.Write(n.now, []byte("x")); m != 0 || err != nil {
		t.Errorf("a full buffer took %d: %v", m, err)
	}
	woken := wakes(c)
	n.run(time.Second)
	if c.Unsent() != 0 || c.Room() != 1000 || !c.Acked() || *woken&tcp.WakeWrite == 0 {
		t.Errorf("%d unsent, room for %d, acknowledged %v, woken %b", c.Unsent(), c.Room(), c.Acked(), *woken)
	}
	if d.Unread() != 1000 || d.Info().RecvQueue != 1000 {
		t.Errorf("%d unread", d.Unread())
	}
}

// Urgent data come in line, and the reader learns where they end (MUST-33).
func TestUrgentData(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	woken := wakes(d)
	if _, err := c.WriteUrgent(n.now, []byte("now!")); err != nil {
		t.Fatal(err)
	}
	n.run(time.Second)
	if d.Urgent() != 4 || *woken&tcp.WakeUrgent == 0 {
		t.Errorf("%d urgent bytes, woken %b", d.Urgent(), *woken)
	}
	if got, _ := n.readAll(d); string(got) != "now!" || d.Urgent() != 0 {
		t.Errorf("read %q, %d still urgent", got, d.Urgent())
	}
}

// After CloseRead data are acknowledged and thrown away.
func TestCloseRead(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	d.CloseRead(n.now)
	n.write(c, "for nobody")
	n.run(time.Second)
	if !c.Acked() || d.Unread() != 0 {
		t.Errorf("acknowledged %v, %d unread", c.Acked(), d.Unread())
	}
	if _, err := d.Read(n.now, make([]byte, 10)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read: %v, want net.ErrClosed", err)
	}
	n.want(d, fsm.Established)
}

// Release with data unread is a reset (RFC 2525 §2.17).
func TestReleaseWithUnreadData(t *testing.T) {
	n := newNetwork(t)
	c, d, _ := n.open(server80)
	n.write(c, "unread")
	n.run(time.Second)
	d.Release(n.now)
	n.run(time.Second)
	n.want(c, fsm.Closed)
	if !errors.Is(c.Err(), syscall.ECONNRESET) {
		t.Errorf("the peer's error is %v, want ECONNRESET", c.Err())
	}
	n.empty(n.server)
}

// An option that is set arms its timer at once.
func TestKeepAliveFindsADeadPeer(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	c.SetKeepAlive(n.now, tcp.KeepAlive{Enable: true, Idle: time.Second, Interval: time.Second, Count: 3})
	if got := c.KeepAliveConfig(); got.Count != 3 {
		t.Errorf("the setting is %+v", got)
	}
	n.run(time.Minute)
	n.want(c, fsm.Established)
	n.fate = func(int, *wire.Packet) fate { return fate{drop: true} }
	n.run(10 * time.Second)
	n.want(c, fsm.Closed)
	if !errors.Is(c.Err(), syscall.ETIMEDOUT) {
		t.Errorf("error %v, want ETIMEDOUT", c.Err())
	}
}

func TestUserTimeout(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	n.fate = func(int, *wire.Packet) fate { return fate{drop: true} }
	n.write(c, "x")
	c.SetUserTimeout(n.now, 5*time.Second)
	n.run(4 * time.Second)
	n.want(c, fsm.Established)
	n.run(2 * time.Second)
	n.want(c, fsm.Closed)
}

// Turning Nagle off lets go at once what it held back.
func TestSetNoDelaySendsWhatWaits(t *testing.T) {
	n := newNetwork(t)
	c, _, _ := n.open(server80)
	n.delay = time.Minute
	n.write(c, "first")
	n.flush()
	n.write(c, "second")
	n.flush()
	if c.Unsent() != 6 {
		t.Fatalf("%d bytes unsent, want Nagle to hold 6", c.Unsent())
	}
	c.SetNoDelay(true)
	n.flush()
	if c.Unsent() != 0 {
		t.Errorf("%d bytes still unsent", c.Unsent())
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	n := newNetwork(t)
	n.listen(server80, 0)
	_, err := n.server.Listen(n.now, server80, 0)
	if err == nil || !strings.Contains(err.Error(), "10.0.0.2:80 is in use: choose another port") {
		t.Errorf("%v", err)
	}
}

// The user of an old incarnation learns that its place was taken.
func TestOldIncarnationIsTold(t *testing.T) {
	n, d, l := timeWait(t, false)
	woken := wakes(d)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: oldFIN + 100, Wnd: 1000})
	a := n.owed(n.server)[0]
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.ACK, Seq: oldFIN + 101, Ack: a.End(), Wnd: 1000})
	if *woken&tcp.WakeClosed == 0 {
		t.Error("it was not told")
	}
	if l.Accept(n.now) == nil {
		t.Error("the new one was not accepted")
	}
}

// A newer SYN for a connection in TIME_WAIT is dropped like any other when
// there is no room; the old connection stays.
func TestReopeningNeedsRoom(t *testing.T) {
	n, d, l := timeWait(t, false)
	l.backlog = 0
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN, Seq: oldFIN + 100, Wnd: 1000})
	checkAnswer(t, n.owed(n.server), nil)
	n.want(d, fsm.TimeWait)
}

func TestListenersAndQueues(t *testing.T) {
	n := newNetwork(t)
	_, _, l := n.open(server80)
	n.dial(server80)
	n.run(time.Second)
	n.inject(n.server, peer, server80, wire.Segment{Flags: wire.SYN})
	if half, waiting, backlog := l.Queues(); half != 1 || waiting != 1 || backlog != DefaultBacklog {
		t.Errorf("%d half-open, %d waiting of %d", half, waiting, backlog)
	}
	for got := range n.server.Listeners() {
		if got != l {
			t.Error("Listeners gives another listener")
		}
		break
	}
	for c := range n.server.Conns() {
		if got := c.Timer(tcp.TimerTimeWait); c.State() == fsm.Established && got != clock.Never {
			t.Errorf("the time-wait timer is set for %v", got)
		}
	}
}
