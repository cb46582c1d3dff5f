package drill

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/lastack/lastack/internal/drill/script"
	"github.com/lastack/lastack/internal/wire"
)

// A segment is a TCP segment as it is on the wire: the script's notation, and
// what that does not show.
type segment struct {
	script.TCP
	ip            wire.Packet
	local, remote netip.AddrPort // of one that the TCP under test has sent
	dataOff       int            // words of 32 bits
	reserved      uint8          // the three bits before AE
	zero          bool           // the payload is all zero
}

// The kinds of TCP options on the wire.
const (
	kindEOL, kindNOP, kindMSS, kindWScale, kindSACKOK, kindSACK, kindTS = 0, 1, 2, 3, 4, 5, 8
	kindMD5, kindFO, kindECN0, kindECN1, kindExp                        = 19, 34, 172, 174, 254
)

// foMagic is the first two bytes of the experimental fast open option (RFC
// 6994).
var foMagic = []byte{0xf9, 0x89}

// parseSegment reads a packet that the TCP under test has sent. It is nil if
// the packet is not a whole TCP segment.
func parseSegment(pkt []byte) (*segment, error) {
	s := &segment{zero: true}
	if why := wire.ParseIP(pkt, &s.ip); why != wire.OK {
		return nil, fmt.Errorf("a packet that cannot be read (%v)", why)
	}
	b := s.ip.Payload
	if s.ip.Proto != wire.ProtoTCP || s.ip.IsFragment() {
		return nil, nil
	}
	if len(b) < 20 || int(b[12]>>4)*4 > len(b) || b[12]>>4 < 5 {
		return nil, fmt.Errorf("a segment with a bad header length")
	}
	s.dataOff = int(b[12] >> 4)
	s.reserved = b[12] >> 1 & 7
	s.local = netip.AddrPortFrom(s.ip.Src, binary.BigEndian.Uint16(b[0:]))
	s.remote = netip.AddrPortFrom(s.ip.Dst, binary.BigEndian.Uint16(b[2:]))
	s.Seq, s.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	s.Flags = script.Flags(b[13]) | script.Flags(b[12]&1)<<8
	s.HasAck, s.ACE = s.Flags&script.ACK != 0, -1
	s.Win, s.Urg = int(binary.BigEndian.Uint16(b[14:])), binary.BigEndian.Uint16(b[18:])
	s.Opts = parseOptions(b[20 : s.dataOff*4])
	payload := b[s.dataOff*4:]
	s.Len = len(payload)
	for _, c := range payload {
		s.zero = s.zero && c == 0
	}
	return s, nil
}

// parseOptions reads an option area as it stands, padding included.
func parseOptions(b []byte) (opts []script.TCPOption) {
	for len(b) > 0 {
		if b[0] == kindEOL || b[0] == kindNOP {
			opts = append(opts, script.TCPOption{Kind: script.OptionKind(b[0])})
			b = b[1:]
			continue
		}
		n := len(b)
		if n >= 2 && b[1] >= 2 && int(b[1]) <= n {
			n = int(b[1])
		}
		opts = append(opts, parseOption(b[0], b[min(2, n):n]))
		b = b[n:]
	}
	return opts
}

// parseOption reads one option with its data.
func parseOption(kind byte, data []byte) script.TCPOption {
	be32 := func(i int) uint32 { return binary.BigEndian.Uint32(data[i:]) }
	switch {
	case kind == kindMSS && len(data) == 2:
		return script.TCPOption{Kind: script.OptMSS, N: uint32(binary.BigEndian.Uint16(data))}
	case kind == kindWScale && len(data) == 1:
		return script.TCPOption{Kind: script.OptWScale, N: uint32(data[0])}
	case kind == kindSACKOK && len(data) == 0:
		return script.TCPOption{Kind: script.OptSACKOK}
	case kind == kindSACK && len(data) > 0 && len(data)%8 == 0:
		o := script.TCPOption{Kind: script.OptSACK}
		for i := 0; i < len(data); i += 8 {
			o.Blocks = append(o.Blocks, script.SACKBlock{Left: be32(i), Right: be32(i + 4)})
		}
		return o
	case kind == kindTS && len(data) == 8:
		return script.TCPOption{Kind: script.OptTS, Val: be32(0), Ecr: be32(4)}
	case kind == kindMD5:
		return script.TCPOption{Kind: script.OptMD5, Data: data}
	case kind == kindFO:
		return script.TCPOption{Kind: script.OptFO, Data: data}
	case kind == kindExp && len(data) >= 2 && string(data[:2]) == string(foMagic):
		return script.TCPOption{Kind: script.OptFOExp, Data: data[2:]}
	case (kind == kindECN0 || kind == kindECN1) && len(data)%3 == 0:
		o := script.TCPOption{Kind: script.OptECN0}
		if kind == kindECN1 {
			o.Kind = script.OptECN1
		}
		for i := 0; i < len(data); i += 3 {
			o.Counters = append(o.Counters, uint32(data[i])<<16|uint32(binary.BigEndian.Uint16(data[i+1:])))
		}
		return o
	}
	return script.TCPOption{Kind: script.OptOther, N: uint32(kind), Data: data}
}

