package wire

import (
	"encoding/binary"

	"github.com/lastack/lastack/internal/seq"
)

// The kinds of TCP options (§3.2, RFC 7323, RFC 2018, RFC 5482).
const (
	optEnd       = 0
	optNop       = 1
	optMSS       = 2
	optWScale    = 3
	optSACKOK    = 4
	optSACK      = 5
	optTimestamp = 8
	optUTO       = 28
	optFO        = 34
)

// The lengths of TCP options in bytes, kind and length included.
const (
	lenMSS       = 4
	lenWScale    = 3
	lenSACKOK    = 2
	lenTimestamp = 10
	lenSACKBlock = 8
	lenUTO       = 4
)

// MaxWScale is the largest shift count: one above it is taken as this (RFC 7323
// §2.3).
const MaxWScale = 14

// alignedTimestamp is how the option area begins of nearly every segment with
// timestamps: NOP, NOP, kind, length (RFC 7323 appendix A).
const alignedTimestamp = optNop<<24 | optNop<<16 | optTimestamp<<8 | lenTimestamp

// parse reads the option area b, with the options at any alignment (MUST-64):
// those that everybody has to know, END, NOP and MSS (MUST-4), and others.
// An unknown option is skipped (MUST-6), and so is a known one of a length that
// is not its own. A length that cannot be ends the parsing (MUST-7): what came
// before it holds, and the segment is not harmed. If an option is there more
// than once, the last one counts, as in Linux.
func (o *Options) parse(b []byte) {
	if len(b) == 12 && binary.BigEndian.Uint32(b) == alignedTimestamp {
		o.take(optTimestamp, b[4:])
		return
	}
	for len(b) > 0 {
		switch b[0] {
		case optEnd:
			return
		case optNop:
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return
		}
		o.take(b[0], b[2:b[1]])
		b = b[b[1]:]
	}
}

// take notes one option with its data, if it is known and of the right length.
func (o *Options) take(kind uint8, data []byte) {
	n := len(data) + 2
	switch {
	case kind == optMSS && n == lenMSS:
		o.MSS = binary.BigEndian.Uint16(data)
	case kind == optWScale && n == lenWScale:
		o.HasWScale, o.WScale = true, min(data[0], MaxWScale)
	case kind == optSACKOK && n == lenSACKOK:
		o.SACKOK = true
	case kind == optTimestamp && n == lenTimestamp:
		o.HasTS = true
		o.TSVal = binary.BigEndian.Uint32(data)
		o.TSEcr = binary.BigEndian.Uint32(data[4:])
	case kind == optFO && validCookie(len(data)):
		o.HasFO, o.FO = true, Cookie{N: uint8(len(data))}
		copy(o.FO.B[:], data)
	case kind == optUTO && n == lenUTO:
		o.UserTimeout = seconds(binary.BigEndian.Uint16(data))
	case kind == optSACK && len(data) > 0 && len(data)%lenSACKBlock == 0:
		o.takeSACK(data)
	}
}

// The user timeout option has a bit that says that the rest counts minutes, not
// seconds (RFC 5482 §3).
const (
	utoMinutes = 1 << 15
	utoMax     = utoMinutes - 1
)

// seconds is the value of a user timeout option.
func seconds(v uint16) uint32 {
	if v&utoMinutes != 0 {
		return uint32(v&utoMax) * 60
	}
	return uint32(v)
}

// utoValue is the value of the option for a number of seconds, rounded up to
// minutes if they are too many.
func utoValue(s uint32) uint16 {
	if s <= utoMax {
		return uint16(s)
	}
	return utoMinutes | uint16(min((s+59)/60, utoMax))
}

func (o *Options) takeSACK(data []byte) {
	o.NSACK = uint8(min(len(data)/lenSACKBlock, len(o.SACK)))
	o.SACK = [4]SACKBlock{}
	for i := range o.SACK[:o.NSACK] {
		o.SACK[i].Left = seq.Num(binary.BigEndian.Uint32(data[i*lenSACKBlock:]))
		o.SACK[i].Right = seq.Num(binary.BigEndian.Uint32(data[i*lenSACKBlock+4:]))
	}
}

// dropSYNOnly takes away what counts on a SYN only and is to be ignored
// elsewhere (§3.2, RFC 7323 §2.2, RFC 2018 §2).
func (o *Options) dropSYNOnly() {
	o.MSS, o.HasWScale, o.WScale, o.SACKOK = 0, false, 0, false
	o.HasFO, o.FO = false, Cookie{}
}

// len is the bytes that put writes. Every group of options is filled with NOPs
// to whole words, so no padding follows the last (MUST-69).
func (o *Options) len() int {
	n := o.lenWithoutSACK()
	if k := o.sackBlocks(n); k > 0 {
		n += 4 + k*lenSACKBlock
	}
	return n
}

func (o *Options) lenWithoutSACK() (n int) {
	if o.MSS != 0 {
		n += lenMSS
	}
	if o.HasTS {
		n += 2 + lenTimestamp // SACK-permitted stands in the place of the NOPs
	} else if o.SACKOK {
		n += 2 + lenSACKOK
	}
	if o.HasWScale {
		n += 1 + lenWScale
	}
	if o.UserTimeout != 0 {
		n += lenUTO
	}
	if o.HasFO {
		n += o.FO.optionLen()
	}
	return n
}

// sackBlocks is how many SACK blocks fit after n bytes of other options; the
// last ones are left out, for the first are the newest (RFC 2018 §4).
func (o *Options) sackBlocks(n int) int {
	return min(int(o.NSACK), len(o.SACK), (maxTCPOptions-4-n)/lenSACKBlock)
}

// put writes the options to b, each but NOP with its length (MUST-68), in the
// order and with the padding of Linux, so that a stack that is told by them looks
// like one that everybody knows.
func (o *Options) put(b []byte) {
	sacks := o.sackBlocks(o.lenWithoutSACK())
	if o.MSS != 0 {
		b = putWord(b, optMSS<<24|lenMSS<<16|uint32(o.MSS))
	}
	switch {
	case o.HasTS && o.SACKOK:
		b = putWord(b, optSACKOK<<24|lenSACKOK<<16|optTimestamp<<8|lenTimestamp)
	case o.HasTS:
		b = putWord(b, alignedTimestamp)
	case o.SACKOK:
		b = putWord(b, optNop<<24|optNop<<16|optSACKOK<<8|lenSACKOK)
	}
	if o.HasTS {
		b = putWord(b, o.TSVal)
		b = putWord(b, o.TSEcr)
	}
	if o.HasWScale {
		b = putWord(b, optNop<<24|optWScale<<16|lenWScale<<8|uint32(min(o.WScale, MaxWScale)))
	}
	if o.UserTimeout != 0 {
		b = putWord(b, optUTO<<24|lenUTO<<16|uint32(utoValue(o.UserTimeout)))
	}
	if o.HasFO {
		b = o.FO.put(b)
	}
	if sacks > 0 {
		b = putWord(b, optNop<<24|optNop<<16|optSACK<<8|uint32(2+sacks*lenSACKBlock))
		for _, block := range o.SACK[:sacks] {
			b = putWord(b, uint32(block.Left))
			b = putWord(b, uint32(block.Right))
		}
	}
}

// putWord writes v at the head of b and returns what is behind it.
func putWord(b []byte, v uint32) []byte {
	binary.BigEndian.PutUint32(b, v)
	return b[4:]
}
