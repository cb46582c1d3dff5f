package drill

import (
	"strings"
	"testing"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/drill/matrix"
)

// The scripts of the matrix can fail: with any other answer, and with any other
// state afterwards, lastack does not pass them.
func TestMatrixFindsWrongAnswersAndStates(t *testing.T) {
	rules, cases := matrix.Table(), matrix.Cases()
	tried := map[[2]int]bool{} // by rule and state
	for i := range cases {
		c := &cases[i]
		r := matrix.Find(rules, c)
		if key := [2]int{r.Line, int(c.State)}; !tried[key] {
			tried[key] = true
			for _, wrong := range falsified(c, r) {
				if res := Run(Source{Name: c.String(), Text: matrix.Write(c, &wrong)}, Options{}); res.Status != Failed {
					t.Errorf("%s expects %s and %s instead of %s and %s, and has %v", c.String(), wrong.Answer, wrong.After, r.Answer, r.After, res.Status)
				}
			}
		}
	}
}

// falsified is the rule of a case with one wrong expectation at a time.
func falsified(c *matrix.Case, r *matrix.Rule) (all []matrix.Rule) {
	icmp := c.Segment == "hard" || c.Segment == "soft"
	for _, answer := range strings.Fields("none ack take rst rst-ack syn-ack syn-done") {
		wrong := *r
		wrong.Answer = answer
		if !icmp && answer != r.Answer && !alike(c, r.Answer, answer) {
			all = append(all, wrong)
		}
	}
	for s := range fsm.State(fsm.NumStates) {
		wrong := *r
		wrong.After = s.String()
		if !looksLike(c, r.After, s) {
			all = append(all, wrong)
		}
	}
	return all
}

// alike reports whether two answers are the same segment for a case: an ACK of
// all of a segment of one number, or of none.
func alike(c *matrix.Case, a, b string) bool {
	one := strings.ContainsAny(c.Segment, "SF") && c.Segment != "SF"
	ofAll := func(x, y string) bool {
		return x == "take" && (y == "syn-done" && one || y == "ack" && c.Segment == ".")
	}
	return ofAll(a, b) || ofAll(b, a)
}

// looksLike reports whether a state is the one that is expected, or cannot be
// told from it: where somebody listens, LISTEN is what a connection leaves that
// is CLOSED.
func looksLike(c *matrix.Case, after string, s fsm.State) bool {
	if after == "same" {
		after = c.State.String()
	}
	closed := func(name string) bool { return name == "CLOSED" || name == "LISTEN" }
	return after == s.String() || !c.Active && closed(after) && closed(s.String())
}
