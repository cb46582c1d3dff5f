package mutant

// timestamps is faults of RFC 7323.
var timestamps = []Mutant{
	{
		Name: "paws-off", Rule: "RFC 7323 §5.3",
		Fault: "a segment with an old timestamp is taken: sequence numbers that have wrapped are mistaken",
		Edits: []Edit{{optionFile, "case int32(o.TSVal-n.TSRecent) < 0 &&", "case false &&"}},
	},
	{
		Name: "paws-reversed", Rule: "RFC 7323 §5.3",
		Fault: "new timestamps are held for old ones",
		Edits: []Edit{{optionFile, "case int32(o.TSVal-n.TSRecent) < 0 &&", "case int32(o.TSVal-n.TSRecent) > 0 &&"}},
	},
	{
		Name: "timestamp-of-any-segment", Rule: "RFC 7323 §4.3",
		Fault: "TS.Recent is taken from segments that are ahead too: what fills the gap then looks old",
		Edits: []Edit{{optionFile, "seg.Opts.HasTS && !seg.Seq.After(n.LastACK) {", "seg.Opts.HasTS {"}},
	},
	{
		Name: "window-not-scaled", Rule: "RFC 7323 §2.3",
		Fault: "the peer's shift count is agreed on and then forgotten",
		Edits: []Edit{{stepsFile, "return uint32(seg.Wnd) << c.tcb.Opts.SndWShift", "return uint32(seg.Wnd)"}},
	},
}
