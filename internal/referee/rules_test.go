package referee

import (
	"strings"
	"testing"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/wire"
)

// talking is a match in its middle: both ends have sent and heard something.
func talking(t *testing.T) *referee {
	t.Helper()
	r := newReferee(&Match{
		Name: "talking", Link: wire10,
		Client: User{Says: 50_000, Piece: 1000, Pause: 10 * time.Millisecond}, Server: User{Says: 500, Stays: true, Config: small},
	}, 0)
	if foul := watch(func() { r.kickOff(); r.Run(clock.Time(200 * time.Millisecond)) }); foul != nil {
		t.Fatal(foul)
	}
	return r
}

// Each rule is able to fail: what breaks it is whistled at.
func TestEveryRuleCanBeBroken(t *testing.T) {
	ack := func(s *side) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Seq: s.iss.Add(s.sent), Ack: s.nxt(), Wnd: 100}
	}
	for _, tt := range []struct {
		foul string // a part of what is said
		do   func(r *referee, c *side)
	}{
		{"from a number that it has not come to", func(_ *referee, c *side) { s := ack(c); s.Seq++; c.sends(&s) }},
		{"more than its user has written", func(_ *referee, c *side) { s := ack(c); s.Payload = make([]byte, 5000); c.sends(&s) }},
		{"other text than its user has written", func(_ *referee, c *side) {
			s := ack(c)
			s.Seq, s.Payload = c.iss+1, []byte("zzzz")
			c.sends(&s)
		}},
		{"its FIN before the text", func(_ *referee, c *side) { s := ack(c); s.Flags |= wire.FIN; s.Seq -= 10; c.sends(&s) }},
		{"beyond the peer's window", func(_ *referee, c *side) {
			s := ack(c)
			s.Seq, s.Payload = c.iss+1, c.play.says[:2]
			c.limit = 1
			c.sends(&s)
		}},
		{"without ACK", func(_ *referee, c *side) { s := ack(c); s.Flags = 0; c.sends(&s) }},
		{"what has not come", func(_ *referee, c *side) { s := ack(c); s.Ack++; c.sends(&s) }},
		{"an acknowledgment back", func(_ *referee, c *side) { s := ack(c); s.Ack--; c.sends(&s) }},
		{"a part of the window back", func(_ *referee, c *side) { s := ack(c); s.Wnd = 0; c.sends(&s) }},
		{"more than it has room for", func(_ *referee, c *side) { s := ack(c.peer); s.Wnd = 65535; c.peer.sends(&s) }},
		{"acknowledges text too late", func(r *referee, c *side) {
			s := ack(c)
			s.Wnd = 65535
			c.ackBy, c.ackFor = deadline{r.Now() - 1, true}, 1<<20
			c.sends(&s)
		}},
		{"does not acknowledge text in time", func(r *referee, c *side) { c.ackBy = deadline{r.Now() - 1, true}; c.look() }},
		{"does not answer", func(r *referee, c *side) { c.answerBy = deadline{r.Now() - 1, true}; c.look() }},
		{"nobody has aborted", func(_ *referee, c *side) { c.sends(&wire.Segment{Flags: wire.RST}) }},
		{"a reset by a reset", func(_ *referee, c *side) {
			c.hears(&wire.Segment{Flags: wire.RST})
			c.sends(&wire.Segment{Flags: wire.RST})
		}},
		{"its FIN is not acknowledged", func(_ *referee, c *side) { c.state = fsm.FinWait2; c.moved(fsm.FinWait1, 0) }},
		{"a FIN before the text", func(_ *referee, c *side) { c.state = fsm.CloseWait; c.moved(fsm.Established, 0) }},
		{"leaves LAST_ACK", func(_ *referee, c *side) { c.state = fsm.Closed; c.moved(fsm.LastAck, 0) }},
		{"has no TIME_WAIT", func(_ *referee, c *side) { c.state = fsm.Closed; c.moved(fsm.Closing, 0) }},
		{"leaves TIME_WAIT too soon", func(_ *referee, c *side) { c.state = fsm.Closed; c.moved(fsm.TimeWait, 0) }},
		{"stays in ESTABLISHED", func(r *referee, _ *side) { r.judge() }},
	} {
		t.Run(tt.foul, func(t *testing.T) {
			r := talking(t)
			foul := watch(func() { tt.do(r, r.client) })
			if foul == nil || !strings.Contains(foul.What, tt.foul) {
				t.Errorf("whistled %v", foul)
			}
		})
	}
}

// A network that loses everything is nobody's fault but the match's: it does not
// come to its end, and that is said.
func TestMatchThatDoesNotEndIsAFoul(t *testing.T) {
	m := Match{Name: "silence", Client: User{Says: 10}, Server: User{Says: 10}, Link: wire10, Rule: breaks(25 * time.Millisecond)}
	if foul := m.Play(); foul == nil || !strings.Contains(foul.String(), "silence: the ") {
		t.Errorf("whistled %v", foul)
	}
}
