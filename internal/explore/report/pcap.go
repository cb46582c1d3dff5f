package report

import (
	"io"
	"time"

	"github.com/lastack/lastack/internal/explore"
	"github.com/lastack/lastack/internal/wire"
	"github.com/lastack/lastack/link/tap"
)

// epoch is the time of day at which every capture begins.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// WritePcap writes what a run has sent, and what was forged, as a pcapng file.
// A's segments are outbound.
func WritePcap(w io.Writer, r *explore.Run) error {
	file, err := tap.NewWriter(w, tap.Name(names[0]), tap.Comment("configuration "+r.Config.Name))
	if err != nil {
		return err
	}
	for i := range r.Steps {
		s := &r.Steps[i]
		at := epoch.Add(time.Duration(i+1) * stepTime)
		if s.Act == "forge" {
			if err := file.WritePacket(at, packet(s.Arrived, 1-s.End), s.End == 1); err != nil {
				return err
			}
		}
		for _, p := range s.Sent {
			if err := file.WritePacket(at, packet(p.Seg, s.End), s.End == 0); err != nil {
				return err
			}
		}
	}
	return file.Close()
}

// packet is a segment from one end as an IP packet.
func packet(seg wire.Segment, from int) []byte {
	local, remote := addrs[from], addrs[1-from]
	seg.SrcPort, seg.DstPort = local.Port(), remote.Port()
	b := make([]byte, 40+seg.HeaderLen()+len(seg.Payload))
	return b[:wire.PutTCP(b, &wire.Packet{Src: local.Addr(), Dst: remote.Addr()}, &seg)]
}
