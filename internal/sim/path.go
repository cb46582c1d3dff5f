package sim

import "time"

// A Path is what one direction of a link does to packets. The zero value takes
// them to the other end at once and unharmed. All chances are shares of the
// packets, 0 to 1, and each has random numbers of its own.
//
// A packet meets, in this order: Down, MTU, the rule and the chances of loss and
// damage; the queue; the rate; the delay, with the chances of a copy and of being
// held back. What is lost by chance or by the rule takes its time on the link
// all the same.
type Path struct {
	Rate   int64         // bits of IP packets per second; 0: sending takes no time
	Delay  time.Duration // from end to end, one way
	Jitter time.Duration // up to this much more, evenly distributed; packets keep their order
	Queue  Queue         // before the link; only a Rate makes packets wait

	Loss  float64 // the chance that a packet is lost
	Burst Burst   // times in which more are lost
	Every int     // every n-th packet is lost; 0: none is

	Duplicate float64       // the chance that a packet arrives twice
	Reorder   float64       // the chance that a packet is held back, so that others overtake it
	Hold      time.Duration // how much longer such a packet takes
	Corrupt   float64       // the chance that one bit of a packet is wrong; checksums find that

	MTU       int  // the largest packet, in bytes; 0: any. Larger ones come back as ICMP errors
	BlackHole bool // larger ones vanish without a word (RFC 2923 §2.1)
	Down      bool // nothing passes
	Rule      Rule // scripted faults; nil: none
}

// A Queue is the packets that wait for a link. The packet that is being sent is
// not one of them. What finds it full is dropped (drop-tail).
type Queue struct {
	Bytes   int   // at most; 0: no limit
	Packets int   // at most; 0: no limit
	CoDel   CoDel // active queue management; none if its Target is 0
}

// A Burst is a link that is good or bad by turns, in the model of Gilbert and
// Elliott: the link is asked for every packet whether it changes.
type Burst struct {
	Begin float64 // the chance that a good link becomes bad; 0: it never does
	End   float64 // the chance that a bad link becomes good: bad times last 1/End packets on average
	Loss  float64 // the chance that a packet is lost in a bad time; 0 stands for 1
}

// Stats counts what one direction of a link did.
type Stats struct {
	Packets, Bytes uint64 // that arrived at the other end, copies and damaged ones too
	Lost           uint64 // by chance or by the rule
	QueueFull      uint64 // packets that found no room in the queue
	AQMDrops       uint64 // packets that the active queue management dropped
	Marked         uint64 // packets on which congestion was marked
	Duplicated     uint64
	Held           uint64 // packets that took longer, by chance or by the rule
	Damaged        uint64
	TooBig         uint64
	Down           uint64 // packets sent while the link was down
	MaxQueue       int    // the most bytes that waited at once
}
