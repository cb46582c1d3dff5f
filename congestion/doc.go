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
//   - [Cubic] (RFC 9438), the default, as on Linux, Windows and macOS. It fills
//     long and fast paths, and is as fair as Reno where those are short or slow.
//   - [Reno] (RFC 5681, RFC 6582), which halves the window at each loss.
//   - [BBR] (draft-ietf-ccwg-bbr-06, version 3), which sends at the rate that it
//     measures. It keeps queues short and does not mind losses of a percent. It
//     paces what it sends.
//
// Reno and Cubic share their beginning: ten segments (RFC 6928), and a slow start
// that ends before it overshoots (HyStart++, RFC 9406). They validate the window
// by RFC 7661: one that is not in use does not grow, a loss is answered by what
// was in use lately, and after five minutes the window is halved; after a silence
// they restart by RFC 5681 §4.1.
//
// A program that knows its path better brings its own: see the example of
// [Controller].
package congestion
