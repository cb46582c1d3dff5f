// Package tcp is one end of one TCP connection (RFC 9293), without I/O.
//
// There is no clock, goroutine, lock or source of randomness here: now is a
// parameter, randomness is in Params. Input is a user call (Connect, Write,
// Close ...), an arriving segment (Arrive) or a moment at which timers are due
// (Expire). Output is pulled: after any input, Emit is called until nothing is
// owed. That way segments are built in one place, and acknowledgments gather
// over a batch of input (MUST-58, MUST-59).
//
// The steps of §3.10.7 are functions of their own, in the RFC's order. They
// recognise events; what an event means is looked up in fsm.Table by fire, the
// only place that assigns a state.
package tcp
