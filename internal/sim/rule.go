package sim

import "time"

// A Rule says what becomes of a packet on a link.
type Rule func(p *Packet) Verdict

// A Verdict is what a Rule says: Pass, Drop, Mark, or how much longer than the
// link's delay the packet takes, in nanoseconds.
type Verdict time.Duration

// The verdicts that are not delays.
const (
	Pass Verdict = 0
	Drop Verdict = -1
	Mark Verdict = -2 // congestion experienced (RFC 3168), whether the packet is ECN-capable or not
)

// Delay is the verdict that holds a packet back. Others may overtake it.
func Delay(d time.Duration) Verdict { return Verdict(max(d, 0)) }

// Nth gives the verdict on the n-th packet that matches, counted from one, and
// lets all others pass.
func Nth(n int, match func(*Packet) bool, v Verdict) Rule {
	return func(p *Packet) Verdict {
		if !match(p) {
			return Pass
		}
		if n--; n == 0 {
			return v
		}
		return Pass
	}
}

// Rules asks every rule about every packet; the first that does not let it pass
// decides. A nil rule lets everything pass.
func Rules(rules ...Rule) Rule {
	return func(p *Packet) (v Verdict) {
		for _, r := range rules {
			if r == nil {
				continue
			}
			if own := r(p); v == Pass {
				v = own
			}
		}
		return v
	}
}
