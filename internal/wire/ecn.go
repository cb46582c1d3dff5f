package wire

// An ECN is the ECN field of an IP packet: the two low bits of Packet.TOS (RFC
// 3168 §5).
type ECN uint8

// The codepoints.
const (
	NotECT ECN = iota // the transport does not take part
	ECT1              // it does
	ECT0              // it does: what senders set
	CE                // a router on the way is congested
)

// ecnMask is the ECN field in Packet.TOS.
const ecnMask = 3

// ECN is the packet's ECN field.
func (p *Packet) ECN() ECN { return ECN(p.TOS & ecnMask) }

// String is the codepoint as packetdrill has it, as "ect0"; "noecn" is none.
func (e ECN) String() string {
	return [...]string{"noecn", "ect1", "ect0", "ce"}[e&ecnMask]
}
