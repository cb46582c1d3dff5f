package wire

import (
	"flag"
	"net/netip"
	"testing"

	"github.com/lastack/lastack/internal/seq"
	"pgregory.net/rapid"
)

// The random tests are the same in every run, unless the command line says
// otherwise.
func init() {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

var (
	a4 = netip.MustParseAddr("10.0.0.1")
	b4 = netip.MustParseAddr("10.0.0.2")
	a6 = netip.MustParseAddr("2001:db8::1")
	b6 = netip.MustParseAddr("2001:db8::2")
)

// families is a header for each version of IP.
var families = []Packet{{Src: a4, Dst: b4}, {Src: a6, Dst: b6}}

// drawHeader is any pair of addresses of one version, TTL, TOS and ID.
func drawHeader(t *rapid.T) Packet {
	addr := func(name string, n int) netip.Addr {
		a, _ := netip.AddrFromSlice(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, name))
		return a
	}
	n := rapid.SampledFrom([]int{4, 16}).Draw(t, "version")
	p := Packet{
		Src: addr("src", n),
		Dst: addr("dst", n),
		TTL: rapid.Uint8Min(1).Draw(t, "ttl"),
		TOS: rapid.Uint8().Draw(t, "tos"),
	}
	if n == 4 {
		p.ID = uint32(rapid.Uint16().Draw(t, "id"))
	}
	return p
}

// drawSegment is any segment that can be sent as it is: with options that fit
// and that belong on it.
func drawSegment(t *rapid.T) Segment {
	s := Segment{
		SrcPort: rapid.Uint16().Draw(t, "sport"),
		DstPort: rapid.Uint16().Draw(t, "dport"),
		Flags:   Flags(rapid.Uint16Max(1<<9-1).Draw(t, "flags")),
		Seq:     seq.Num(rapid.Uint32().Draw(t, "seq")),
		Ack:     seq.Num(rapid.Uint32().Draw(t, "ack")),
		Wnd:     rapid.Uint16().Draw(t, "wnd"),
		Up:      rapid.Uint16().Draw(t, "up"),
		Payload: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "payload"),
	}
	o := &s.Opts
	if s.Has(SYN) {
		o.MSS = rapid.Uint16().Draw(t, "mss")
		o.SACKOK = rapid.Bool().Draw(t, "sackok")
		if o.HasWScale = rapid.Bool().Draw(t, "has wscale"); o.HasWScale {
			o.WScale = rapid.Uint8Max(MaxWScale).Draw(t, "wscale")
		}
	}
	if o.HasTS = rapid.Bool().Draw(t, "has ts"); o.HasTS {
		o.TSVal = rapid.Uint32().Draw(t, "tsval")
		o.TSEcr = rapid.Uint32().Draw(t, "tsecr")
	}
	o.NSACK = rapid.Uint8Max(uint8(max(0, o.sackBlocksThatFit()))).Draw(t, "nsack")
	for i := range o.SACK[:o.NSACK] {
		o.SACK[i].Left = seq.Num(rapid.Uint32().Draw(t, "left"))
		o.SACK[i].Right = seq.Num(rapid.Uint32().Draw(t, "right"))
	}
	return s
}

// sackBlocksThatFit is how many blocks there may be beside the other options.
func (o Options) sackBlocksThatFit() int {
	o.NSACK = 4
	return o.sackBlocks(o.lenWithoutSACK())
}

// mustParse parses a TCP packet that has to be right.
func mustParse(t rapid.TB, b []byte) (p Packet, seg Segment) {
	t.Helper()
	if r := ParseIP(b, &p); r != OK {
		t.Fatalf("ParseIP: %v", r)
	}
	if !VerifyTCP(&p) {
		t.Fatalf("the TCP checksum is wrong")
	}
	if r := ParseTCP(p.Payload, &seg); r != OK {
		t.Fatalf("ParseTCP: %v", r)
	}
	return p, seg
}

func TestEveryReasonHasAName(t *testing.T) {
	seen := map[string]Reason{}
	for r := range Reason(NumReasons) {
		if s := r.String(); s == "" || seen[s] != 0 {
			t.Errorf("Reason %d is %q", uint8(r), s)
		}
		seen[r.String()] = r
	}
	if got := Reason(200).String(); got != "Reason(200)" {
		t.Errorf("a reason that is not known is %q", got)
	}
}
