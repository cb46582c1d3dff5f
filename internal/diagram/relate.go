package diagram

import (
	"slices"
	"strings"

	"github.com/lastack/lastack/trace"
)

// relate makes numbers relative that an end gave as they are in the header: an
// end without a connection, which answers with RST, knows no initial sequence
// numbers, but the other events tell them.
func (l *ladder) relate() {
	var base [2]uint32
	var known [2]bool
	for _, f := range l.flights {
		if s := f.seg; s.RelSeq != s.Seq {
			base[f.from], known[f.from] = s.Seq-s.RelSeq, true
		}
	}
	for i, f := range l.flights {
		s, far := &f.seg, f.from.far()
		if s.Flags&(trace.RST|trace.ACK) == trace.RST {
			answered, found := l.answered(i)
			switch {
			case found:
				s.RelSeq = answered
			case s.RelSeq != s.Seq:
			case known[f.from]:
				s.RelSeq = s.Seq - base[f.from]
			default:
				f.absolute = s.Seq >= 1<<16 // a small one is relative to 0
			}
		}
		if known[far] && s.RelAck == s.Ack {
			s.RelAck = s.Ack - base[far]
		}
	}
}

// answered is the relative number of the acknowledgment that the flight, a
// reset, takes its number from (§3.10.7.1). It may be one of an older connection
// between the same ports, with initial sequence numbers of its own.
func (l *ladder) answered(nth int) (rel uint32, ok bool) {
	reset := l.flights[nth]
	for i := nth - 1; i >= 0; i-- {
		f := l.flights[i]
		if f.from != reset.from && f.seg.Flags&trace.ACK != 0 && f.seg.Ack == reset.seg.Seq && f.seg.RelAck != f.seg.Ack {
			return f.seg.RelAck, true
		}
	}
	return 0, false
}

// paws reports whether one of the events is a drop for an old timestamp.
func paws(events []trace.Event, numbers []int) bool {
	return slices.ContainsFunc(numbers, func(i int) bool {
		return events[i].Kind == trace.Drop && strings.Contains(events[i].Reason, "PAWS")
	})
}

// stamp makes each end's timestamps relative to its first one.
func (l *ladder) stamp() {
	var base [2]uint32
	var known [2]bool
	for _, f := range l.flights {
		if o := f.seg.Opts; o.HasTS && !known[f.from] {
			base[f.from], known[f.from] = o.TSVal, true
		}
	}
	for _, f := range l.flights {
		o, far := f.seg.Opts, f.from.far()
		f.stamps, f.stamp = o.HasTS, int32(o.TSVal-base[f.from])
		if known[far] && o.TSEcr != 0 {
			f.echo = int32(o.TSEcr - base[far])
		}
	}
}

// markWindows lets labels tell the window in SYNs and where it closes or opens.
func (l *ladder) markWindows() {
	closed := [2]bool{}
	for _, f := range l.flights {
		if f.seg.Flags&trace.RST != 0 {
			continue
		}
		zero := f.seg.Wnd == 0
		f.window = f.seg.Flags&trace.SYN != 0 || zero || closed[f.from]
		closed[f.from] = zero
	}
}
