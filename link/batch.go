package link

// maxKept is how many bytes of memory an empty batch keeps for the next
// packets: enough for a burst of a whole window of TCP.
const maxKept = 2 << 20

// A batch is a list of packets that lie end to end in one piece of memory.
// Adding a packet allocates nothing once the memory has grown.
type batch struct {
	data []byte
	ends []int // ends[i] is where packet i ends in data
}

func (b *batch) len() int   { return len(b.ends) }
func (b *batch) bytes() int { return len(b.data) }

// add appends a copy of pkt.
func (b *batch) add(pkt []byte) {
	b.data = append(b.data, pkt...)
	b.ends = append(b.ends, len(b.data))
}

// slice fills views with the packets from number first on and returns how many
// it found. The capacity of a view is its length, so that appending to it does
// not run into the next packet.
func (b *batch) slice(views [][]byte, first int) (n int) {
	start := 0
	if first > 0 {
		start = b.ends[first-1]
	}
	for _, end := range b.ends[first:] {
		if n == len(views) {
			break
		}
		views[n] = b.data[start:end:end]
		start = end
		n++
	}
	return n
}

// reset empties the batch, and gives the memory of an unusual burst back.
func (b *batch) reset() {
	if cap(b.data) > maxKept || cap(b.ends) > maxWaiting/4 {
		*b = batch{}
		return
	}
	b.data, b.ends = b.data[:0], b.ends[:0]
}
