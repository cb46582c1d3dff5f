package play

import (
	"io"
	"slices"
	"time"

	"github.com/lastack/lastack/internal/sim"
	"github.com/lastack/lastack/link/tap"
)

// epoch is the time of day at which every capture begins.
var epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// A captured is a packet that the client has sent or received.
type captured struct {
	at  time.Duration
	pkt []byte
	out bool
}

// see is the client's tap.
func (st *stage) see(p *sim.Packet, out bool) {
	st.capture = append(st.capture, captured{st.Time(), slices.Clone(p.Data), out})
	if p.TCP.Flags != 0 {
		st.hear(&p.TCP, out)
	}
}

// WritePcap writes the packets as a pcapng file, as a capture program at the
// client would have seen them: what the client sent, when it did, and what
// reached it. The first moment of the scenario is 2026-01-01 00:00 UTC.
func (r *Result) WritePcap(w io.Writer) error {
	file, err := tap.NewWriter(w, tap.Name(Client), tap.Comment("scenario "+r.Scenario.Name))
	if err != nil {
		return err
	}
	for _, c := range r.capture {
		if err := file.WritePacket(epoch.Add(c.at), c.pkt, c.out); err != nil {
			return err
		}
	}
	return file.Close()
}
