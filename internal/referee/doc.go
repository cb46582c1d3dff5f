// Package referee lets two stacks play against each other in the simulator, and
// whistles at what TCP forbids.
//
// A Match is a network, two users and perhaps somebody who forges segments. The
// referee sees what the stacks send and what reaches them, and nothing of their
// insides but the states that they say they are in; it knows the sequence
// numbers that each segment occupies and the text that each user has written.
// The rules are written from the RFCs: nothing here asks the code under test
// what it would do.
package referee
