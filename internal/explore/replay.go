package explore

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
	"github.com/lastack/lastack/internal/wire"
)

// A Run is a script played again, move by move.
type Run struct {
	Config Config
	Steps  []Step
	Broken *Property // the first property of a world that did not hold; nil: all did

	last   world
	search *search
	flying []flying
}

// A Step is one move of a Run.
type Step struct {
	Line string // of the script
	Act  string // "deliver", "duplicate" or "drop" of a packet; "call", "timer" or "forge"
	End  int    // the end concerned: 0 is A, 1 is B
	Name string // of the call, or of what was forged
	At   tcp.Timer

	State   fsm.State    // of the end, after it
	Result  tcp.Result   // what the end made of it
	Arrived wire.Segment // deliver, duplicate, forge
	Packet  int          // its number, counted from one; 0: it was forged
	Sent    []Packet
	Panic   string // what the code panicked with, if it did
}

// A Packet is a segment that was sent.
type Packet struct {
	Number int // counted from one
	Seg    wire.Segment
	Lost   bool // there were too many on their way
}

// A flying is a packet on its way, with its number.
type flying struct {
	packet packet
	number int
}

// Initial is where the numbers of an end, 0 or 1, begin in a Run.
func Initial(end int) uint32 { return uint32(initial[end]) }

// Replay plays a script: one move in a line, as in Violation.Script. It goes by
// the code of package tcp alone, so it shows what that does today.
func Replay(cfg Config, script string) (*Run, error) {
	cfg.Swap = false // the ends have numbers of their own
	r := &Run{Config: cfg, search: newSearch(cfg, 1)}
	r.last = r.search.first()
	for i, line := range strings.Split(script, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := r.play(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if r.Broken != nil {
			break
		}
	}
	return r, nil
}

// play makes the move that a line tells.
func (r *Run) play(line string) error {
	x := r.search.workers[0].expander
	for _, mv := range x.expand(&r.last) {
		if x.line(&r.last, &mv) != line {
			continue
		}
		r.Steps = append(r.Steps, r.step(x, line, &mv))
		r.last = x.apply(r.last, &mv)
		x.refresh()
		r.Broken = x.broken(&r.last)
		return nil
	}
	return fmt.Errorf("%q is not possible there", line)
}

// step runs the production code for a move once more, and watches.
func (r *Run) step(x *expander, line string, mv *move) (s Step) {
	s = Step{Line: line, End: int(mv.end), Act: "call"}
	if mv.act != happen {
		s.Act = actNames[mv.act]
		s.Packet = r.take(r.last.net[mv.place], mv.act != duplicate)
	}
	if mv.act == drop {
		return s
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.watch = func(t *turn) { r.watched(&s, t) }
	x.play(r.last.ends[mv.end], mv.in)
	x.watch = nil
	room := r.search.cfg.Capacity - len(r.flying)
	for i := range s.Sent {
		p := &s.Sent[i]
		if p.Lost = i >= room; !p.Lost {
			r.flying = append(r.flying, flying{packetTo(1-s.End, mv.step.out[i]), p.Number})
		}
	}
	return s
}

// watched notes what an end did.
func (r *Run) watched(s *Step, t *turn) {
	s.State, s.Result, s.Arrived, s.Panic = t.conn.State(), t.res, t.seg, t.panic
	switch k := t.in.kind(); k {
	case expires:
		s.Act, s.At = "timer", tcp.Timer(t.in.arg())
	case forged:
		s.Act, s.Name = "forge", guessName(t.in.arg())
	case arrives:
	default:
		s.Name = callNames[k]
	}
	n := r.packets()
	for i, seg := range t.left {
		s.Sent = append(s.Sent, Packet{Number: n + i + 1, Seg: seg})
	}
}

// packets is how many packets were sent.
func (r *Run) packets() (n int) {
	for i := range r.Steps {
		n += len(r.Steps[i].Sent)
	}
	return n
}

// take finds the number of a packet on its way, and takes it away if it is.
func (r *Run) take(p packet, gone bool) int {
	for i, f := range r.flying {
		if f.packet == p {
			if gone {
				r.flying = append(r.flying[:i], r.flying[i+1:]...)
			}
			return f.number
		}
	}
	return 0
}

// Recheck plays the script of a violation again, and tells whether its property
// is still broken: that is its error. A property of what comes later is looked
// at from the end of the script on.
func Recheck(cfg Config, script, property string) error {
	r, err := Replay(cfg, script)
	if err != nil {
		return nil // the code no longer goes that way
	}
	if r.Broken != nil {
		return fmt.Errorf("%s: %s", r.Broken.Name, r.Broken.Means)
	}
	p := propertyOf(property)
	if p == nil || p.later == nil {
		return nil
	}
	r.search.cfg.Skip = ^p.bit
	if found := r.search.explore(r.last); found.Violation != nil {
		return fmt.Errorf("%s: %s", p.Name, p.Means)
	}
	return nil
}

// propertyOf finds a property by its name, nil if there is none.
func propertyOf(name string) *Property {
	for i := range Properties {
		if Properties[i].Name == name {
			return &Properties[i]
		}
	}
	return nil
}
