// Package drill runs packetdrill scripts: it injects the packets of a script,
// makes its system calls, and compares what the TCP under test sends and
// answers, and when, with what the script expects.
//
// The TCP under test is lastack, in process and in virtual time, or the Linux
// kernel, behind a TUN device in a network namespace of its own and in real
// time. The interpreter is the same for both, so that the kernel also tests
// the interpreter.
//
// A script ends in one of four ways: it passes; it fails; it needs something
// that the target does not have, which is told before it is run and is neither
// a pass nor a failure; or it is wrong itself, or cannot be run.
package drill
