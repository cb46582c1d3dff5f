package matrix

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
)

// A Case is one meeting of a state and a segment.
type Case struct {
	State   fsm.State
	Active  bool   // lastack sent the first SYN
	Segment string // as the table calls it: flags, hard or soft
	Seq     string // the position of SEQ, or of what an ICMP error quotes
	Ack     string // that of ACK; empty: the segment has none
	IPv6    bool
}

// The segments of the table, and the positions of their numbers.
var (
	segments = strings.Fields("S S. . R R. F F. P. U. - SF hard soft")
	seqs     = strings.Fields("left edge inside right outside")
	acks     = strings.Fields("ancient old una inside nxt beyond")
)

// segmentNames is how files are named after segments.
var segmentNames = map[string]string{
	"S": "syn", "S.": "syn-ack", ".": "ack", "R": "rst", "R.": "rst-ack", "F": "fin", "F.": "fin-ack",
	"P.": "text", "U.": "urgent", "-": "no-flags", "SF": "syn-fin", "hard": "icmp-hard", "soft": "icmp-soft",
}

// Cases is all cases: each state by both openers where it can be reached both
// ways, and each position that is a number of its own.
func Cases() (all []Case) {
	for _, ipv6 := range []bool{false, true} {
		for s := range fsm.State(fsm.NumStates) {
			for _, active := range openers(s) {
				all = append(all, casesOf(s, active, ipv6)...)
			}
		}
	}
	return all
}

// openers is how a state can be reached: by passive OPEN, active OPEN, or both.
func openers(s fsm.State) []bool {
	switch s {
	case fsm.Listen:
		return []bool{false}
	case fsm.SynSent:
		return []bool{true}
	default:
		return []bool{false, true}
	}
}

// casesOf is the cases of one state.
func casesOf(s fsm.State, active, ipv6 bool) (all []Case) {
	sit := situationOf(s, active)
	for _, seg := range segments {
		for _, q := range seqs {
			if isICMP(seg) && !sit.quotes(q) {
				continue
			}
			for _, a := range sit.acksOf(seg) {
				all = append(all, Case{s, active, seg, q, a, ipv6})
			}
		}
	}
	return all
}

func isICMP(segment string) bool { return segment == "hard" || segment == "soft" }

func hasACK(segment string) bool { return strings.HasSuffix(segment, ".") }

// opener is a word for the side that opened.
func (c *Case) opener() string {
	if c.Active {
		return "active"
	}
	return "passive"
}

// version is the version of IP.
func (c *Case) version() string {
	if c.IPv6 {
		return "ipv6"
	}
	return "ipv4"
}

// String names the case, as the path of a script.
func (c *Case) String() string {
	state := strings.ToLower(strings.ReplaceAll(c.State.String(), "_", "-"))
	name := fmt.Sprintf("matrix/%s/%s-%s/%s-%s", c.version(), state, c.opener(), segmentNames[c.Segment], c.Seq)
	if c.Ack != "" {
		name += "-ack-" + c.Ack
	}
	return name + ".pkt"
}
