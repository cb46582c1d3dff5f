package wire

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// What gopacket takes for a TCP segment we do too, and it means the same.
func FuzzTCPAgainstGopacket(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b[min(len(b), 20):])
		f.Add(b[min(len(b), 40):])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got Segment
		var tcp layers.TCP
		ours, theirs := ParseTCP(b, &got), tcp.DecodeFromBytes(b, gopacket.NilDecodeFeedback)
		if theirs != nil {
			return
		}
		if ours != OK {
			t.Fatalf("refused, %v, and not by gopacket", ours)
		}
		want := Segment{
			SrcPort: uint16(tcp.SrcPort), DstPort: uint16(tcp.DstPort), Flags: gopacketFlags(&tcp),
			Seq: got.Seq, Ack: got.Ack, Wnd: tcp.Window, Up: tcp.Urgent,
			Opts: gopacketOptions(&tcp), Payload: tcp.Payload,
		}
		if !got.Has(SYN) {
			want.Opts.dropSYNOnly()
		}
		if isMultipath(&tcp) {
			want.Opts = got.Opts
		}
		if uint32(got.Seq) != tcp.Seq || uint32(got.Ack) != tcp.Ack {
			t.Fatalf("numbers %d and %d, gopacket has %d and %d", got.Seq, got.Ack, tcp.Seq, tcp.Ack)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("segment (-gopacket's +ours):\n%s", diff)
		}
	})
}

// What we take for an IP packet has the same fields for gopacket, which takes
// more: it does not look at checksums, source routes and fragments.
func FuzzIPAgainstGopacket(f *testing.F) {
	for _, b := range seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		fixHeaderChecksum(b)
		var got Packet
		if ParseIP(b, &got) != OK {
			return
		}
		if got.Is4() {
			check4(t, b, &got)
		} else {
			check6(t, b, &got)
		}
	})
}

// isMultipath reports whether there is an option of multipath TCP, which gopacket
// takes apart and may stop at, and we skip.
func isMultipath(tcp *layers.TCP) bool {
	return tcp.Multipath || len(tcp.Padding) > 0 && tcp.Padding[0] == byte(layers.TCPOptionKindMultipathTCP)
}

// check4 compares an IPv4 packet with gopacket's reading of it.
func check4(t *testing.T, b []byte, p *Packet) {
	t.Helper()
	var ip layers.IPv4
	if err := ip.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
		t.Fatalf("gopacket refuses % x: %v", b, err)
	}
	if !ip.SrcIP.Equal(p.Src.AsSlice()) || !ip.DstIP.Equal(p.Dst.AsSlice()) || uint8(ip.Protocol) != p.Proto ||
		ip.TTL != p.TTL || ip.TOS != p.TOS || uint32(ip.Id) != p.ID || ip.FragOffset != p.FragOff/8 ||
		(ip.Flags&layers.IPv4DontFragment != 0) != p.DF || (ip.Flags&layers.IPv4MoreFragments != 0) != p.MF ||
		!bytes.Equal(ip.Payload, p.Payload) {
		t.Fatalf("gopacket reads %+v, we %+v", ip, p)
	}
}

// check6 compares an IPv6 packet with gopacket's reading of its fixed header,
// and of its payload if no extension headers come before it.
func check6(t *testing.T, b []byte, p *Packet) {
	t.Helper()
	var ip layers.IPv6
	if err := ip.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
		return // gopacket wants a payload, and knows the lengths of some options
	}
	plain := uint8(ip.NextHeader) == p.Proto && ip.HopByHop == nil
	if !ip.SrcIP.Equal(p.Src.AsSlice()) || !ip.DstIP.Equal(p.Dst.AsSlice()) ||
		ip.HopLimit != p.TTL || ip.TrafficClass != p.TOS || plain && !bytes.Equal(ip.Payload, p.Payload) {
		t.Fatalf("gopacket reads %+v, we %+v", ip, p)
	}
}
