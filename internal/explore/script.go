package explore

import (
	"fmt"

	"github.com/lastack/lastack/internal/tcp"
)

// endNames is what scripts call the ends.
var endNames = [2]string{"A", "B"}

// actNames is what scripts call what happens to packets.
var actNames = [...]string{deliver: "deliver", duplicate: "duplicate", drop: "drop"}

// line is a move in w as a line of a script:
//
//	A connect
//	deliver A>B S 0:0(0) win 4
//	B timer retransmission
//	A forge S. seq=inside ack=una
func (x *expander) line(w *world, mv *move) string {
	if mv.act != happen {
		p := w.net[mv.place]
		x.mu.Lock()
		defer x.mu.Unlock()
		return fmt.Sprintf("%s %s>%s %v", actNames[mv.act], endNames[1-p.to()], endNames[p.to()], x.segs[p.seg()])
	}
	name := endNames[mv.end]
	switch k := mv.in.kind(); k {
	case expires:
		return name + " timer " + timerNames[tcp.Timer(mv.in.arg())]
	case forged:
		return name + " forge " + guessName(mv.in.arg())
	default:
		return name + " " + callNames[k]
	}
}
