package tcp

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/lastack/lastack/congestion"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// still is a congestion control without state, as searches need it.
type still struct{}

func (still) Init(time.Duration, int)                         {}
func (still) SetMSS(int)                                      {}
func (still) Window() int                                     { return 1 << 20 }
func (still) Threshold() int                                  { return 0 }
func (still) PacingRate() int64                               { return 0 }
func (still) PRR() bool                                       { return false }
func (still) Sent(time.Duration, int, int)                    {}
func (still) Acked(time.Duration, *congestion.Ack)            {}
func (still) Congested(time.Duration, congestion.Signal, int) {}
func (still) TimedOut(time.Duration, int, bool)               {}
func (still) Recovered(time.Duration, int)                    {}
func (still) Undo(time.Duration)                              {}
func (still) Idle(time.Duration, time.Duration)               {}

func stillConfig() Config {
	return Config{SendBuffer: 1 << 20, RecvBuffer: 1 << 20, NoDelay: true, NoTimestamps: true, NoWindowScale: true, Congestion: func() congestion.Controller { return still{} }}
}

// busyConn is a connection with something in every queue: text out of order,
// text unread, text not acknowledged.
func busyConn(t *testing.T) *Conn {
	t.Helper()
	e := exchange(t, `
		state ESTABLISHED
		< P. 1:6(5) ack 1
		wait 40ms
		> . 1:1(0) ack 6
		< P. 11:16(5) ack 1
		> . 1:1(0) ack 6
		write 10
		> P. 1:11(10) ack 6
	`, stillConfig())
	return e.c
}

// frameOfTests is where the script tests' numbers begin.
var frameOfTests = Frame{Snd: ourISS, Rcv: theirISS}

// key is the key of a connection, made canonical.
func key(c *Conn) string {
	c.Canonicalize(Canon{GivesUp: true, Throttles: true})
	return string(c.AppendKey(nil, frameOfTests))
}

// What is restored is what was set aside, whatever has become of it since, and
// holds memory of its own.
func TestSnapshotRestores(t *testing.T) {
	c := busyConn(t)
	s := c.Snapshot()
	want := key(c)
	pool := new(Pool)
	cfg := stillConfig().WithDefaults()
	copied := New(&cfg, Params{MTU: 1500, Pool: pool})
	for range 2 {
		s.Restore(copied)
		if got := key(copied); got != want {
			t.Fatalf("restored as\n%x, was\n%x", got, want)
		}
		fill := wire.Segment{Flags: wire.ACK | wire.PSH, Seq: copied.RcvNxt(), Ack: copied.SndNxt(), Wnd: 1000, Payload: []byte("world")}
		copied.Arrive(Instant, &fill)
		if n := copied.Unread(); n != 15 {
			t.Errorf("%d bytes to read after the gap is filled, want 15", n)
		}
	}
	if key(c) != want {
		t.Error("the copy has changed its original")
	}
	copied.Free()
	if n := pool.Lent(); n != 0 {
		t.Errorf("%d bytes are not given back", n)
	}
}

// Two connections that differ only in when things happened, or in where their
// numbers begin, have one key.
func TestKeyOfAlikeConnections(t *testing.T) {
	cfg := stillConfig().WithDefaults()
	open := func(now clock.Time, iss seq.Num) string {
		c := New(&cfg, Params{ISS: iss, MTU: 1500})
		var out wire.Segment
		c.Connect(now)
		c.Emit(now, &out)
		c.Arrive(now+1e6, &wire.Segment{Flags: wire.SYN | wire.ACK, Seq: iss + 7000, Ack: iss + 1, Wnd: 1000})
		for c.Emit(now+2e6, &out) {
		}
		c.Canonicalize(Canon{})
		return string(c.AppendKey(nil, Frame{Snd: iss, Rcv: iss + 7000}))
	}
	if a, b := open(0, 100), open(1e12, 1<<32-1); a != b {
		t.Errorf("keys differ:\n%x\n%x", a, b)
	}
}

// Fire runs one timer alone.
func TestFireRunsOneTimer(t *testing.T) {
	c := busyConn(t)
	c.Canonicalize(Canon{})
	was := c.timers.at
	c.Fire(TimerRetransmit)
	if c.timers.tries != 1 {
		t.Error("the retransmission timer has not fired")
	}
	for k, at := range was {
		if Timer(k) != TimerRetransmit && at != c.timers.at[k] {
			t.Errorf("timer %d has changed", k)
		}
	}
}

// notInKey is what the key leaves out, and why.
var notInKey = map[string]string{
	"cfg": "the same for all", "params": "the same for all", "fast.": "searches open in the usual way", "user.limit": "the same for all", "user.offered": "the same for all", "user.enabled": "the same for all", "user.fixed": "the same for all", "cc": "constant", "loss.cc": "constant", "loss.board": "its records are written", "loss.rack.sent": "time stands still",
	"rtt.cfg": "the same for all", "keep.KeepAlive": "the same for all", "throttle.limit": "the same for all", "probes.limit": "the same for all",
	"out.buf": "its bytes are written", "in.buf": "its bytes are written", "reset.": "written if it is owed",
	"send.": "the same for all, as searches fix it", "recv.": "the same for all, as searches fix it",
	"timers.at": "written as armed or not", "throttle.since": "time stands still", "probes.since": "time stands still",
}

// A field of a connection is in its key, or is taken away by Canonicalize, or is
// known not to matter. Whoever adds a field decides which.
func TestKeySeesEveryField(t *testing.T) {
	var visit func(v reflect.Value, path string)
	base := busyConn(t)
	want := key(base)
	aside := base.Snapshot()
	cfg := stillConfig().WithDefaults()
	probe := New(&cfg, Params{MTU: 1500})
	visit = func(v reflect.Value, path string) {
		for name := range notInKey {
			if strings.HasPrefix(path, name) {
				return
			}
		}
		queues := []reflect.Kind{reflect.Slice, reflect.Interface, reflect.Pointer, reflect.Array, reflect.Func}
		if slices.Contains(queues, v.Kind()) {
			return // and errors: they have tests of their own
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				visit(v.Field(i), strings.TrimPrefix(path+"."+name, "."))
			}
			return
		}
		aside.Restore(probe)
		at := (*byte)(unsafe.Pointer(v.UnsafeAddr()))
		*at ^= 1
		changed := bytes.Clone(unsafe.Slice(at, v.Type().Size()))
		if got := key(probe); got == want && bytes.Equal(changed, unsafe.Slice(at, v.Type().Size())) {
			t.Errorf("%s is neither in the key nor taken away by Canonicalize", path)
		}
	}
	visit(reflect.ValueOf(probe).Elem(), "")
}
