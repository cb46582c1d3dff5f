package congestion

import "time"

// A Controller is the congestion control of one connection. Sizes are in bytes.
// A time is what has passed since some moment, the same for all calls; it never
// runs backwards.
//
// A Controller may also be a [fmt.Stringer], which names it in reports, and a
// [Heir].
type Controller interface {
	// Init begins. It is called before data are sent, and again if the handshake
	// tells another size of a segment.
	Init(now time.Duration, mss int)
	// SetMSS says that the path now takes segments of another size.
	SetMSS(mss int)

	// Window is the congestion window, cwnd: how much may be in the network. It
	// is never less than one segment.
	Window() int
	// Threshold is the slow start threshold, ssthresh, for people to look at.
	Threshold() int
	// PacingRate is how fast to send, in bytes per second; 0 leaves the pace to
	// the acknowledgments.
	PacingRate() int64
	// PRR says that in a recovery the sender is to come down to Window gradually,
	// by proportional rate reduction (RFC 9937); otherwise Window holds as it is.
	PRR() bool

	// Sent says that n bytes, new or sent again, go out, with flight bytes in the
	// network before.
	Sent(now time.Duration, n, flight int)
	// Acked is called for each acknowledgment that newly delivers something, or
	// that brings news of congestion marks. The Ack is the caller's: it is not to
	// be kept.
	Acked(now time.Duration, a *Ack)
	// Congested says that a loss has begun a recovery, or that congestion marks
	// were echoed, which is said at most once in a round trip. FlightSize is that
	// of RFC 5681 §2: all that is sent and not cumulatively acknowledged, and so
	// what SACK has reported or what is held lost is in it.
	Congested(now time.Duration, s Signal, flightSize int)
	// TimedOut says that the retransmission timer fired, for the first time or
	// again for the same data. FlightSize is as for Congested.
	TimedOut(now time.Duration, flightSize int, again bool)
	// Recovered says that the recovery which a loss or a timeout began is over, with
	// flight bytes in the network.
	Recovered(now time.Duration, flight int)
	// Undo says that the last Congested or TimedOut was for nothing: no segment
	// was lost. What it took away is to be given back.
	Undo(now time.Duration)
	// Idle says that data are about to be sent after nothing was in the network
	// for as long as idle, which is longer than the retransmission timeout.
	Idle(now time.Duration, idle time.Duration)
}

// A Signal is what tells of congestion.
type Signal uint8

// The signals.
const (
	Loss Signal = iota // a segment was lost
	ECN                // a congestion mark was echoed (RFC 3168 §6.1.2)
)

// An Ack is what one acknowledgment says. Sizes are in bytes.
type Ack struct {
	Acked     int // newly acknowledged, cumulatively
	Delivered int // newly delivered: cumulatively or by SACK
	Lost      int // newly held lost
	CE        int // newly reported as marked, by a peer with Accurate ECN (RFC 9768); 0 otherwise

	Flight, PriorFlight int // in the network now, and before this acknowledgment

	RTT    time.Duration // the round trip of this acknowledgment; 0 if it measures none
	SRTT   time.Duration // the smoothed round trip (RFC 6298)
	MinRTT time.Duration // the connection's shortest

	Limited  bool // since the last acknowledgment the congestion window, and nothing else, has held data back
	Recovery bool // a loss recovery is on

	Rate Sample // how fast data were delivered
}

// A Sample is a measurement of the delivery rate: what has arrived from when the
// newest segment that an acknowledgment delivers was sent, until now
// (draft-ietf-ccwg-bbr-06, section 4.1). Sizes are in bytes.
type Sample struct {
	Delivered int           // delivered meanwhile; 0: there is no sample
	Lost      int           // held lost meanwhile
	Interval  time.Duration // how long that took: the longer of sending and of acknowledging it

	PriorDelivered int64 // all that the connection had delivered when the segment was sent
	TotalDelivered int64 // all that it has delivered now

	TxFlight   int  // in the network once the segment was sent, it included
	AppLimited bool // the sender had too little to send, so that the path may be faster
}

// A Legacy is what a Controller leaves behind when another takes its place in
// the middle of a connection.
type Legacy struct {
	Window    int           // the congestion window, in bytes
	Threshold int           // the slow start threshold, in bytes
	SRTT      time.Duration // the smoothed round trip; 0 if none was measured
	MinRTT    time.Duration // the connection's shortest; 0 likewise
}

// An Heir can go on from where another Controller was. Inherit is called right
// after Init. A Controller that is no Heir begins anew, with its own initial
// window.
type Heir interface {
	Inherit(now time.Duration, l Legacy)
}
