package recovery

// A prr comes down to ssthresh in the course of a recovery, in proportion to what
// is delivered (RFC 9937 §6). Sizes are in bytes. The names are those of the RFC.
type prr struct {
	recoverFS int // RecoverFS: what was in flight when the recovery began
	delivered int // prr_delivered
	out       int // prr_out
	cwnd      int // how much may be in the network
}

// begin starts a recovery.
func (p *prr) begin(recoverFS int) { *p = prr{recoverFS: max(recoverFS, 1)} }

// ack takes in an acknowledgment that delivers so much, with flight in the
// network now. It is safe if it advances SND.UNA and tells of no further loss
// (SafeACK).
func (p *prr) ack(delivered, flight, ssthresh, mss int, safe bool) {
	p.delivered += delivered
	var n int
	if flight > ssthresh {
		n = (p.delivered*ssthresh+p.recoverFS-1)/p.recoverFS - p.out
	} else {
		n = max(p.delivered-p.out, delivered)
		if safe {
			n += mss
		}
		n = min(n, ssthresh-flight)
	}
	if p.out == 0 {
		n = max(n, mss) // the first of a recovery goes out at once
	}
	p.cwnd = flight + max(n, 0)
}
