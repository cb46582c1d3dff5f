package lastack

import "github.com/lastack/lastack/internal/tcp"

// An ECN says what a stack does about explicit congestion notification: routers
// that are congested mark packets instead of dropping them, and the senders slow
// down without having lost anything.
type ECN uint8

// What there is to choose. Feedback of marks is classic, one signal in a round trip
// (RFC 3168), or accurate, a count of marked packets (RFC 9768). A SYN that gets no
// answer is sent again without the request, since some networks drop it.
const (
	ECNWhenAsked ECN = iota // classic with peers who ask for it, like Linux by default
	ECNOff                  // never
	ECNClassic              // asked for and agreed to, classic
	ECNAccurate             // asked for and agreed to, accurate if the peer has it, otherwise classic
)

// ecnModes is what package tcp calls them.
var ecnModes = [...]tcp.ECNMode{
	ECNWhenAsked: tcp.ECNWhenAsked, ECNOff: tcp.ECNOff, ECNClassic: tcp.ECNClassic, ECNAccurate: tcp.ECNAccurate,
}
