package sim

import "github.com/lastack/lastack/internal/clock"

// An action is what an event does when its time has come.
type action interface{ act() }

// A script is an action that is a function.
type script func()

func (f script) act() { f() }

// An event is something that will happen.
type event struct {
	at    clock.Time
	n     uint64 // breaks ties: first planned, first done
	do    action
	place int // in the heap, counted from one; 0: not planned
}

// before reports whether e comes before o.
func (e *event) before(o *event) bool {
	return e.at.Before(o.at) || e.at == o.at && e.n < o.n
}

// A queue is the events to come, ordered by time and then by number: a binary
// heap in which every event knows its place.
type queue struct {
	heap []*event
	n    uint64
}

// number is the number of the event planned next.
func (q *queue) number() uint64 {
	q.n++
	return q.n
}

// add plans an event.
func (q *queue) add(e *event) {
	e.n = q.number()
	q.insert(e)
}

// insert plans an event that has its number already.
func (q *queue) insert(e *event) {
	q.heap = append(q.heap, e)
	q.up(len(q.heap) - 1)
}

// remove takes an event out, if it is planned.
func (q *queue) remove(e *event) {
	if e.place == 0 {
		return
	}
	i, last := e.place-1, len(q.heap)-1
	moved := q.heap[last]
	q.heap[last] = nil
	q.heap = q.heap[:last]
	e.place = 0
	if i == last {
		return
	}
	q.heap[i] = moved
	q.down(i)
	q.up(moved.place - 1)
}

// first is the event that comes next, nil if there is none.
func (q *queue) first() *event {
	if len(q.heap) == 0 {
		return nil
	}
	return q.heap[0]
}

// up moves the event at i towards the root until its parent comes before it.
func (q *queue) up(i int) {
	e := q.heap[i]
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(q.heap[parent]) {
			break
		}
		q.put(i, q.heap[parent])
		i = parent
	}
	q.put(i, e)
}

// down moves the event at i away from the root until it comes before its
// children.
func (q *queue) down(i int) {
	e := q.heap[i]
	for {
		child := 2*i + 1
		if child >= len(q.heap) {
			break
		}
		if child+1 < len(q.heap) && q.heap[child+1].before(q.heap[child]) {
			child++
		}
		if !q.heap[child].before(e) {
			break
		}
		q.put(i, q.heap[child])
		i = child
	}
	q.put(i, e)
}

// put sets the place of an event.
func (q *queue) put(i int, e *event) {
	q.heap[i] = e
	e.place = i + 1
}
