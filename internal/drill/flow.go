package drill

import (
	"fmt"
	"net/netip"

	"github.com/lastack/lastack/internal/drill/script"
)

// A flow is a connection under test: its addresses, and how the script's
// numbers relate to those on the wire. As in packetdrill, and in what tcpdump
// prints, numbers of segments with SYN are absolute, and those of others count
// from the first SYN of their sender. The peer's SYN goes out with the number
// that stands in the script; that of the TCP under test has whatever number it
// has, which is mapped to the script's.
type flow struct {
	local, remote netip.AddrPort
	ports         script.Ports // local and remote, as the script has them; 0: it does not
	fd            int          // the script's descriptor; -1: none yet

	offset  uint32 // live = script + offset, for the number of our SYN
	liveISN uint32 // the number of that SYN; 0: there has been none
	hasISN  bool
	peerISN uint32            // what the peer's numbers count from
	active  bool              // connect has begun it, so that peerISN is that of the first SYN,ACK
	began   bool              // peerISN is known
	newSYN  bool              // the peer has sent a SYN since: the next one of ours may be of a new incarnation
	ts      map[uint32]uint32 // live timestamps by the script's
	firstTS [2]uint32         // the first timestamp: script, live
	hasTS   bool
	next    uint32 // the number after the last that the peer has sent
}

func newFlow(local, remote netip.AddrPort) *flow {
	return &flow{local: local, remote: remote, fd: -1, ts: map[uint32]uint32{}}
}

// seen reports whether a packet of the TCP under test is of this flow.
func (f *flow) seen(s *segment) bool { return s.local == f.local && s.remote == f.remote }

// learn takes over the ISN from a SYN of the TCP under test, given the number
// that the script has for it.
func (f *flow) learn(live *segment, scriptSeq uint32) {
	if live.Flags&script.SYN == 0 || f.hasISN && (live.Seq == f.liveISN || !f.newSYN) {
		return
	}
	f.hasISN, f.newSYN = true, false
	f.liveISN, f.offset = live.Seq, live.Seq-scriptSeq
}

// hear takes over what the peer's numbers count from: the number of its first
// segment, or where we have connected, of its first SYN,ACK.
func (f *flow) hear(t *script.TCP) {
	const synACK = script.SYN | script.ACK
	if !f.began && (!f.active || t.Flags&synACK == synACK) {
		f.began, f.peerISN = true, t.Seq
	}
}

// toLive maps a segment of the script's peer to the wire.
func (f *flow) toLive(t script.TCP, scaled bool) (script.TCP, error) {
	if t.AnySeq {
		return t, fmt.Errorf("a segment that is injected needs a sequence number")
	}
	f.hear(&t)
	syn := t.Flags&script.SYN != 0
	ours := f.liveISN
	if syn {
		ours = f.offset
	} else if !t.LiteralSeq {
		t.Seq += f.peerISN
	}
	if t.Flags&script.ACK != 0 || t.HasAck {
		t.Ack += ours
	}
	if syn && t.Flags&script.ACK == 0 {
		f.newSYN = true
	}
	opts := append([]script.TCPOption(nil), t.Opts...)
	for i := range opts {
		o := &opts[i]
		if o.Kind == script.OptSACK {
			o.Blocks = shifted(o.Blocks, ours)
		}
		if o.Kind == script.OptTS && t.Flags&script.ACK != 0 && !o.LiteralEcr {
			ecr, err := f.liveTS(o.Ecr, scaled)
			if err != nil {
				return t, err
			}
			o.Ecr = ecr
		}
	}
	t.Opts = opts
	return t, nil
}

// liveTS is the timestamp on the wire that the script's stands for.
func (f *flow) liveTS(ecr uint32, scaled bool) (uint32, error) {
	if live, ok := f.ts[ecr]; ok {
		return live, nil
	}
	if scaled && f.hasTS {
		return ecr - f.firstTS[0] + f.firstTS[1], nil
	}
	return 0, fmt.Errorf("timestamp echo %d: nothing was sent with this timestamp before (--tcp_ts_ecr_scaled would interpolate)", ecr)
}

// toScript maps a segment of the TCP under test to the numbers of the script,
// as far as they can be compared with those of want.
func (f *flow) toScript(live *segment, want *script.TCP) *segment {
	got := *live
	got.Ports = want.Ports
	got.Opts = append([]script.TCPOption(nil), live.Opts...)
	ours := f.offset
	if live.Flags&script.SYN == 0 {
		ours = f.liveISN
		if live.Flags&script.ACK != 0 {
			got.Ack -= f.peerISN
		}
		for i := range got.Opts {
			got.Opts[i].Blocks = shifted(got.Opts[i].Blocks, -f.peerISN)
		}
	}
	if !want.LiteralSeq {
		got.Seq -= ours
	}
	return &got
}

// noteTS remembers what the script calls a timestamp of the TCP under test.
// The result is the live value in the script's terms.
func (f *flow) noteTS(scriptVal, live uint32) uint32 {
	if !f.hasTS {
		f.hasTS, f.firstTS = true, [2]uint32{scriptVal, live}
	}
	f.ts[scriptVal] = live
	return f.firstTS[0] + live - f.firstTS[1]
}

// shifted is the blocks with all edges moved.
func shifted(blocks []script.SACKBlock, by uint32) []script.SACKBlock {
	if len(blocks) == 0 {
		return nil
	}
	out := make([]script.SACKBlock, len(blocks))
	for i, b := range blocks {
		out[i] = script.SACKBlock{Left: b.Left + by, Right: b.Right + by}
	}
	return out
}
