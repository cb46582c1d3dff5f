package referee

import (
	"bytes"
	"errors"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/sim"
)

// A Match is two users and what the world does to them.
type Match struct {
	Name string // "tail loss", for people and programs
	Doc  string // what it shows, in a line

	Client, Server User
	Link           sim.Path
	Seeds          int           // how many times it is played, with other chance; default 1
	Limit          time.Duration // of the match's time; default an hour

	// Rule makes the network's scripted faults.
	Rule func(r *referee) sim.Rule
	// Script is what happens besides: it plans it with At and After.
	Script func(r *referee)
	// Both is set if both ends open, at the same time.
	Both bool
	// Resets is set if resets are a part of the match though both ends end in order.
	Resets bool
	// Unfinished is set if the match does not end with both connections CLOSED.
	Unfinished bool
	// Then judges the end besides what is always true of it; it returns what is
	// wrong of whom.
	Then func(r *referee) (s *side, what string)
}

// Orderly reports whether both ends are to end in order: then nobody sends a reset.
func (m *Match) Orderly() bool { return m.Client.Ends == nil && m.Server.Ends == nil && !m.Resets }

// Play plays the match with every seed. It returns the first foul, nil if there
// is none.
func (m *Match) Play() *Foul {
	for seed := range max(m.Seeds, 1) {
		if foul := newReferee(m, uint64(seed)).play(); foul != nil {
			return foul
		}
	}
	return nil
}

// fromStart is a time of the match.
func fromStart(d time.Duration) clock.Time { return clock.Time(d) }

// kickOff lets the ends open.
func (r *referee) kickOff() {
	if r.match.Both {
		r.dial(r.server)
	} else {
		r.listen()
	}
	r.dial(r.client)
	if r.match.Script != nil {
		r.match.Script(r)
	}
}

// listen opens the server, and lets it accept.
func (r *referee) listen() {
	l, err := r.server.node.Listen(r.Now(), serverAddr, 0)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	r.listener = l
	r.accept()
}

// accept gives the server its next connection.
func (r *referee) accept() {
	r.When(func() bool {
		c := r.listener.Accept(r.Now())
		if c != nil {
			r.server.enter(c)
		}
		return c != nil
	}, func() {})
}

// dial opens an end actively.
func (r *referee) dial(s *side) {
	c, err := s.node.Dial(r.Now(), s.addr, s.peer.addr)
	if err != nil {
		r.whistle(s, "cannot open: %v", err)
	}
	s.enter(c)
}

// judge holds the end of a match against what was to come of it.
func (r *referee) judge() {
	for _, s := range []*side{r.client, r.server} {
		r.judgeEnd(s)
	}
	if m := r.match; m.Orderly() && !m.Unfinished && !r.client.waited && !r.server.waited && !m.Client.Leaves && !m.Server.Leaves {
		r.whistle(r.client, "and its peer have both closed without TIME_WAIT (§3.6.1)")
	}
	if r.match.Then != nil {
		if s, what := r.match.Then(r); what != "" {
			r.whistle(s, "%s", what)
		}
	}
}

// judgeEnd judges one end.
func (r *referee) judgeEnd(s *side) {
	if s.play.conn == nil {
		if s == r.client || r.match.Client.Ends == nil {
			r.whistle(s, "never had a connection")
		}
		return
	}
	p, want := s.play, s.user.Ends
	said := s.peer.play.says
	switch {
	case want != nil && !errors.Is(s.play.conn.Err(), want):
		r.whistle(s, "was told %v when the connection ended, not %v", s.play.conn.Err(), want)
	case want != nil || r.match.Unfinished:
	case s.play.conn.Err() != nil:
		r.whistle(s, "was told %v, though the connection ended in order", s.play.conn.Err())
	case s.play.conn.State() != fsm.Closed:
		r.whistle(s, "does not come to CLOSED: it stays in %v", s.play.conn.State())
	case s.user.Leaves:
	case !bytes.Equal(p.got, said[:min(len(p.got), len(said))]) || len(p.got) > len(said):
		r.whistle(s, "reads other text than was sent (§3.10.3)")
	case len(p.got) < len(said) || !p.eof:
		r.whistle(s, "does not read all that was sent (§3.10.3)")
	}
}
