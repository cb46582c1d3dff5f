package fsm

import (
	"strconv"
	"strings"
	"testing"
)

// Figure 5 draws twenty arrows. If this number changes, so must our reading of the RFC.
func TestFigure5(t *testing.T) {
	var drawn int
	for _, row := range Table {
		if row.Fig5 {
			drawn += row.From.Len()
		}
	}
	if drawn != 20 {
		t.Errorf("%d arrows are marked as drawn in figure 5, want 20", drawn)
	}
}

// Every cell of the machine is either a row, for every way of being there, or
// impossible for a reason; never both.
func TestEveryCellIsARowOrImpossible(t *testing.T) {
	why := func(s State, e Event) (reason string) {
		for _, c := range Impossible {
			if c.On == e && c.From.Has(s) {
				if reason != "" {
					t.Errorf("%v in %v is impossible twice", e, s)
				}
				reason = c.Why
			}
		}
		return reason
	}
	for s := range State(NumStates) {
		for e := range Event(NumEvents) {
			for _, origin := range []Guard{Passive, Active, Reopened} {
				for _, queued := range []Guard{Always, Queued} {
					row, reason := Lookup(s, e, origin|queued), why(s, e)
					if (row == 0) != (reason != "") {
						t.Errorf("%v in %v (%v): row %d, impossible %q", e, s, origin|queued, row, reason)
					}
				}
			}
		}
	}
}

// A row that no case can reach is either superseded by an amendment or a mistake.
func TestRowsThatAreNeverTaken(t *testing.T) {
	taken := map[int]bool{}
	for s := range State(NumStates) {
		for e := range Event(NumEvents) {
			for facts := range Guard(16) {
				taken[Lookup(s, e, facts)] = true
			}
		}
	}
	for i, row := range Table {
		if !taken[i+1] && !Superseded(i+1) {
			t.Errorf("row %d (%v in %v) is never taken", i+1, row.On, row.From)
		}
		if taken[i+1] && Superseded(i+1) {
			t.Errorf("row %d (%v in %v) is superseded, yet taken", i+1, row.On, row.From)
		}
	}
}

// A reset, a timeout or an abort may end a connection from many states, but
// only these states lead on to the next.
func TestGraph(t *testing.T) {
	want := map[State]States{
		Closed:      In(Listen, SynSent),
		Listen:      In(Closed, SynSent, SynReceived),
		SynSent:     In(Closed, SynReceived, Established),
		SynReceived: In(Closed, Listen, Established, FinWait1, TimeWait),
		Established: In(Closed, FinWait1, CloseWait),
		FinWait1:    In(Closed, FinWait2, Closing),
		FinWait2:    In(Closed, TimeWait),
		CloseWait:   In(Closed, LastAck),
		Closing:     In(Closed, TimeWait),
		LastAck:     In(Closed),
		TimeWait:    In(Closed, SynReceived),
	}
	for s := range State(NumStates) {
		var got States
		for i := range Table {
			if row := &Table[i]; row.From.Has(s) && row.Next(s) != s {
				got |= In(row.Next(s))
			}
		}
		if got != want[s] {
			t.Errorf("from %v one gets to %v, want %v", s, got, want[s])
		}
	}
}

// Whatever ends in CLOSED deletes the TCB, and nothing else but the return to LISTEN does.
func TestClosedMeansDeleted(t *testing.T) {
	for i, row := range Table {
		ends := row.To == Closed || row.To == Listen && row.On != CallListen
		if ends != (row.Do&DeleteTCB != 0) {
			t.Errorf("row %d: %v -> %v does %v", i+1, row.On, row.To, row.Do)
		}
		if enters := row.To == TimeWait; enters && row.Do&StartTimeWait == 0 {
			t.Errorf("row %d enters TIME_WAIT without its timer", i+1)
		}
		if row.Ref == "" {
			t.Errorf("row %d cites nothing", i+1)
		}
	}
}

func TestParseState(t *testing.T) {
	for s := range State(NumStates) {
		for _, spell := range []string{s.String(), strings.ToLower(s.String()), strings.ReplaceAll(s.String(), "_", "-"), "TCP_" + s.String()} {
			if got, err := ParseState(spell); got != s || err != nil {
				t.Errorf("ParseState(%q) = %v, %v", spell, got, err)
			}
		}
	}
	for spell, want := range map[string]State{
		"SYN-RECEIVED": SynReceived, "SYN_RECV": SynReceived, "ESTAB": Established, "FIN-WAIT-1": FinWait1, "TCP_CLOSE": Closed,
	} {
		if got, err := ParseState(spell); got != want || err != nil {
			t.Errorf("ParseState(%q) = %v, %v", spell, got, err)
		}
	}
	if _, err := ParseState("OPEN"); err == nil || !strings.Contains(err.Error(), "SYN_RCVD") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestNamesAreComplete(t *testing.T) {
	for e := range Event(NumEvents) {
		if eventNames[e] == "" {
			t.Errorf("event %d has no name", e)
		}
	}
	var every Action
	for _, row := range Table {
		every |= row.Do
	}
	for i := range actionNames {
		if every&(1<<i) == 0 {
			t.Errorf("no row does %q", actionNames[i])
		}
	}
	if every >= 1<<len(actionNames) {
		t.Error("an action has no name")
	}
}

func TestNextPanicsOnTheImpossible(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Next(Listen, TimeWaitTimeout, Always)
}

// What other documents change goes before what §3.10 says, wherever both have a
// row for the case.
func TestAmendmentsGoFirst(t *testing.T) {
	amending := 0
	for n := 1; n <= len(Table); n++ {
		row := Row(n)
		if !Amends(n) {
			continue
		}
		amending++
		for s := range row.From.All() {
			if got := Lookup(s, row.On, row.If); !Amends(got) {
				t.Errorf("%v in %v takes row %d of §3.10, and not row %d (%s)", row.On, s, got, n, row.Ref)
			}
		}
	}
	if amending != len(amendments) || Row(len(Table)-amending).Ref != rfc9293[len(rfc9293)-1].Ref {
		t.Errorf("%d rows amend the RFC's, and not the last %d", amending, len(amendments))
	}
}

// A value that is no state and no event has a name too, which says so.
func TestValuesOutOfRangeHaveNames(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{State(NumStates).String(), "State(11)"},
		{State(NumStates - 1).String(), "TIME_WAIT"},
		{Event(NumEvents).String(), "Event(" + strconv.Itoa(NumEvents) + ")"},
		{Event(NumEvents - 1).String(), eventNames[NumEvents-1]},
		{(SndACK | SigEOF).String(), "snd ACK, signal EOF"},
		{Action(0).String(), ""},
		{In(Closed, TimeWait).String(), "CLOSED TIME_WAIT"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// Both ends agree on the numbers from ESTABLISHED on, and not before (§3.5.1).
func TestSynchronizedStates(t *testing.T) {
	var got States
	for s := range State(NumStates) {
		if s.Synchronized() {
			got |= In(s)
		}
	}
	if want := In(Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait); got != want {
		t.Errorf("synchronized are %v, want %v", got, want)
	}
}
