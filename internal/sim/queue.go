package sim

import (
	"container/heap"

	"github.com/lastack/lastack/internal/clock"
)

// An event is something that will happen.
type event struct {
	at    clock.Time
	n     uint64 // breaks ties: first planned, first done
	do    func()
	place int // in the heap, counted from one; 0: not planned
}

// A queue is the events to come, ordered by time and then by number.
type queue struct {
	heap events
	n    uint64
}

// add plans an event.
func (q *queue) add(e *event) {
	q.n++
	e.n = q.n
	heap.Push(&q.heap, e)
}

// remove takes an event out, if it is planned.
func (q *queue) remove(e *event) {
	if e.place > 0 {
		heap.Remove(&q.heap, e.place-1)
	}
}

// first is the event that comes next, nil if there is none.
func (q *queue) first() *event {
	if len(q.heap) == 0 {
		return nil
	}
	return q.heap[0]
}

// events is the heap of a queue.
type events []*event

func (h events) Len() int { return len(h) }

func (h events) Less(i, j int) bool {
	a, b := h[i], h[j]
	return a.at.Before(b.at) || a.at == b.at && a.n < b.n
}

func (h events) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i+1, j+1
}

func (h *events) Push(x any) {
	e := x.(*event)
	*h = append(*h, e)
	e.place = len(*h)
}

func (h *events) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	last.place = 0
	return last
}
