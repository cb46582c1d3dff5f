// Package congestion has the algorithms that decide how much of a connection's
// data may be in the network, and how fast it goes there (RFC 9293 §3.8.2), and
// the interface by which a program brings its own.
//
// A [Controller] is a listener: the sender tells it what was sent, acknowledged
// and lost, and asks it for a window and a pace before it sends more. It sees
// bytes and times and never the connection. It has no clock, no lock and no
// randomness of its own: the sender passes the time, and makes one call at a
// time.
//
// What there is:
//
//   - [Reno], the standard of RFC 5681 and RFC 6582.
package congestion
