package recovery

import "time"

// Counts is what a Sender has to show. Segments are counted as they went out.
type Counts struct {
	Phase      Phase
	Unacked    int           // segments out
	Sacked     int           // of them, those that SACK has reported
	Lost       int           // of them, those that are held lost, or were and are out again
	Resending  int           // of them, those that are out again
	Resent     int           // segments sent again, in all
	DSACKs     int           // reports of segments that arrived twice, in all
	Reordering bool          // reordering was seen on the path
	ReoWnd     time.Duration // RACK's reordering window (RFC 8985 §6.2)
	Rate       int64         // the delivery rate, in bytes per second
	AppLimited bool          // the application, not the path, limits it
}

// Counts is what there is to show; srtt is the smoothed round trip.
func (s *Sender) Counts(srtt time.Duration) Counts {
	b := &s.board
	return Counts{
		Phase: s.phase, Unacked: b.ring.n, Sacked: b.sackedRecords, Lost: b.lostRecords + b.resentRecords,
		Resending: b.resentRecords, Resent: s.resent, DSACKs: s.dsacks,
		Reordering: s.rack.reordering, ReoWnd: s.rack.window(srtt, false),
		Rate: s.rate.rate, AppLimited: s.rate.limitedUntil > 0,
	}
}
