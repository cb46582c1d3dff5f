package capture

import (
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/lastack/lastack/internal/wire"
)

// Whatever a file holds, reading it comes to an end.
func FuzzReader(f *testing.F) {
	ng := recorded(f, 3)
	f.Add(ng)
	f.Add(gzipped(ng))
	f.Add(zstandard(ng))
	f.Add(classic(LinkEthernet, join(macs, "0800", packet(client, server, "hello"))))
	f.Add(classic(LinkLinuxSLL2, join("86dd 0000 00000002 0001 00 06 0200000000010000", packet(client6, server6, ""))))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := readAll(t, file)
		if err == nil {
			t.Error("no end")
		}
	})
}

// Whatever a packet holds, what is found is in it; and where gopacket finds a
// segment too, it is the same.
func FuzzDecode(f *testing.F) {
	whole := packet(client, server, "hello")
	f.Add(uint16(LinkRaw), whole, uint16(0), false)
	f.Add(uint16(LinkEthernet), join(macs, "8100 2005 0800", whole), uint16(9), false)
	f.Add(uint16(LinkEthernet), join(macs, "8847 00022140 00000000", macs, "86dd", packet(client6, server6, "")), uint16(0), true)
	f.Add(uint16(LinkRaw), outer(protoGRE, join("3000 0800 0000002a 00000001", whole)), uint16(0), true)
	f.Fuzz(func(t *testing.T, link uint16, b []byte, missing uint16, inner bool) {
		d := Decoder{Inner: inner}
		var seg Segment
		kind := d.Decode(&Packet{Link: LinkType(link), Data: b, Len: len(b) + int(missing)}, &seg)
		if kind != TCP {
			return
		}
		if len(seg.Payload) > len(b) || seg.Len < len(seg.Payload) && !seg.Partial || seg.Len > len(b)+int(missing) {
			t.Errorf("text of %d bytes, %d of them captured, in %d+%d", seg.Len, len(seg.Payload), len(b), missing)
		}
		if LinkType(link) == LinkEthernet && !inner && missing == 0 {
			compare(t, b, &seg)
		}
	})
}

// compare holds a segment against what gopacket finds in the same frame.
func compare(t *testing.T, frame []byte, seg *Segment) {
	t.Helper()
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.NoCopy)
	theirs, ok := p.TransportLayer().(*layers.TCP)
	if !ok || p.ErrorLayer() != nil {
		return
	}
	src, _ := netip.AddrFromSlice(p.NetworkLayer().NetworkFlow().Src().Raw())
	if got := wire.Flags(theirs.Contents[13]) | wire.Flags(theirs.Contents[12]&1)<<8; src != seg.Src.Addr() ||
		uint16(theirs.SrcPort) != seg.SrcPort || theirs.Seq != uint32(seg.Seq) || got != seg.Flags || len(theirs.Payload) != len(seg.Payload) {
		t.Errorf("%+v, and gopacket has %+v", seg, theirs)
	}
}
