package stack

import (
	"slices"
	"testing"
)

func TestList(t *testing.T) {
	a, b, c := new(Conn), new(Conn), new(Conn)
	l, other := list{slot: inReady}, list{slot: inAll}
	check := func(want ...*Conn) {
		t.Helper()
		if got := l.all(); !slices.Equal(got, want) || l.n != len(want) {
			t.Errorf("the list holds %d, want %d in order", l.n, len(want))
		}
	}
	check()
	l.rotate()
	l.push(a)
	l.rotate()
	check(a)
	l.push(b)
	l.push(c)
	l.push(a) // in it already
	check(a, b, c)
	other.push(b)
	l.rotate()
	check(b, c, a)
	l.remove(c)
	l.remove(c)
	check(b, a)
	l.remove(b)
	if l.pop() != a || l.pop() != nil {
		t.Error("pop does not give the last one, and then none")
	}
	check()
	if other.n != 1 || other.pop() != b {
		t.Error("the other list has changed")
	}
}
