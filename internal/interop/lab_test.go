//go:build linux

package interop

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lastack/lastack"
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/link"
	"github.com/lastack/lastack/link/tun"
	"github.com/lastack/lastack/trace"
)

// The addresses of the kernel and of lastack, with their network.
var (
	host4, ours4 = netip.MustParsePrefix("10.99.0.1/24"), netip.MustParsePrefix("10.99.0.2/24")
	host6, ours6 = netip.MustParsePrefix("fd99::1/64"), netip.MustParsePrefix("fd99::2/64")
)

// A lab is a kernel and a stack that are joined by a TUN device with a gate.
type lab struct {
	*kernel
	*gate
	*record
	t     *testing.T
	stack *lastack.Stack
	host  netip.Addr // the kernel's address, IPv4 unless a test says otherwise
	ours  netip.Addr // lastack's
}

// setup is what a lab is made of, where it is not as usual.
type setup struct {
	lastack.Config
	mtu   int
	quiet bool                      // without a record
	wrap  func(link.Link) link.Link // goes between the gate and the device
}

// quick is a setup in which TIME_WAIT passes soon.
var quick = setup{Config: lastack.Config{TimeWait: 50 * time.Millisecond}}

// newLab makes a lab that ends with the test.
func newLab(t *testing.T, with setup) *lab {
	t.Helper()
	l := newWire(t, with)
	with.Addrs = []netip.Prefix{ours4, ours6}
	if !with.quiet {
		with.Observer = l.note
	}
	var err error
	l.stack, err = lastack.New(l.gate, with.Config)
	must(t, err)
	t.Cleanup(func() { l.stack.Close() })
	return l
}

// newWire makes a lab without a stack.
func newWire(t *testing.T, with setup) *lab {
	t.Helper()
	l := &lab{t: t, kernel: newKernel(t), record: newRecord(t), host: host4.Addr(), ours: ours4.Addr()}
	var device link.Link
	must(t, l.do(func() (err error) {
		device, err = tun.Open(tun.Config{Host: []netip.Prefix{host4, host6}, MTU: with.mtu})
		return err
	}))
	t.Cleanup(func() { device.Close() }) // for the second time, as a rule
	if with.wrap != nil {
		device = with.wrap(device)
	}
	l.gate = newGate(t, device)
	return l
}

// bothFamilies runs a test over IPv4 and over IPv6.
func bothFamilies(t *testing.T, with setup, test func(*lab)) {
	for name, addrs := range map[string][2]netip.Prefix{"IPv4": {host4, ours4}, "IPv6": {host6, ours6}} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, with)
			l.host, l.ours = addrs[0].Addr(), addrs[1].Addr()
			test(l)
		})
	}
}

// at is an address with a port.
func at(a netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(a, port) }

// listenHere opens a listener of lastack.
func (l *lab) listenHere(port uint16) *lastack.Listener {
	l.t.Helper()
	ln, err := l.stack.Listen("tcp", at(l.ours, port).String())
	must(l.t, err)
	must(l.t, ln.SetDeadline(time.Now().Add(patience)))
	return ln
}

// acceptHere takes a connection from a listener of lastack.
func (l *lab) acceptHere(ln *lastack.Listener) *lastack.Conn {
	l.t.Helper()
	c, err := ln.AcceptConn()
	must(l.t, err)
	must(l.t, c.SetDeadline(time.Now().Add(patience)))
	return c
}

// dialHere opens a connection of lastack.
func (l *lab) dialHere(remote netip.AddrPort) (*lastack.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := l.stack.DialTCP(ctx, netip.AddrPort{}, remote)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patience))
	}
	return c, err
}

// A record is the events of a stack.
type record struct {
	t      *testing.T
	mu     sync.Mutex
	change sync.Cond
	events []trace.Event
}

func newRecord(t *testing.T) *record {
	r := &record{t: t}
	r.change.L = &r.mu
	return r
}

// note is the stack's observer.
func (r *record) note(e trace.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	r.change.Broadcast()
}

// until waits until the events are as wanted. complain says what they are
// instead.
func (r *record) until(as func([]trace.Event) bool, complain func([]trace.Event) string) {
	r.t.Helper()
	late := time.AfterFunc(patience, r.change.Broadcast)
	defer late.Stop()
	end := time.Now().Add(patience)
	r.mu.Lock()
	defer r.mu.Unlock()
	for !as(r.events) {
		if !time.Now().Before(end) {
			r.t.Fatal(complain(r.events))
		}
		r.change.Wait()
	}
}

// path waits until the states that lastack's first connection has gone through,
// its listener's included, are these: "CLOSED SYN_SENT ESTABLISHED".
func (r *record) path(want string) {
	r.t.Helper()
	now := func(events []trace.Event) string { return join(trace.Path(events, "stack")) }
	r.until(
		func(events []trace.Event) bool { return now(events) == want },
		func(events []trace.Event) string {
			return fmt.Sprintf("lastack's path is\n%s, want\n%s", now(events), want)
		})
}

// pathOf is path for the connection that came n-th, without its listener.
func (r *record) pathOf(n int, want string) {
	r.t.Helper()
	now := func(events []trace.Event) string {
		conns := trace.Conns(events, "stack")
		if n >= len(conns) {
			return ""
		}
		return join(trace.PathOf(events, "stack", conns[n]))
	}
	r.until(
		func(events []trace.Event) bool { return now(events) == want },
		func(events []trace.Event) string {
			return fmt.Sprintf("connection %d has the path\n%s, want\n%s", n, now(events), want)
		})
}

// count is how many events there are of a sort.
func (r *record) count(is func(*trace.Event) bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return countIn(r.events, is)
}

// last is the latest event of a sort.
func (r *record) last(is func(*trace.Event) bool) trace.Event {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.events) - 1; i >= 0; i-- {
		if is(&r.events[i]) {
			return r.events[i]
		}
	}
	r.t.Fatal("an event that must have happened is not in the trace")
	return trace.Event{}
}

// awaitCount waits until there are at least n events of a sort.
func (r *record) awaitCount(n int, what string, is func(*trace.Event) bool) {
	r.t.Helper()
	r.until(
		func(events []trace.Event) bool { return countIn(events, is) >= n },
		func(events []trace.Event) string {
			return fmt.Sprintf("lastack shows %d of: %s; want %d", countIn(events, is), what, n)
		})
}

func countIn(events []trace.Event, is func(*trace.Event) bool) (n int) {
	for i := range events {
		if is(&events[i]) {
			n++
		}
	}
	return n
}

// join is states with spaces between them.
func join(path []fsm.State) string {
	names := make([]string, len(path))
	for i, s := range path {
		names[i] = s.String()
	}
	return strings.Join(names, " ")
}
