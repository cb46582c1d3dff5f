package explore

import (
	"sync"
	"time"

	"github.com/lastack/lastack/fsm"
)

// A Report is what came of a search.
type Report struct {
	Config  Config
	States  int  // worlds found
	Moves   int  // from one to another
	Depth   int  // moves from the first world to the farthest
	Ends    int  // different ends
	Inputs  int  // how often an end was run
	Cut     bool // the search was cut short: it proves nothing
	Rows    []int
	Elapsed time.Duration // set by Search's caller, who has a clock

	Violation *Violation // nil: every property holds
}

// OK reports whether the search is complete and every property holds.
func (r *Report) OK() bool { return !r.Cut && r.Violation == nil }

// batchSize is how many worlds are expanded before what they lead to is sorted
// in.
const batchSize = 1 << 13

// A search is one run.
type search struct {
	cfg     *Config
	book    *book
	store   *store
	from    world // the first
	workers []*worker
	stop    func() bool
	war     bitset // the nodes from which pure ACKs go on for ever; nil: not asked yet
}

// A worker expands its part of a batch.
type worker struct {
	*search
	expander *expander
	ends     []uint32 // as in an edgeBatch
	found    []child
	bad      int // place in found of the first bad child; -1: none
	broken   *Property
}

// A child is a world that was come to.
type child struct {
	world
	hash  uint64
	node  uint32 // its number, if known
	known bool
	class class
}

// Search explores a configuration with a number of workers. It is cut short
// when stop says so; nil never does. The report is the same whatever the number
// of workers is.
func Search(cfg Config, workers int, stop func() bool) *Report {
	s := newSearch(cfg, workers)
	if stop != nil {
		s.stop = stop
	}
	return s.explore(s.first())
}

// newSearch prepares a search.
func newSearch(cfg Config, workers int) *search {
	cfg = cfg.withDefaults()
	s := &search{cfg: &cfg, book: newBook(&cfg), store: newStore(), stop: func() bool { return false }}
	for range max(workers, 1) {
		s.workers = append(s.workers, &worker{search: s, expander: newExpander(s.book)})
	}
	return s
}

// explore searches from a world on.
func (s *search) explore(from world) *Report {
	s.from = from
	first := s.workers[0].expander.canonical(from)
	s.store.add(&first, first.hash(), 0)
	r := &Report{Config: *s.cfg}
	r.Violation = s.run(r)
	if r.Violation == nil && !r.Cut {
		r.Violation = s.later()
	}
	s.sum(r)
	return r
}

// first is the world in which nothing has happened.
func (s *search) first() world {
	w := world{left: newBudget(s.cfg)}
	for side := range w.ends {
		w.ends[side] = s.book.initialEnd(s.role(side))
	}
	return w
}

// role is in whose numbers an end counts.
func (s *search) role(side int) uint8 {
	if s.cfg.Swap {
		return 0
	}
	return uint8(side)
}

// run expands world after world, in the order in which they were found.
func (s *search) run(r *Report) *Violation {
	level := 1 // where the next depth begins
	for lo := 0; lo < s.store.n; {
		if s.store.n > min(s.cfg.MaxStates, maxNodes-batchSize*100) || s.stop() {
			r.Cut = true
			return nil
		}
		if lo == level {
			level = s.store.n
			r.Depth++
		}
		hi := min(lo+batchSize, level)
		s.expand(lo, hi)
		if v := s.merge(lo); v != nil {
			return v
		}
		lo = hi
	}
	return nil
}

// expand has the workers expand nodes lo to hi.
func (s *search) expand(lo, hi int) {
	var wg sync.WaitGroup
	each := (hi - lo + len(s.workers) - 1) / len(s.workers)
	for i, w := range s.workers {
		from, to := min(lo+i*each, hi), min(lo+(i+1)*each, hi)
		wg.Go(func() { w.expand(from, to) })
	}
	wg.Wait()
}

// expand finds the children of nodes lo to hi.
func (w *worker) expand(lo, hi int) {
	w.ends, w.found, w.bad = w.ends[:0], w.found[:0], -1
	for i := lo; i < hi; i++ {
		from := &w.store.at(uint32(i)).world
		moves := w.expander.expand(from)
		for k := range moves {
			w.come(w.expander.apply(*from, &moves[k]), moves[k].class)
		}
		w.ends = append(w.ends, uint32(len(w.found)))
	}
}

// come notes a world that was come to, and looks at it if it may be new.
func (w *worker) come(to world, cl class) {
	c := child{world: w.expander.canonical(to), class: cl}
	c.hash = c.world.hash()
	c.node, c.known = w.store.find(&c.world, c.hash)
	w.found = append(w.found, c)
	if !c.known && w.bad < 0 {
		if p := w.expander.broken(&c.world); p != nil {
			w.bad, w.broken = len(w.found)-1, p
		}
	}
}

// merge sorts in what the workers have found, from node lo on.
func (s *search) merge(lo int) *Violation {
	n := uint32(lo)
	for _, w := range s.workers {
		batch := edgeBatch{first: n, ends: append([]uint32(nil), w.ends...), to: make([]edge, len(w.found))}
		k := uint32(0)
		for _, end := range w.ends {
			for ; k < end; k++ {
				c := &w.found[k]
				if !c.known {
					c.node, _ = s.store.add(&c.world, c.hash, n)
				}
				batch.to[k] = edgeTo(c.node, c.class)
				if int(k) == w.bad {
					return s.violation(w.broken, c.node)
				}
			}
			n++
		}
		s.store.edges = append(s.store.edges, batch)
		s.store.moves += len(batch.to)
	}
	return nil
}

// sum fills in the report's numbers.
func (s *search) sum(r *Report) {
	r.States, r.Moves, r.Ends, r.Inputs = s.store.n, s.store.moves, len(s.book.ends)-1, s.book.inputs
	for n := range len(fsm.Table) {
		if s.book.rows[n+1] {
			r.Rows = append(r.Rows, n+1)
		}
	}
}
