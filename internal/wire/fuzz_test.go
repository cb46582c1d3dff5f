package wire

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// seeds is a packet of every kind, for the fuzzers to start from.
func seeds() (all [][]byte) {
	for _, h := range families {
		b := make([]byte, 200)
		n := PutTCP(b, &h, &Segment{
			Flags: SYN, Payload: []byte("x"),
			Opts: Options{MSS: 1460, SACKOK: true, HasTS: true, TSVal: 1, HasWScale: true, WScale: 7},
		})
		all = append(all, b[:n])
		for _, m := range icmpMessages(h) {
			b := make([]byte, 1600)
			all = append(all, b[:PutICMP(b, &h, &m)])
		}
	}
	return append(all,
		packet4([]byte{1, 148, 4, 0, 0, 0, 0, 0}, []byte("x"), nil),
		packet6(0, 60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9, 'p', 'a', 'y', 'l', 'o', 'a', 'd', '!'))
}

// fixHeaderChecksum makes the checksum of an IPv4 header right, or the fuzzer
// would never get past it.
func fixHeaderChecksum(b []byte) {
	if len(b) < ipv4HeaderLen || b[0]>>4 != 4 {
		return
	}
	hlen := min(int(b[0]&0xf)*4, len(b))
	b[10], b[11] = 0, 0
	binary.BigEndian.PutUint16(b[10:], naiveChecksum(b[:hlen]))
}

// What is parsed is put and parsed again with the same meaning.
func FuzzParseIP(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		fixHeaderChecksum(b)
		var p, again Packet
		if ParseIP(b, &p) != OK {
			return
		}
		if p.TTL == 0 {
			p.TTL = 1
		}
		if !p.IsFragment() && !p.Is4() {
			p.ID = 0 // of an atomic fragment: there is no place for it
		}
		out := make([]byte, p.HeaderLen()+len(p.Payload))
		copy(out[PutIP(out, &p, len(p.Payload)):], p.Payload)
		if r := ParseIP(out, &again); r != OK {
			t.Fatalf("%+v is put and not parsed: %v", p, r)
		}
		if !bytes.Equal(p.Payload, again.Payload) {
			t.Fatalf("the payload changes")
		}
		p.Payload, again.Payload = nil, nil
		if p.Src != again.Src || p.Dst != again.Dst || p.Proto != again.Proto || p.FragOff != again.FragOff ||
			p.MF != again.MF || p.DF != again.DF || p.ID != again.ID || p.TOS != again.TOS {
			t.Fatalf("%+v becomes %+v", p, again)
		}
	})
}

func FuzzParseTCP(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b[min(len(b), 20):])
		f.Add(b[min(len(b), 40):])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var seg, again Segment
		if ParseTCP(b, &seg) != OK {
			return
		}
		out := make([]byte, seg.HeaderLen()+len(seg.Payload))
		if n := seg.Put(out); n != len(out) || ParseTCP(out, &again) != OK {
			t.Fatalf("%+v is put and not parsed", seg)
		}
		if !bytes.Equal(seg.Payload, again.Payload) {
			t.Fatalf("the payload changes")
		}
		if fit := seg.Opts.sackBlocksThatFit(); int(seg.Opts.NSACK) > fit {
			seg.Opts.NSACK = uint8(fit)
			clear(seg.Opts.SACK[fit:])
		}
		if seg.Opts != again.Opts || seg.Flags != again.Flags || seg.Seq != again.Seq || seg.Ack != again.Ack {
			t.Fatalf("%+v becomes %+v", seg, again)
		}
	})
}

// Whatever the option area is, what is read is put and read again with the same
// meaning, at any alignment (MUST-64).
func FuzzOptions(f *testing.F) {
	f.Add([]byte{2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7})
	f.Add([]byte{1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2})
	f.Add([]byte{254, 6, 9, 9, 9, 9, 3, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = b[:min(len(b), maxTCPOptions-1)]
		var o, again, shifted Options
		o.parse(b)
		if shifted.parse(append([]byte{optNop}, b...)); shifted != o {
			t.Fatalf("% x is %+v, and %+v one byte later", b, o, shifted)
		}
		out := make([]byte, o.len())
		o.put(out)
		again.parse(out)
		if fit := o.sackBlocksThatFit(); int(o.NSACK) > fit {
			o.NSACK = uint8(fit)
			clear(o.SACK[fit:])
		}
		if again != o {
			t.Fatalf("%+v becomes %+v", o, again)
		}
	})
}

// The checksum is made right here too.
func FuzzICMP(f *testing.F) {
	for _, b := range seeds() {
		f.Add(true, b[min(len(b), 20):])
		f.Add(false, b[min(len(b), 40):])
	}
	f.Fuzz(func(t *testing.T, is4 bool, b []byte) {
		h := families[1]
		if is4 {
			h = families[0]
		}
		p := message(h, bytes.Clone(b)...)
		var m, again ICMP
		if ParseICMP(&p, &m) != OK || m.Kind == ICMPOther || len(m.Data) > 1000 {
			return
		}
		out := make([]byte, 1600)
		out = out[:PutICMP(out, &h, &m)]
		if r := ParseIP(out, &p); r != OK {
			t.Fatalf("%+v: %v", m, r)
		}
		r := ParseICMP(&p, &again)
		if r == ShortQuote && is4 { // its longest headers may not fit a cut quotation
			return
		}
		if r != OK || again.Kind != m.Kind || again.Quote != m.Quote {
			t.Fatalf("%+v becomes %+v: %v", m, again, r)
		}
	})
}