// putOptions writes options as they stand. The area is filled with EOLs to
// whole words, as packetdrill does.
func putOptions(opts []script.TCPOption) (b []byte) {
	for i := range opts {
		b = putOption(b, &opts[i])
	}
	for len(b)%4 != 0 {
		b = append(b, kindEOL)
	}
	return b
}

func putOption(b []byte, o *script.TCPOption) []byte {
	be := binary.BigEndian
	n := byte(o.WireLen())
	switch o.Kind {
	case script.OptEOL, script.OptNOP:
		return append(b, byte(o.Kind))
	case script.OptMSS:
		return be.AppendUint16(append(b, kindMSS, n), uint16(o.N))
	case script.OptWScale:
		return append(b, kindWScale, n, byte(o.N))
	case script.OptSACKOK:
		return append(b, kindSACKOK, n)
	case script.OptSACK:
		b = append(b, kindSACK, n)
		for _, s := range o.Blocks {
			b = be.AppendUint32(be.AppendUint32(b, s.Left), s.Right)
		}
		return b
	case script.OptTS:
		return be.AppendUint32(be.AppendUint32(append(b, kindTS, n), o.Val), o.Ecr)
	case script.OptMD5:
		return append(append(b, kindMD5, n), o.Data...)
	case script.OptFO:
		return append(append(b, kindFO, n), o.Data...)
	case script.OptFOExp:
		return append(append(append(b, kindExp, n), foMagic...), o.Data...)
	case script.OptECN0, script.OptECN1:
		kind := byte(kindECN0)
		if o.Kind == script.OptECN1 {
			kind = kindECN1
		}
		b = append(b, kind, n)
		for _, c := range o.Counters {
			b = append(b, byte(c>>16), byte(c>>8), byte(c))
		}
		return b
	case script.OptOther:
		return append(append(b, byte(o.N), n), o.Data...)
	}
	panic("BUG: no such option")
}

// put writes the packet that carries a segment from the script's peer. Its
// payload is zeros.
func (s *segment) put() []byte {
	opts := putOptions(s.Opts)
	n := 20 + len(opts) + s.Len
	off := s.ip.HeaderLen()
	pkt := make([]byte, off+n)
	b := pkt[off:]
	binary.BigEndian.PutUint16(b[0:], s.remote.Port())
	binary.BigEndian.PutUint16(b[2:], s.local.Port())
	binary.BigEndian.PutUint32(b[4:], s.Seq)
	binary.BigEndian.PutUint32(b[8:], s.Ack)
	flags := s.Flags
	if s.ACE >= 0 {
		flags = flags&^(script.AE|script.CWR|script.ECE) | aceFlags(s.ACE)
	}
	b[12] = byte(5+len(opts)/4)<<4 | byte(flags>>8&1)
	b[13] = byte(flags)
	binary.BigEndian.PutUint16(b[14:], uint16(max(s.Win, 0)))
	binary.BigEndian.PutUint16(b[18:], s.Urg)
	copy(b[20:], opts)
	sum := wire.PseudoSum(s.ip.Src, s.ip.Dst, wire.ProtoTCP, n).Add(b)
	binary.BigEndian.PutUint16(b[16:], sum.Checksum())
	wire.PutIP(pkt, &s.ip, n)
	return pkt
}

// aceFlags is the bits of an ACE count (RFC 9768 §3.2.2.3).
func aceFlags(n int) (f script.Flags) {
	if n&4 != 0 {
		f |= script.AE
	}
	if n&2 != 0 {
		f |= script.CWR
	}
	if n&1 != 0 {
		f |= script.ECE
	}
	return f
}

// aceOf is the ACE count in the flags.
func aceOf(f script.Flags) (n int) {
	if f&script.AE != 0 {
		n |= 4
	}
	if f&script.CWR != 0 {
		n |= 2
	}
	if f&script.ECE != 0 {
		n |= 1
	}
	return n
}
