package throughput

import "math"

// lineRate is the most that a flow can have of the link, in bits per second:
// the rest is headers.
func (c Cell) lineRate() float64 { return float64(c.Rate) * mss / packetSize }

// shortestRTT is the round trip of a packet and its acknowledgment over an idle
// link, in seconds.
func (c Cell) shortestRTT() float64 {
	return c.RTT.Seconds() + packetSize*8/float64(c.Rate)
}

// perRoundTrip is the rate, in bits per second, of a window of so many
// segments.
func (c Cell) perRoundTrip(segments float64) float64 {
	return segments * mss * 8 / c.shortestRTT()
}

// renoWindow is the mean window of Reno, in segments, by the well-known formula
// for random loss (RFC 5348 §3.1 without timeouts; Mathis et al. 1997): it grows
// by one segment a round trip and halves at each loss.
func (c Cell) renoWindow() float64 { return math.Sqrt(3 / (2 * c.Loss)) }

// cubicWindow is the mean window of CUBIC, in segments (RFC 9438 §5.1, equation 6,
// with C = 0.4 and beta = 0.7), or Reno's where that is larger: there CUBIC is as
// friendly as Reno (RFC 9438 §4.3).
func (c Cell) cubicWindow() float64 {
	cubic := 1.054 * math.Pow(c.shortestRTT(), 0.75) / math.Pow(c.Loss, 0.75)
	return max(cubic, c.renoWindow())
}

// model is the throughput that theory expects, in bits per second of data.
func (c Cell) model() float64 {
	line := c.lineRate() * (1 - c.Loss)
	switch {
	case c.Loss == 0 || c.Congestion == "bbr": // it follows the link, not the losses
		return line
	case c.Congestion == "reno":
		return min(line, c.perRoundTrip(c.renoWindow()))
	default:
		return min(line, c.perRoundTrip(c.cubicWindow()))
	}
}
