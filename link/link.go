// Package link is the way between a TCP/IP stack and the rest of the network:
// a Link carries IP packets, in batches, both ways.
//
// Pipe joins two stacks in memory. Package tun reaches the Linux kernel and
// package tap records what any link carries. A program brings its own network
// (a tunnel, a sandbox, a test) by implementing Link.
package link

import (
	"net"
	"os"
	"syscall"
)

// MTUs, in bytes with the IP header.
const (
	// DefaultMTU is what links use when no MTU is asked for: Ethernet's.
	DefaultMTU = 1500
	// MaxMTU is the largest MTU of a link: the longest IPv4 packet.
	MaxMTU = 65535
)

// A Link carries whole IP packets, IPv4 and IPv6, without link-layer headers.
// As on any network, a packet may be lost: a nil error from Send does not
// promise that the packet arrives.
//
// All methods may be called by several goroutines at once.
type Link interface {
	// MTU is the length in bytes, with the IP header, of the largest packet
	// that the link carries. It does not change.
	MTU() int

	// Start begins to deliver the packets that arrive at this end by calling
	// receive, with at least one packet, from one goroutine at a time. It may
	// do so before Start returns, and inside a Send of the other end.
	//
	// The packets belong to the link: receive may read and change them while
	// it runs and must not keep them. receive should be brief, since nothing
	// more arrives until it returns. It may call Send.
	//
	// Start can be called once; after Close it returns ErrClosed.
	Start(receive func(pkts [][]byte)) error

	// Send sends packets, in order. It does not change pkts and does not keep
	// them or their memory. It tries every packet; if some could not be sent,
	// it returns the first error: ErrTooLong for a packet above the MTU,
	// ErrClosed after Close, or what the device says.
	//
	// Send does not wait for room: what a full queue cannot hold is dropped,
	// without an error. The caller must not hold a lock that a receive function
	// takes, because Send may deliver packets before it returns.
	Send(pkts [][]byte) error

	// Close ends the link's work at this end. When it returns, receive is not
	// running and is not called again, and every goroutine that the link
	// started has ended. Packets that wait for delivery to this end are
	// dropped; those that it has sent are not.
	//
	// Close waits for a running receive. So it must not be called from inside
	// one (start a goroutine there), nor with a lock held that receive takes.
	//
	// The second and later calls return ErrClosed.
	Close() error
}

// A Counter is a Link that counts its packets. The ends of a Pipe and TUN
// devices are Counters.
type Counter interface {
	Link
	Stats() Stats
}

// Stats counts packets at one end of a link, since it was opened.
type Stats struct {
	Sent     uint64 // taken by Send
	Received uint64 // delivered to receive
	Dropped  uint64 // taken by Send, and then lost on the link
}

// Errors of links.
var (
	// ErrClosed reports the use of a link after its Close. It matches
	// net.ErrClosed and os.ErrClosed.
	ErrClosed error = &linkError{"link is closed", []error{net.ErrClosed, os.ErrClosed}}

	// ErrTooLong reports a packet above the link's MTU, which was not sent. It
	// matches syscall.EMSGSIZE.
	ErrTooLong error = &linkError{"packet is longer than the link's mtu", []error{syscall.EMSGSIZE}}

	// ErrStarted reports a second Start.
	ErrStarted error = &linkError{"link is started already", nil}
)

// linkError is an error that matches others which callers already know.
type linkError struct {
	msg string
	is  []error
}

func (e *linkError) Error() string   { return e.msg }
func (e *linkError) Unwrap() []error { return e.is }
