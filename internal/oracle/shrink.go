package oracle

import "slices"

// votes is how often a difference must show to be believed, of twice as many
// runs less one. A word may meet a timer of the kernel once in some thousand
// times.
const votes = 2

// confirm compares again and again, until a difference that nothing explains
// has shown in most runs, or not. It gives that difference, or nil.
func (p *Pair) confirm(w Word) (*Moment, error) {
	var seen, missed int
	for {
		v, err := p.Compare(w)
		if err != nil {
			return nil, err
		}
		if v.Different == nil {
			missed++
		} else {
			seen++
		}
		switch {
		case seen == votes:
			return v.Different, nil
		case missed == votes:
			return nil, nil
		}
	}
}

// Shrink gives the shortest word that it can find with a difference that nothing
// explains: symbols are left out, and made simpler, as long as one remains.
// The moment is that of the last symbol.
func (p *Pair) Shrink(m *Moment) (*Moment, error) {
	best := m
	for {
		smaller, err := p.smaller(best)
		if err != nil || smaller == nil {
			return best, err
		}
		best = smaller
	}
}

// smaller is a difference of a word next to that of m; nil if there is none.
func (p *Pair) smaller(m *Moment) (*Moment, error) {
	for _, w := range neighbours(m.Word) {
		found, err := p.confirm(w)
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// neighbours is the words that are smaller than w by one symbol, and then those
// in which one symbol is simpler.
func neighbours(w Word) (out []Word) {
	for i := range w {
		out = append(out, slices.Delete(slices.Clone(w), i, i+1))
	}
	for i, s := range w {
		for _, simple := range simpler(s) {
			next := slices.Clone(w)
			next[i] = simple
			out = append(out, next)
		}
	}
	return out
}

// simpler is the symbol with one of its classes made the plainest.
func simpler(s Symbol) (out []Symbol) {
	plain := func(change func(*Symbol)) {
		next := s
		if change(&next); next != s {
			out = append(out, next)
		}
	}
	plain(func(s *Symbol) { s.Text = false })
	plain(func(s *Symbol) { s.Ack = Good })
	plain(func(s *Symbol) { s.Seq = Exact })
	return out
}
