package drill

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/trace"
)

// origin is when a script starts, in the time of the stack under test. It is
// not 0, so that nothing is thought to have been sent at the start.
const origin = clock.Time(1000 * time.Second)

// maxTimers bounds the timers that fire while a script waits, against a stack
// that sets timers for ever.
const maxTimers = 1_000_000

// lastack is the target that is our own stack, in virtual time. The stack is
// made when it is first needed, because settings come before.
type lastack struct {
	cfg  *config
	core *stack.Core
	sc   stack.Config
	time clock.Time
	out  []captured
	buf  []byte
	log  []trace.Event

	socks map[int]*socket // by descriptor
	last  int             // the latest descriptor
	space int             // net.inet.tcp.recvspace
	call  func() (syscallResult, bool)
	wake  clock.Time // when the call that waits gives up by itself
	done  *syscallResult
}

// newLastack makes the target. Its randomness is always the same.
func newLastack(cfg *config) *lastack {
	l := &lastack{cfg: cfg, time: origin, buf: make([]byte, 65535), socks: map[int]*socket{}, last: 2, space: freeBSDRecvSpace}
	random := rand.New(rand.NewPCG(1, 2))
	l.sc = stack.Config{
		Name: "lastack", Addrs: []netip.Prefix{cfg.local}, MTU: cfg.mtu, Rand: random.Uint64,
		TCP: tcp.Config{MTUProbing: tcp.ProbeNever}, // the default of Linux
		Observer: func(e *trace.Event) {
			ev := *e
			ev.Time -= time.Duration(origin)
			ev.Deadline -= time.Duration(origin)
			ev.Pkt = 0
			l.log = append(l.log, ev)
		},
	}
	return l
}

// stack makes the stack if it is not there yet.
func (l *lastack) stack() *stack.Core {
	if l.core == nil {
		core, err := stack.New(l.sc)
		if err != nil {
			panic("BUG: " + err.Error()) // the options of the script have been checked
		}
		l.core = core
	}
	return l.core
}

func (l *lastack) begin()                {}
func (l *lastack) now() time.Duration    { return l.time.Sub(origin) }
func (l *lastack) events() []trace.Event { return l.log }
func (l *lastack) close()                {}

// sleep runs the timers that are due before then.
func (l *lastack) sleep(until time.Duration) {
	end := origin.Add(until)
	for range maxTimers {
		if !l.next().Before(end) {
			break
		}
		l.expire()
	}
	l.time = max(l.time, end)
}

// next is when something happens by itself.
func (l *lastack) next() clock.Time {
	at := clock.Never
	if l.core != nil {
		at = l.core.Deadline()
	}
	if l.call != nil {
		at = min(at, l.wake)
	}
	return at
}

// expire goes to that time and lets it happen.
func (l *lastack) expire() {
	l.time = max(l.time, l.next())
	if l.core != nil && !l.core.Deadline().After(l.time) {
		l.core.Expire(l.time)
	}
	l.settle()
}

// settle takes what the stack owes, and lets a call go on that waits.
func (l *lastack) settle() {
	for l.core != nil {
		n := l.core.Output(l.time, l.buf)
		if n == 0 {
			break
		}
		l.out = append(l.out, captured{l.now(), append([]byte(nil), l.buf[:n]...)})
	}
	l.watch()
	if l.call == nil {
		return
	}
	if r, ok := l.call(); ok {
		r.at = l.now()
		l.done, l.call = &r, nil
		l.settle()
	}
}

func (l *lastack) inject(pkt []byte) error {
	l.stack().Input(l.time, pkt)
	l.settle()
	return nil
}

func (l *lastack) receive(deadline time.Duration) (captured, bool) {
	end := origin.Add(deadline)
	for range maxTimers {
		if len(l.out) > 0 {
			p := l.out[0]
			l.out = l.out[1:]
			return p, true
		}
		if l.next().After(end) {
			break
		}
		l.expire()
	}
	l.time = max(l.time, end)
	return captured{}, false
}

// start begins a call. What cannot be done yet is tried again whenever
// something happens.
func (l *lastack) start(c *syscallArgs) {
	l.done, l.wake = nil, clock.Never
	l.call = func() (syscallResult, bool) { return l.syscall(c) }
	if r, ok := l.call(); ok {
		r.at = l.now()
		l.done, l.call = &r, nil
	}
	l.settle()
}

func (l *lastack) wait(deadline time.Duration) (syscallResult, bool) {
	end := origin.Add(deadline)
	for range maxTimers {
		if l.done != nil || l.next().After(end) {
			break
		}
		l.expire()
	}
	if l.done == nil {
		l.time = max(l.time, end)
		return syscallResult{}, false
	}
	return *l.done, true
}

// info is the fields of a connection: of the descriptor's, or of the one with
// these addresses.
func (l *lastack) info(fd int, local, remote netip.AddrPort) (map[string]int64, error) {
	if s := l.socks[fd]; s != nil && s.conn != nil {
		return infoFields(s.conn.Info()), nil
	}
	if s := l.socks[fd]; s != nil && s.ln != nil {
		return map[string]int64{"tcpi_state": linuxStates[s.ln.State()]}, nil
	}
	if l.core == nil { // to look is no reason to make it: settings may still come
		return map[string]int64{"tcpi_state": linuxStates[fsm.Closed]}, nil
	}
	for c := range l.core.Conns() {
		if c.Local() == local && c.Remote() == remote {
			return infoFields(c.Info()), nil
		}
	}
	return map[string]int64{"tcpi_state": linuxStates[fsm.Closed]}, nil
}

// command does what shell commands would do that set or show something.
func (l *lastack) command(text string) error {
	if q, ok := parseStateQuery(text); ok {
		return q.check(l.states())
	}
	settings, err := parseSettings(text, l.readFile)
	if err != nil {
		return err
	}
	l.cfg.noteSystem(settings)
	for _, s := range settings {
		if err := l.set(s); err != nil {
			return err
		}
	}
	return nil
}

// readFile is the text of a file that a command names, from the script's
// directory.
func (l *lastack) readFile(path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.cfg.dir, path)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// states is the state of every connection and listener.
func (l *lastack) states() (states []fsm.State) {
	for c := range l.stack().Conns() {
		states = append(states, c.State())
	}
	for ln := range l.stack().Listeners() {
		states = append(states, ln.State())
	}
	return states
}

// set takes one system setting over.
func (l *lastack) set(s setting) error {
	row, ok := settingRows[s.name]
	if !ok {
		return need("the setting " + s.name)
	}
	if s.name == "net.inet.tcp.recvspace" {
		n, err := positive(s.value)
		l.space = n
		return err
	}
	if row == nil {
		return nil
	}
	before := l.sc
	err := row(&l.sc, s.value)
	if errors.Is(err, errNoEffect) {
		return need(fmt.Sprintf("%s=%s", s.name, s.value))
	}
	if err == nil && l.core != nil && !sameSettings(before, l.sc) {
		return need(s.name + " to change while the stack runs")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}
