package oracle

import (
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/seq"
	"github.com/lastack/lastack/internal/wire"
)

// A wrong is lastack with a fault: what arrives, or what is sent, is changed.
type wrong struct {
	Lastack
	arrive func(seg *wire.Segment, rcvNxt seq.Num)
	sent   func([]wire.Segment) []wire.Segment
	hurry  bool // no TIME_WAIT

	rcvNxt seq.Num
}

func (w *wrong) Reset() error {
	w.rcvNxt = testerISN
	return w.Lastack.Reset()
}

func (w *wrong) Arrive(seg *wire.Segment) error {
	if w.arrive != nil {
		w.arrive(seg, w.rcvNxt)
	}
	return w.Lastack.Arrive(seg)
}

func (w *wrong) Sent() ([]wire.Segment, error) {
	out, err := w.Lastack.Sent()
	for _, seg := range out {
		if seg.Has(wire.ACK) && !seg.Has(wire.RST) {
			w.rcvNxt = seg.Ack
		}
	}
	if state, _ := w.Lastack.State(); w.hurry && state == fsm.TimeWait {
		w.now = w.now.Add(2 * time.Minute)
		w.core.Expire(w.now)
	}
	if w.sent != nil {
		out = w.sent(out)
	}
	return out, err
}

// wrongs is faults that people have made, each with the shortest word that
// shows it.
var wrongs = []struct {
	name  string
	fault func() *wrong
	word  string
}{
	{
		"any reset in the window is obeyed",
		func() *wrong {
			return &wrong{arrive: func(seg *wire.Segment, rcvNxt seq.Num) {
				if seg.Has(wire.RST) && seg.Seq == rcvNxt+windowStep {
					seg.Seq = rcvNxt
				}
			}}
		},
		"listen S R@in",
	},
	{
		"FINs are dropped",
		func() *wrong {
			return &wrong{arrive: func(seg *wire.Segment, _ seq.Num) {
				if seg.Flags == wire.FIN|wire.ACK {
					seg.Flags = wire.ACK
				}
			}}
		},
		"listen S F.",
	},
	{
		"the window is ignored",
		func() *wrong {
			return &wrong{arrive: func(seg *wire.Segment, rcvNxt seq.Num) {
				if seg.Flags == wire.ACK && seg.Seq == rcvNxt+farOff {
					seg.Seq = rcvNxt
				}
			}}
		},
		"listen S .@beyond",
	},
	{
		"nothing is reset",
		func() *wrong {
			return &wrong{sent: func(out []wire.Segment) []wire.Segment { return dropped(out, wire.RST) }}
		},
		".",
	},
	{
		"no ACK is sent without text",
		func() *wrong {
			return &wrong{sent: func(out []wire.Segment) []wire.Segment { return dropped(out, wire.ACK) }}
		},
		"connect S.",
	},
	{
		"there is no TIME_WAIT",
		func() *wrong { return &wrong{hurry: true} },
		"connect S. shutdown F.",
	},
	{
		"a FIN without ACK in TIME_WAIT is reset, where Linux is known to differ in another way",
		func() *wrong {
			var w wrong
			var fin bool
			w.arrive = func(seg *wire.Segment, _ seq.Num) { fin = seg.Flags == wire.FIN }
			w.sent = func(out []wire.Segment) []wire.Segment {
				if state, _ := w.State(); fin && state == fsm.TimeWait && len(out) == 0 {
					return []wire.Segment{{Flags: wire.RST, Seq: w.rcvNxt}}
				}
				return out
			}
			return &w
		},
		"connect S. close F. F",
	},
}

// dropped is the segments without those that have exactly these flags.
func dropped(all []wire.Segment, flags wire.Flags) (rest []wire.Segment) {
	for _, seg := range all {
		if seg.Flags != flags {
			rest = append(rest, seg)
		}
	}
	return rest
}

// The comparison is able to fail: each fault is found by a short plan, and
// shrunk to the shortest word. It is found against lastack without the fault
// anywhere, and against the kernel where there is one.
func TestFaultsAreFound(t *testing.T) {
	check := func(t *testing.T, theirs System) {
		for _, tt := range wrongs {
			m := firstFinding(t, NewPair(tt.fault(), theirs))
			switch {
			case m == nil:
				t.Errorf("%s: not found", tt.name)
			case m.Word.String() != tt.word:
				t.Errorf("%s: found by %q, want %q", tt.name, m.Word, tt.word)
			}
		}
	}
	t.Run("against lastack", func(t *testing.T) { check(t, newLastack()) })
	t.Run("against the kernel", func(t *testing.T) {
		needKernel(t)
		if err := WithKernel(func(k *Kernel) error { check(t, k); return nil }); err != nil {
			t.Fatal(err)
		}
	})
}

// firstFinding is the first difference in a plan that nothing explains, shrunk;
// nil if there is none.
func firstFinding(t *testing.T, p *Pair) *Moment {
	t.Helper()
	for w, err := range (Plan{Words: 20_000, Depth: 2}).words(newScout()) {
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Compare(w)
		if err != nil {
			t.Fatal(err)
		}
		if v.Different == nil {
			continue
		}
		m, err := p.confirm(w)
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		m, err = p.Shrink(m)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	return nil
}

// Two systems that are the same never differ.
func TestLastackDoesAsItself(t *testing.T) {
	if m := firstFinding(t, NewPair(newLastack(), newLastack())); m != nil {
		t.Errorf("%v", Finding{Moment: m})
	}
}

// A finding is handed out as a script that anybody can read and run.
func TestFindingIsAScript(t *testing.T) {
	got, err := Script(newLastack(), MustWord("listen S . accept .+10 read send . F.^una shutdown R@in close"))
	if err != nil {
		t.Fatal(err)
	}
	want := `// listen S . accept .+10 read send . F.^una shutdown R@in close
0       ` + "`sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0`" + `
+0      socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0      setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0      setsockopt(3, IPPROTO_TCP, TCP_NODELAY, [1], 4) = 0
+0      bind(3, ..., ...) = 0
+0      listen(3, 2) = 0
// LISTEN
+0      < S 0:0(0) win 65535
+0      > S. 0:0(0) ack 1 <...>
// SYN_RCVD
+0      < . 1:1(0) ack 1 win 65535
// ESTABLISHED
+0      accept(3, ..., ...) = 4
// ESTABLISHED
+0      < . 1:11(10) ack 1 win 65535
+0~+.1  > . 1:1(0) ack 11
// ESTABLISHED
+0      read(4, ..., 1000) = 10
// ESTABLISHED
+0      write(4, ..., 10) = 10
+0      > P. 1:11(10) ack 11
// ESTABLISHED
+0      < . 11:11(0) ack 11 win 65535
// ESTABLISHED
+0      < F. 11:11(0) ack 11 win 65535
+0~+.1  > . 11:11(0) ack 12
// CLOSE_WAIT
+0      shutdown(4, SHUT_WR) = 0
+0      > F. 11:11(0) ack 12
// LAST_ACK
+0      < R 112:112(0)
+0~+.1  > . 12:12(0) ack 12
// LAST_ACK
+0      close(4) = 0
// LAST_ACK
`
	if got != want {
		t.Errorf("the script is\n%s\nwant\n%s", diffLines(got, want), want)
	}
}

// diffLines marks the first line of got that is not want's.
func diffLines(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			g[i] += "   <---"
			break
		}
	}
	return strings.Join(g, "\n")
}
