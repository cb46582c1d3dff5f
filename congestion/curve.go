package congestion

import (
	"math"
	"time"
)

// The constants of the curve.
const (
	cubicC     = 0.4                                                 // C: segments per second cubed (RFC 9438 §5.1)
	cubicAlpha = 3 * float64(100-betaCubic) / float64(100+betaCubic) // segments a round trip in the Reno-friendly region (RFC 9438 §4.3)
	convergent = (1 + float64(betaCubic)/100) / 2                    // how far a shrinking peak is lowered (RFC 9438 §4.7)
)

// A curve is how CUBIC's window grows in congestion avoidance. Windows are in
// bytes, which may be fractions; times in seconds.
//
// Each product is rounded on its own, so that all machines get the same.
type curve struct {
	on       bool
	epoch    time.Duration // t_epoch: when this stage of congestion avoidance began
	wMax     float64       // W_max: the plateau; 0 if no loss has told
	k        float64       // K: seconds from the epoch to the plateau
	wEst     float64       // W_est: what Reno's window would be
	prior    float64       // cwnd_prior: cwnd before the last reduction
	fraction float64       // growth that is less than a byte
}

// begin starts a stage of congestion avoidance. Without a loss before it, or
// after a timeout, the window is at its plateau (RFC 9438 §4.8, §4.10).
func (v *curve) begin(now time.Duration, cwnd, mss int) {
	w := float64(cwnd)
	v.on, v.epoch, v.wEst, v.fraction = true, now, w, 0
	if v.wMax == 0 {
		v.prior = w
	}
	v.wMax = max(v.wMax, w)
	v.k = math.Cbrt((v.wMax - w) / (cubicC * float64(mss)))
}

// at is W_cubic(t), t seconds after the epoch (RFC 9438 §4.2).
func (v *curve) at(t float64, mss int) float64 {
	d := t - v.k
	return float64(cubicC*float64(mss)*d*d*d) + v.wMax
}

// acked is by how many bytes an acknowledgment opens the window: as far as the
// curve goes in the next round trip, spread over the acknowledgments of that
// round trip, but never more slowly than Reno (RFC 9438 §4.3 to §4.5).
func (v *curve) acked(now time.Duration, a *Ack, cwnd, mss int) int {
	t, w := (now - v.epoch).Seconds(), float64(cwnd)
	part := min(float64(a.Acked)/w, 1)
	v.reno(part, mss)
	if v.at(t, mss) < v.wEst {
		return max(int(v.wEst)-cwnd, 0)
	}
	target := min(max(v.at(t+a.SRTT.Seconds(), mss), w), 1.5*w)
	v.fraction += float64((target - w) * part)
	n := int(v.fraction)
	v.fraction -= float64(n)
	return n
}

// reno lets W_est grow: once it is what cwnd was, as fast as Reno (RFC 9438
// §4.3).
func (v *curve) reno(part float64, mss int) {
	alpha := cubicAlpha
	if v.wEst >= v.prior {
		alpha = 1
	}
	v.wEst = min(v.wEst+float64(alpha*float64(mss)*part), maxWindow)
}

// end is a congestion event at a window of cwnd, which is the plateau of the next
// stage. A plateau lower than the last means that others want a share, and they
// get some more (fast convergence, RFC 9438 §4.7).
func (v *curve) end(cwnd int) {
	w := float64(cwnd)
	v.on, v.prior = false, w
	if w < v.wMax {
		w *= convergent
	}
	v.wMax = w
}
