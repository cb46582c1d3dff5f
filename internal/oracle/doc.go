// Package oracle holds lastack against the TCP of the Linux kernel, and learns
// the state machine of either.
//
// A System is a TCP under test: lastack in process and virtual time, or the
// kernel behind a TUN device in a network namespace of its own. A Word is what
// happens to it: user calls, and segments that are named by where they fall
// ("F.@old" is a FIN left of the window). A Tester turns the symbols of a word
// into concrete segments by what it has seen of the system, as a real peer
// would, and gives back what can be compared: the call's result, the segments
// sent, the state.
//
// Compare runs one word on two systems. Where they differ, a Deviation may
// explain it: an entry of one table that says in which place the kernel, or
// lastack, departs from RFC 9293, and why. What no entry explains is shrunk and
// written as a packetdrill script. Learn finds the Mealy machine of one system
// by asking it words.
package oracle
