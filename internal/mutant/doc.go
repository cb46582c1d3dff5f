// Package mutant is lastack with faults that people have made, to see that the
// tests notice: each Mutant is a careless implementer's edit of the source, with
// the rule that it breaks.
//
// No seam in the production code is needed for it. An edit replaces one line's
// text, and the compiler is given the edited file in the place of the real one
// (go build -overlay); nothing in the tree changes. The command in hunt builds
// each mutant so, lets the four ways of checking loose on it (the command in
// trial) and writes down who noticed, and by what: testdata/mutants.txt.
package mutant
