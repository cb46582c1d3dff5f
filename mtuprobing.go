package lastack

import "github.com/lastack/lastack/internal/tcp"

// An MTUProbing says how a stack finds out how large the packets may be that a
// path carries. It believes routers that say so (RFC 1191, RFC 8201); but many do
// not, or a firewall keeps what they say away: a black hole for large packets.
type MTUProbing uint8

// What there is to choose. A probe is a segment of queued data that is larger than
// others; that it is lost is no sign of congestion (RFC 4821, RFC 8899). Probes
// need SACK. Ten minutes after the last news larger packets are tried again, with
// probes or without (RFC 1191 §6.3).
const (
	MTUProbingOnBlackHole MTUProbing = iota // packets get smaller when two timeouts in a row hit full segments, and probes make them larger again
	MTUProbingOff                           // only routers are believed
	MTUProbingAlways                        // packets begin with 1280 bytes, and probes make them larger
)

// mtuProbings is what package tcp calls them.
var mtuProbings = [...]tcp.MTUProbing{
	MTUProbingOnBlackHole: tcp.ProbeOnBlackHole, MTUProbingOff: tcp.ProbeNever, MTUProbingAlways: tcp.ProbeAlways,
}
