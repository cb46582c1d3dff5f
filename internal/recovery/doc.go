// Package recovery is how a sender of TCP finds out what was lost, and mends it:
// a scoreboard of what is out (RFC 2018), loss detection by time and by tail
// loss probes (RACK-TLP, RFC 8985) or by counting (RFC 6675; RFC 6582 without
// SACK), proportional rate reduction (RFC 9937), and what takes a recovery back
// that was for nothing (RFC 3522, RFC 3708, RFC 4015, RFC 5682).
//
// It sees sequence numbers, sizes in bytes and times, never the connection. A
// Sender is told what is sent and what acknowledgments say, and answers what is
// to be sent again, how much may be in the network, and when it wants to be
// woken. It tells the congestion control what happens.
package recovery
