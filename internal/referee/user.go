package referee

import (
	"errors"
	"io"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
	"github.com/lastack/lastack/internal/tcp"
)

// A User is what the application at one end does.
type User struct {
	Says  int           // bytes that it writes in all
	Piece int           // bytes that it writes at a time; 0: all that there is room for
	Pause time.Duration // between two pieces

	Reads     int           // bytes that it reads at a time; 0: all that is there
	ReadPause time.Duration // between two reads
	ReadsFrom time.Duration // it does not read before this time

	Stays   bool          // it does not close: something else ends the match
	Lingers time.Duration // after the last piece, before it closes
	Leaves  bool          // it is gone when it closes, and reads no more

	Nagle  bool              // it has Nagle's algorithm on
	Config func(*tcp.Config) // changes the settings of its stack

	Ends error // how the connection is to end for it; nil: in order
}

// A player is a user's part in one connection.
type player struct {
	s       *side
	conn    *stack.Conn // nil before there is one
	says    []byte      // all that it writes
	written int         // of these, so far
	shut    bool        // it has closed
	got     []byte
	eof     bool
	ended   clock.Time // when it read the end of the stream
	old     bool       // the peer has begun another connection since
}

// done reports whether the user writes no more.
func (p *player) done() bool { return p.written == len(p.says) }

// script is the text of a side: it tells where it stands and whose it is.
func script(name string, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(i*i/251+i) ^ name[0]
	}
	return text
}

// enter gives the side a connection, and lets its user act on it.
func (s *side) enter(c *stack.Conn) {
	s.state, s.since = c.State(), s.r.Now()
	p := &player{s: s, conn: c, says: script(s.name, s.user.Says)}
	s.play = p
	s.r.When(p.open, func() {
		p.write()
		s.r.At(max(s.r.Now(), fromStart(s.user.ReadsFrom)), p.read)
	})
}

// open reports whether the user can write.
func (p *player) open() bool {
	return p.conn != nil && fsm.In(fsm.Established, fsm.CloseWait).Has(p.conn.State())
}

// write writes the next piece, and closes after the last.
func (p *player) write() {
	s, r := p.s, p.s.r
	if p.done() {
		p.finish()
		return
	}
	piece := len(p.says) - p.written
	if s.user.Piece > 0 {
		piece = min(piece, s.user.Piece)
	}
	idle := s.una == s.sent
	n, err := p.conn.Write(r.Now(), p.says[p.written:p.written+piece])
	if p.written += n; err != nil {
		return // the connection says why
	}
	if s.user.Piece > 0 && n == piece && (idle || !s.user.Nagle) {
		p.prompt()
	}
	if s.user.Pause > 0 {
		r.After(s.user.Pause, p.write)
		return
	}
	r.When(func() bool { return p.done() || p.conn.Room() > 0 || !p.open() }, p.write)
}

// prompt expects a small piece to go out at once: nothing holds it.
func (p *player) prompt() {
	s, written := p.s, p.written
	s.r.After(time.Nanosecond, func() {
		if s.play == p && p.open() && s.sent < written+1 && s.limit > written && s.sent-s.una < large {
			s.r.whistle(s, "keeps text back that nothing holds (§3.7.4)")
		}
	})
}

// finish closes, if the user does.
func (p *player) finish() {
	s := p.s
	if s.user.Stays {
		return
	}
	s.r.After(s.user.Lingers, func() {
		p.shut = true
		if s.user.Leaves {
			p.conn.Release(s.r.Now())
		} else {
			_ = p.conn.Close(s.r.Now()) // the connection says why
		}
	})
}

// read reads what is there, and waits for more.
func (p *player) read() {
	s := p.s
	if s.user.Leaves && p.shut {
		return
	}
	var buf [4096]byte
	room := len(buf)
	if s.user.Reads > 0 {
		room = min(room, s.user.Reads)
	}
	n, err := p.conn.Read(s.r.Now(), buf[:room])
	p.got = append(p.got, buf[:n]...)
	switch {
	case err != nil:
		p.eof, p.ended = errors.Is(err, io.EOF), s.r.Now()
	case s.user.ReadPause > 0:
		s.r.After(s.user.ReadPause, p.read)
	default:
		s.r.When(p.readable, p.read)
	}
}

// readable reports whether a read gives something, if only the end.
func (p *player) readable() bool {
	receives := fsm.In(fsm.SynReceived, fsm.Established, fsm.FinWait1, fsm.FinWait2).Has(p.conn.State())
	return p.conn.Unread() > 0 || !receives
}
