package explore

// A node is a world that was found, and from which other: 32 bytes.
type node struct {
	world
	parent uint32
}

// blockSize is how many nodes are kept together.
const blockSize = 1 << 16

// A store is the worlds found, numbered in the order in which they were found,
// and the moves between them.
type store struct {
	blocks [][]node
	n      int

	// slots is a hash table of the nodes: in each place the number of a node
	// plus one, and above it 32 bits of the node's hash, which spare most
	// comparisons.
	slots []uint64

	// edges is the moves from the nodes, in the order of the nodes, by the
	// batches in which they were expanded.
	edges []edgeBatch
	moves int
}

// An edgeBatch is the moves from successive nodes, from number first on.
type edgeBatch struct {
	first uint32
	ends  []uint32 // for each node, the end of its moves in to
	to    []edge
}

// An edge is a node's number and, in the two highest bits, the class of the
// move that leads there.
type edge uint32

// maxNodes is how many nodes an edge can number.
const maxNodes = 1 << 30

func edgeTo(n uint32, cl class) edge { return edge(cl)<<30 | edge(n) }

func (e edge) node() uint32 { return uint32(e) &^ (3 << 30) }

func (e edge) class() class { return class(e >> 30) }

func newStore() *store { return &store{slots: make([]uint64, 1<<12)} }

// at is node i.
func (s *store) at(i uint32) *node { return &s.blocks[i/blockSize][i%blockSize] }

// find is the number of a world with that hash, and whether it is there.
func (s *store) find(w *world, hash uint64) (i uint32, found bool) {
	mask := uint64(len(s.slots) - 1)
	for at := hash & mask; s.slots[at] != 0; at = (at + 1) & mask {
		if v := s.slots[at]; uint32(v>>32) == uint32(hash>>32) && s.at(uint32(v)-1).world == *w {
			return uint32(v) - 1, true
		}
	}
	return 0, false
}

// add numbers a world, if it is new.
func (s *store) add(w *world, hash uint64, parent uint32) (i uint32, fresh bool) {
	if i, found := s.find(w, hash); found {
		return i, false
	}
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	if s.n%blockSize == 0 {
		s.blocks = append(s.blocks, make([]node, 0, blockSize))
	}
	last := &s.blocks[len(s.blocks)-1]
	*last = append(*last, node{world: *w, parent: parent})
	i = uint32(s.n)
	s.n++
	s.put(i, hash)
	return i, true
}

// put notes where node i is.
func (s *store) put(i uint32, hash uint64) {
	mask := uint64(len(s.slots) - 1)
	at := hash & mask
	for s.slots[at] != 0 {
		at = (at + 1) & mask
	}
	s.slots[at] = hash&^(1<<32-1) | uint64(i+1)
}

// grow doubles the hash table.
func (s *store) grow() {
	s.slots = make([]uint64, 2*len(s.slots))
	for i := range uint32(s.n) {
		s.put(i, s.at(i).hash())
	}
}

// path is the worlds from the first to node i.
func (s *store) path(i uint32) []world {
	var back []world
	for ; i != 0; i = s.at(i).parent {
		back = append(back, s.at(i).world)
	}
	path := make([]world, 0, len(back)+1)
	path = append(path, s.at(0).world)
	for k := len(back) - 1; k >= 0; k-- {
		path = append(path, back[k])
	}
	return path
}
