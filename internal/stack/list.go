package stack

// The lists that a connection can be in, at most once in each.
const (
	inAll      = iota // every connection of the core, in order of creation
	inReady           // those that may owe a segment
	inListener        // a listener's half-open ones, or those that wait for Accept
	numLists
)

// A link is a connection's place in one list.
type link struct {
	prev, next *Conn
	in         *list
}

// A list is a queue of connections that are linked through themselves, so that
// joining and leaving cost nothing and allocate nothing.
type list struct {
	slot        int // which of a connection's links this list uses
	first, last *Conn
	n           int
}

// push puts c at the end; a connection that is in a list of this kind already
// stays where it is.
func (l *list) push(c *Conn) {
	at := &c.links[l.slot]
	if at.in != nil {
		return
	}
	at.in, at.prev, at.next = l, l.last, nil
	if l.last == nil {
		l.first = c
	} else {
		l.last.links[l.slot].next = c
	}
	l.last = c
	l.n++
}

// remove takes c out, if it is in.
func (l *list) remove(c *Conn) {
	at := &c.links[l.slot]
	if at.in != l {
		return
	}
	if at.prev == nil {
		l.first = at.next
	} else {
		at.prev.links[l.slot].next = at.next
	}
	if at.next == nil {
		l.last = at.prev
	} else {
		at.next.links[l.slot].prev = at.prev
	}
	*at = link{}
	l.n--
}

// pop takes the first one out; nil if there is none.
func (l *list) pop() *Conn {
	c := l.first
	if c != nil {
		l.remove(c)
	}
	return c
}

// rotate puts the first one at the end.
func (l *list) rotate() {
	if l.first != l.last {
		l.push(l.pop())
	}
}

// all is a copy of the list, for loops whose body may change it.
func (l *list) all() []*Conn {
	conns := make([]*Conn, 0, l.n)
	for c := l.first; c != nil; c = c.links[l.slot].next {
		conns = append(conns, c)
	}
	return conns
}
