package main

import (
	"testing"

	"github.com/lastack/lastack/internal/mutant"
)

// What the flags ask for is hunted, and nothing else.
func TestChoiceOfMutants(t *testing.T) {
	first, second := mutant.All[0].Name, mutant.All[1].Name
	h := hunt{table: mutant.Table{first: {}}}
	for _, tt := range []struct {
		only  []string
		fresh bool
		want  int
	}{
		{nil, false, len(mutant.All)},
		{nil, true, len(mutant.All) - 1},
		{[]string{first, second}, false, 2},
		{[]string{first, second}, true, 1},
	} {
		got, err := h.choose(tt.only, tt.fresh)
		if err != nil || len(got) != tt.want {
			t.Errorf("%v, new %v: %d mutants (%v), want %d", tt.only, tt.fresh, len(got), err, tt.want)
		}
	}
	if _, err := h.choose([]string{"nobody"}, false); err == nil {
		t.Error("a mutant that does not exist is hunted")
	}
}

// A mutant that is gone leaves the table.
func TestTableForgetsMutantsThatAreGone(t *testing.T) {
	h := hunt{table: mutant.Table{"of yore": {"check": "P1"}}}
	if _, err := h.choose(nil, true); err != nil || len(h.table) != 0 {
		t.Errorf("the table keeps %v (%v)", h.table, err)
	}
}

// The hunt fails when a mutant lives.
func TestMutantThatLivesFailsTheHunt(t *testing.T) {
	name := mutant.All[0].Name
	h := hunt{table: mutant.Table{name: {"check": "P1 in open", "scripts": "a.pkt:1"}}}
	if err := h.verdict(); err != nil {
		t.Errorf("noticed by two ways: %v", err)
	}
	delete(h.table[name], "check")
	if h.verdict() == nil {
		t.Error("noticed by one way only, and the hunt succeeds")
	}
}

// What differs from run to run in a panic's text does not reach the table.
func TestPanicIsToldTheSameEveryTime(t *testing.T) {
	got := panicked("panic: runtime error: index 0x7f out of range\n\ngoroutine 1 [running]:\n")
	if want := "panic: runtime error: index 0x... out of range"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
