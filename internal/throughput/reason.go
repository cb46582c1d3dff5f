package throughput

import "time"

// enough is how much of what is expected a cell has to reach to need no reason.
const enough = 0.95

// A reason is why some cells fall short of what is expected, and by how much
// they may.
type reason struct {
	is    func(Cell) bool
	least float64 // of what is expected
	text  string
}

// reasons is all of them; the first that fits counts. What is said of BBR is from
// draft-ietf-ccwg-bbr.
var reasons = []reason{
	{
		func(c Cell) bool { return c.Congestion == "bbr" && c.Loss == 0 && c.RTT >= 300*time.Millisecond },
		0.93, "every 5 s BBR halves what is in flight for a round trip, to measure it: that costs 5 % at 300 ms",
	},
	{
		func(c Cell) bool { return c.Congestion == "bbr" && c.Loss > 0.02 },
		0.05, "BBR takes more than 2 % lost in a round trip for a full link: every probe for bandwidth ends in a cut",
	},
	{
		func(c Cell) bool { return c.Congestion == "bbr" && c.Loss > 0 },
		0.80, "after a round trip that by chance loses more than 2 %, BBR sends less until it probes again",
	},
}

// reason is why the result falls short; empty if it does not, or if there is no
// reason for it.
func (r Result) reason() reason {
	if r.Goodput >= enough*r.model() {
		return reason{least: enough}
	}
	for _, why := range reasons {
		if why.is(r.Cell) {
			return why
		}
	}
	return reason{least: enough}
}

// most is how much more than the formula a flow may get: more would not be
// congestion control. The formulas count each loss as a reduction; of several in
// one round trip only one is (RFC 5681 §4.3), which at 3 % is common.
const most = 1.75

// AsExpected reports whether the result is within what is expected or there is a
// reason for it.
func (r Result) AsExpected() bool {
	ratio := r.Goodput / r.model()
	return ratio >= r.reason().least && ratio <= most && r.Goodput <= r.lineRate()*1.001
}
