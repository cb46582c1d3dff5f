package wire

import "fmt"

// A Reason says why a packet cannot be used. The parsing functions return it
// instead of an error: it costs nothing, counts by index and traces by name.
type Reason uint8

// The reasons. OK is zero.
const (
	OK Reason = iota

	// The Internet layer (RFC 791, RFC 8200).
	ShortIP           // the packet ends before its header does
	BadVersion        // neither 4 nor 6
	BadHeaderLen      // the IPv4 header length is under 20 bytes
	BadTotalLen       // the length field says more than there is, or less than the header
	BadHeaderChecksum // the IPv4 header checksum is wrong
	BadIPOption       // an IPv4 option has an illegal length
	SourceRouted      // a source route, which this stack refuses
	BadExtension      // an IPv6 extension header is cut off or out of place
	UnknownExtension  // an IPv6 option that must not be skipped (RFC 8200 §4.2)
	BadFragment       // a fragment past 65,535 bytes, or of a length that cannot be

	// TCP (§3.1).
	ShortTCP       // the segment ends before its header does
	BadDataOffset  // the data offset is under 20 bytes or past the end
	BadTCPChecksum // for the caller of VerifyTCP; ParseTCP does not return it

	// ICMP (RFC 792, RFC 4443).
	ShortICMP       // the message ends before its header does
	BadICMPChecksum // the checksum is wrong
	WrongICMP       // ICMP in IPv6, ICMPv6 in IPv4, or neither
	ShortQuote      // the quoted packet ends before the TCP sequence number
	BadQuote        // the quoted packet is no IP packet, or not a first fragment

	NumReasons = iota // how many there are, for arrays of counters
)

var reasonNames = [NumReasons]string{
	OK:                "ok",
	ShortIP:           "ip: short packet",
	BadVersion:        "ip: unknown version",
	BadHeaderLen:      "ip: bad header length",
	BadTotalLen:       "ip: bad total length",
	BadHeaderChecksum: "ip: bad header checksum",
	BadIPOption:       "ip: bad option",
	SourceRouted:      "ip: source route",
	BadExtension:      "ip: bad extension header",
	UnknownExtension:  "ip: unknown extension option",
	BadFragment:       "ip: bad fragment",
	ShortTCP:          "tcp: short segment",
	BadDataOffset:     "tcp: bad data offset",
	BadTCPChecksum:    "tcp: bad checksum",
	ShortICMP:         "icmp: short message",
	BadICMPChecksum:   "icmp: bad checksum",
	WrongICMP:         "icmp: wrong version",
	ShortQuote:        "icmp: short quotation",
	BadQuote:          "icmp: bad quotation",
}

// String is the reason in a few words, with its layer first.
func (r Reason) String() string {
	if r < NumReasons {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}
