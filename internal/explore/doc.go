// Package explore searches all that two ends of a connection can do to each
// other over a bad network, breadth first, by the production code of package
// tcp, and holds every state that it finds against the properties of
// properties.go.
//
// A state of the search is a world: two ends, the segments on their way, and
// what may still go wrong. A move is a segment that arrives, twice or not at
// all, a user's call, a timer that fires, or a forged segment. The search tries
// every move in every world, so it finds every order in which things can happen
// within the bounds of its Config; and since it goes by the number of moves, a
// counterexample is one of the shortest.
//
// What an end does depends only on itself and its input, so it is run once for
// each pair of the two and then remembered: ends and segments are numbered, a
// world is 28 bytes, and millions of worlds fit into memory as they are.
//
// What is abstracted: time (a timer is armed or not, see tcp.Canonicalize), the
// congestion window and round-trip times (they are constant), and the place of
// the numbers in the sequence space (they are counted from the initial ones).
package explore
