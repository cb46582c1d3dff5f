package oracle

import (
	"slices"

	"github.com/lastack/lastack/fsm"
)

// A Verdict is what comparing two systems by a word gave.
type Verdict struct {
	Steps     int          // that both took alike, or with an explanation
	Explained []*Deviation // in order
	Different *Moment      // the step that nothing explains, nil if there is none
}

// A Pair is lastack and the system that it is compared with.
type Pair struct {
	Ours, Theirs *Tester
}

// NewPair makes testers for two systems.
func NewPair(ours, theirs System) *Pair {
	return &Pair{&Tester{System: ours}, &Tester{System: theirs}}
}

// Compare does a word on both, until they differ in more than an answer.
func (p *Pair) Compare(w Word) (v Verdict, err error) {
	if err := p.Ours.Reset(); err != nil {
		return v, err
	}
	if err := p.Theirs.Reset(); err != nil {
		return v, err
	}
	state, err := p.Ours.System.State()
	if err != nil {
		return v, err
	}
	m := Moment{Path: []fsm.State{state}}
	var hidden []*Deviation
	for i := range w {
		m.Word, m.UserGone = w[:i+1], !p.Ours.user.conn
		if m.Ours, err = p.Ours.Step(w[i]); err != nil {
			return v, err
		}
		if m.Theirs, err = p.Theirs.Step(w[i]); err != nil {
			return v, err
		}
		if !m.Ours.Equal(m.Theirs) {
			why := Explain(&m, hidden)
			if why == nil {
				m.Path = slices.Clone(m.Path)
				v.Different = &m
				return v, nil
			}
			v.Explained = append(v.Explained, why)
			if m.Ours.State != m.Theirs.State || !p.alike() {
				return v, nil
			}
		}
		hidden = append(hidden, hides(&m)...)
		m.Path = append(m.Path, m.Ours.State)
		v.Steps++
	}
	return v, nil
}

// alike reports whether the testers go on alike.
func (p *Pair) alike() bool {
	return p.Ours.user == p.Theirs.user && p.Ours.view.fromStart() == p.Theirs.view.fromStart()
}

// fromStart is the view with the numbers counted from where they start.
func (v view) fromStart() view {
	v.sndNxt -= v.iss
	v.una -= v.iss
	v.iss = 0
	return v
}

// hides is the deviations of the step that show later.
func hides(m *Moment) (hidden []*Deviation) {
	for i := range Deviations {
		if d := &Deviations[i]; d.Later && d.At(m) {
			hidden = append(hidden, d)
		}
	}
	return hidden
}
