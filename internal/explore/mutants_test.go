package explore

import (
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// simple is a configuration in which mistakes show soon.
var simple = Config{Name: "simple", Users: [2]User{client, server}, Capacity: 2, Drops: 1, EagerACK: true}

// Each property is able to fail: a mistake is made in what an end does, and the
// search finds it.
func TestPropertiesCanFail(t *testing.T) {
	for _, m := range []struct {
		name  string
		want  string // the property that is to fail
		in    Config
		hooks Hooks
	}{
		{"text is changed on its way", "P1", simple, Hooks{Arriving: func(_ *tcp.Conn, seg *wire.Segment) bool {
			if len(seg.Payload) > 0 {
				seg.Payload[0]++
			}
			return true
		}}},
		{"an octet is made up", "P2", with(simple, func(c *Config) { c.Skip = P1 }), Hooks{Arriving: func(_ *tcp.Conn, seg *wire.Segment) bool {
			if len(seg.Payload) > 0 {
				seg.Payload = append(seg.Payload, 'x')
			}
			return true
		}}},
		{"nobody finds out that the peer has aborted", "P3", with(simple, func(c *Config) { c.Users[1].Abort = true }), Hooks{}},
		{"challenge ACKs without a limit", "L2", Config{Users: both(client), Capacity: 2, Window: 1, LazyRead: true, EagerACK: true, Skip: P8 | L1}, Hooks{}},
		{"a FIN out of order is taken for the next in order", "P4", simple, Hooks{Arriving: func(c *tcp.Conn, seg *wire.Segment) bool {
			if c.State() == fsm.Established && seg.Flags&(wire.FIN|wire.ACK) == wire.FIN|wire.ACK {
				seg.Seq, seg.Payload = c.RcvNxt(), nil
			}
			return true
		}}},
		{"no TIME_WAIT", "P5", simple, Hooks{After: endTimeWait}},
		{"the peer's numbers are taken for others", "P6", simple, Hooks{
			Arriving: func(c *tcp.Conn, seg *wire.Segment) bool {
				if c.ISS() == initial[0] && seg.Has(wire.SYN) {
					seg.Seq -= 100
				}
				return true
			},
			Leaving: func(c *tcp.Conn, seg *wire.Segment) bool {
				if c.ISS() == initial[0] && seg.Has(wire.ACK) {
					seg.Ack += 100
				}
				return true
			},
		}},
		{"text is not heard", "P8", simple, Hooks{Arriving: func(c *tcp.Conn, seg *wire.Segment) bool {
			return c.State() != fsm.Established || len(seg.Payload) == 0
		}}},
		{"a FIN is answered by a reset", "P9", simple, Hooks{Leaving: func(c *tcp.Conn, seg *wire.Segment) bool {
			if c.State() == fsm.CloseWait && seg.Flags == wire.ACK {
				seg.Flags = wire.RST | wire.ACK
			}
			return true
		}}},
		{"any reset in the window is believed", "P10", small("attack"), Hooks{Arriving: func(c *tcp.Conn, seg *wire.Segment) bool {
			if tcb := c.TCB(); seg.Has(wire.RST) && seg.Seq.In(tcb.Rcv.Nxt, tcb.Rcv.Wnd) {
				seg.Seq = tcb.Rcv.Nxt
			}
			return true
		}}},
		{"LAST_ACK does not hear its acknowledgment", "L1", with(simple, func(c *Config) { c.Skip = P8 }), Hooks{Arriving: func(c *tcp.Conn, _ *wire.Segment) bool {
			return c.State() != fsm.LastAck
		}}},
		{"TIME_WAIT ends while segments live", "P9", small("time-wait"), Hooks{Fires: timeWaitAtOnce}},
		{"TIME_WAIT ends while segments live", "P1", with(small("time-wait"), func(c *Config) { c.Skip = ^P1 }), Hooks{Fires: timeWaitAtOnce}},
	} {
		t.Run(m.want+": "+m.name, func(t *testing.T) {
			c := m.in
			c.Hooks = m.hooks
			r := Search(c, 2, nil)
			if r.Violation == nil || r.Violation.Property.Name != m.want {
				t.Fatalf("found %v in %d states, want %s", r.Violation, r.States, m.want)
			}
			script := join(r.Violation.Script)
			if err := Recheck(c, script, m.want); err == nil {
				t.Errorf("played again, the property holds:\n%s", script)
			}
			if m.hooks.none() {
				return
			}
			if err := Recheck(m.in, script, m.want); err != nil {
				t.Errorf("without the mistake: %v", err)
			}
		})
	}
}

// none reports whether no mistake is made: then the configuration is one.
func (h Hooks) none() bool {
	return h.Arriving == nil && h.Leaving == nil && h.After == nil && h.Fires == nil
}

// timeWaitAtOnce lets 2 MSL pass while segments are on their way.
func timeWaitAtOnce(_ fsm.State, k tcp.Timer) bool { return k == tcp.TimerTimeWait }

// small is the small form of a configuration.
func small(name string) Config {
	for _, c := range Configs(Small) {
		if c.Name == name {
			return c
		}
	}
	panic("BUG: no configuration " + name)
}

// with is a configuration with a change.
func with(c Config, change func(c *Config)) Config {
	change(&c)
	return c
}

// join is the lines of a script.
func join(lines []string) (script string) {
	for _, line := range lines {
		script += line + "\n"
	}
	return script
}

// endTimeWait ends TIME_WAIT as soon as it is entered.
func endTimeWait(c *tcp.Conn) (r tcp.Result) {
	if c.State() == fsm.TimeWait {
		r = c.Fire(tcp.TimerTimeWait)
	}
	return r
}
