package explore

import (
	"slices"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/tcp"
)

// Events that tell the properties something.
var (
	// opening: the handshake is over at this end.
	opening = []fsm.Event{fsm.RcvACKofSYN, fsm.RcvSYNACK}
	// forcing: the end gives the connection up, which is an excuse for the peer's
	// being reset.
	forcing = []fsm.Event{
		fsm.UserTimeout, fsm.KeepAliveTimeout, fsm.FinWait2Timeout, fsm.RcvTextAfterClose, fsm.RcvHardError, fsm.CallAbort,
	}
	// closing: the connection ends as it should.
	closing = []fsm.Event{fsm.TimeWaitTimeout, fsm.RcvACKofFIN}
)

// note draws from the rows that were taken what the properties ask about.
func (t *turn) note(r tcp.Result) {
	for _, took := range r.Rows[:r.N] {
		t.rows[took.Row] = true
		t.noteRow(took)
	}
	if t.conn.State() >= fsm.SynReceived {
		t.peer = t.cfg.incarnationOf(t.conn.IRS()-frame(t.role).Rcv, t.inc)
	}
}

// noteRow is note for one row.
func (t *turn) noteRow(took tcp.Took) {
	if slices.Contains(opening, took.Event) {
		t.mark |= opened
	}
	if slices.Contains(forcing, took.Event) && took.From != fsm.Closed {
		t.step.excuses = true
	}
	if took.Event == fsm.TimeWaitTimeout && t.in.kind() == expires {
		t.mark |= waited
	}
	if took.To == fsm.Listen && took.From == fsm.SynReceived { // as if nothing had been
		t.ghost = ghost{role: t.role, inc: t.inc, mark: again}
	}
	if took.To == fsm.Closed && took.From != fsm.Closed {
		t.noteEnd(took)
	}
}

// noteEnd notes how the connection ended.
func (t *turn) noteEnd(took tcp.Took) {
	if slices.Contains(closing, took.Event) {
		t.mark |= clean
		return
	}
	t.mark |= failed
	switch {
	case took.Event != fsm.RcvRST || t.mark&opened == 0:
	case fsm.Row(int(took.Row)).Do&fsm.SigReset != 0:
		t.mark |= wasReset
	case fsm.In(fsm.Closing, fsm.LastAck).Has(took.From):
		t.mark |= cutOff
	}
}
