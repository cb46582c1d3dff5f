package explore

// A memo remembers steps by their input: a hash table that never forgets.
type memo struct {
	keys  []uint64 // of 2^n places; 0: free, since ends are counted from one
	steps []step
	n     int
}

// find is the place of a key, and whether it is there. The place is valid until
// the next call of set.
func (m *memo) find(key uint64) (slot int, found bool) {
	if 2*m.n >= len(m.keys) {
		m.grow()
	}
	mask := len(m.keys) - 1
	for slot = int(mix(key)) & mask; m.keys[slot] != 0; slot = (slot + 1) & mask {
		if m.keys[slot] == key {
			return slot, true
		}
	}
	m.keys[slot] = key
	m.n++
	return slot, false
}

// set gives the place that find has made its value.
func (m *memo) set(slot int, s step) { m.steps[slot] = s }

func (m *memo) get(slot int) step { return m.steps[slot] }

// grow doubles the table.
func (m *memo) grow() {
	old := *m
	size := max(1<<10, 2*len(old.keys))
	*m = memo{keys: make([]uint64, size), steps: make([]step, size)}
	for i, key := range old.keys {
		if key != 0 {
			slot, _ := m.find(key)
			m.steps[slot] = old.steps[i]
		}
	}
}
