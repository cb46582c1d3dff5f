package emulate

import "time"

// maxTransit is how many packets may be on one way of a path: 200 MB. A path
// holds what TCP's windows allow, so it is a bound on mistakes only.
const maxTransit = 1 << 17

// transit is the packets on their way: in line, which is the order in which
// they were sent and in which they are due, or late and beside it. Its memory
// is used again and again.
type transit struct {
	line []packet // a ring of a power of two
	head int      // of the first in line
	n    int      // in line
	late []packet // few, in no order
	free [][]byte // memory of packets that are gone
}

// A packet is one on its way.
type packet struct {
	due  time.Duration // when it arrives
	data []byte
}

func (t *transit) full() bool { return t.n+len(t.late) >= maxTransit }

// add copies a packet to the end of the line. It is not due before the others.
func (t *transit) add(due time.Duration, pkt []byte) {
	if t.n == len(t.line) {
		t.grow()
	}
	t.line[(t.head+t.n)&(len(t.line)-1)] = packet{due, t.keep(pkt)}
	t.n++
}

// addLate copies a packet that others overtake.
func (t *transit) addLate(due time.Duration, pkt []byte) {
	t.late = append(t.late, packet{due, t.keep(pkt)})
}

// grow doubles the line.
func (t *transit) grow() {
	bigger := make([]packet, max(1024, 2*len(t.line)))
	for i := range t.n {
		bigger[i] = t.line[(t.head+i)&(len(t.line)-1)]
	}
	t.line, t.head = bigger, 0
}

// keep copies a packet.
func (t *transit) keep(pkt []byte) []byte {
	var memory []byte
	if last := len(t.free) - 1; last >= 0 {
		memory, t.free = t.free[last], t.free[:last]
	}
	return append(memory[:0], pkt...)
}

// giveBack takes the memory of packets that were taken.
func (t *transit) giveBack(pkts [][]byte) {
	t.free = append(t.free, pkts...)
	clear(pkts)
}

// next is when the first packet is due, late ones included. It is false if
// there is none.
func (t *transit) next() (due time.Duration, ok bool) {
	if t.n > 0 {
		due, ok = t.line[t.head].due, true
	}
	for i := range t.late {
		if !ok || t.late[i].due < due {
			due, ok = t.late[i].due, true
		}
	}
	return due, ok
}

// take moves the packets that are due into pkts, and returns how many. Late
// ones come first: those in line that were due before them are gone by now, or
// go with them.
func (t *transit) take(now time.Duration, pkts [][]byte) (n int) {
	for i := 0; i < len(t.late) && n < len(pkts); {
		if t.late[i].due > now {
			i++
			continue
		}
		pkts[n] = t.late[i].data
		n++
		last := len(t.late) - 1
		t.late[i], t.late = t.late[last], t.late[:last]
	}
	for n < len(pkts) && t.n > 0 && t.line[t.head].due <= now {
		pkts[n] = t.line[t.head].data
		t.line[t.head].data = nil
		t.head = (t.head + 1) & (len(t.line) - 1)
		t.n--
		n++
	}
	return n
}
