package oracle

import (
	"iter"
	"math/rand/v2"
	"slices"
)

// A Plan says which words are tried. The same plan gives the same words in the
// same order.
type Plan struct {
	Words int    // how many in all
	Depth int    // the exhaustive part: this many symbols of Core, after each of Openings
	Seed  uint64 // of the random part
}

// Exhaustive yields all words of up to depth symbols of an alphabet after each
// opening, shorter ones first.
func Exhaustive(openings []Opening, alphabet Word, depth int) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		for n := 1; n <= depth; n++ {
			for _, o := range openings {
				if !eachOf(slices.Clip(o.Word), alphabet, n, yield) {
					return
				}
			}
		}
	}
}

// eachOf yields w with n further symbols, in all ways.
func eachOf(w, alphabet Word, n int, yield func(Word) bool) bool {
	if n == 0 {
		return yield(slices.Clone(w))
	}
	for _, s := range alphabet {
		if !eachOf(append(slices.Clip(w), s), alphabet, n-1, yield) {
			return false
		}
	}
	return true
}

// words yields the words of the plan: first each symbol of Everything after
// each opening, then the exhaustive part, then random words that grow from
// those that led to new coverage.
func (p Plan) words(s *scout) iter.Seq2[Word, error] {
	return func(yield func(Word, error) bool) {
		left := p.Words
		corpus := &corpus{rnd: rand.New(rand.NewPCG(p.Seed, 0))}
		try := func(w Word) bool {
			if left == 0 {
				return false
			}
			left--
			news, err := s.run(w)
			if news > 0 {
				corpus.add(w[:news])
			}
			return yield(w, err) && err == nil
		}
		for _, part := range []iter.Seq[Word]{
			Exhaustive(Openings, Everything, 1),
			Exhaustive(Openings, Core, p.Depth),
			corpus.grow(),
		} {
			for w := range part {
				if !try(w) {
					return
				}
			}
		}
	}
}

// A corpus is the words that led to something new, to be gone on from.
type corpus struct {
	rnd   *rand.Rand
	words []Word
}

func (c *corpus) add(w Word) { c.words = append(c.words, slices.Clone(w)) }

// The shape of random words.
const (
	maxGrowth = 6  // symbols that are added
	maxLen    = 24 // symbols in all
)

// grow yields words for ever.
func (c *corpus) grow() iter.Seq[Word] {
	return func(yield func(Word) bool) {
		for yield(c.next()) {
		}
	}
}

// next is a word of the corpus, or an opening, with a few symbols added, and
// sometimes with one left out.
func (c *corpus) next() Word {
	w := slices.Clone(c.pick())
	if len(w) > 2 && c.rnd.IntN(8) == 0 {
		at := c.rnd.IntN(len(w))
		w = slices.Delete(w, at, at+1)
	}
	for range 1 + c.rnd.IntN(maxGrowth) {
		w = append(w, c.symbol())
	}
	return w[:min(len(w), maxLen)]
}

func (c *corpus) pick() Word {
	if len(c.words) == 0 || c.rnd.IntN(4) == 0 {
		return Openings[c.rnd.IntN(len(Openings))].Word
	}
	return c.words[c.rnd.IntN(len(c.words))]
}

// symbol is of Core or of Everything with the same probability: what moves
// connections would otherwise be rare.
func (c *corpus) symbol() Symbol {
	if c.rnd.IntN(2) == 0 {
		return Core[c.rnd.IntN(len(Core))]
	}
	return Everything[c.rnd.IntN(len(Everything))]
}
