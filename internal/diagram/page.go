package diagram

import (
	"fmt"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// A section is one part of a state's page: a paragraph, or a list of ways.
type section struct {
	head string
	text string
	ways []explain.Way
}

// sections is what a state's page has, in order.
func sections(o Options, s fsm.State) []section {
	p := explain.State(o.Lang, s)
	return []section{
		{head: o.say("Meaning", "含义"), text: p.Meaning},
		{head: o.say("Which end", "哪一端"), text: p.Ends},
		{head: o.say("Ways in", "如何进入"), ways: explain.Into(s)},
		{head: o.say("Ways out", "如何离开"), ways: explain.OutOf(s)},
		{head: o.say("Meanwhile", "停留期间"), ways: explain.Staying(s)},
		{head: o.say("Timer", "定时器"), text: p.Timer},
		{head: o.say("What one sees", "看到什么"), text: p.Seen},
		{head: o.say("When many sit here", "大量停留时"), text: p.Trouble},
		{head: o.say("What to do", "怎么办"), text: p.Advice},
	}
}

// ref is where a way's row is written. Rows for several states bear the name of
// the first in their section's; a state's page leaves it out.
func ref(w explain.Way) string {
	text := w.Transition().Ref
	i := strings.LastIndexByte(text, ' ')
	if i < 0 || !strings.HasPrefix(text, "§") || strings.Trim(text[i+1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ-12") != "" {
		return text
	}
	return text[:i]
}

// describe is a way's cause and action.
func describe(l explain.Lang, w explain.Way) string {
	out := cause(l, w.Transition())
	if do := w.Transition().Do; do != 0 {
		out += " / " + explain.Action(l, do)
	}
	return out
}

// other is the state at the far end of a way, empty if it stays.
func other(w explain.Way, s fsm.State) string {
	switch {
	case w.From == w.To:
		return ""
	case w.From == s:
		return "─▶ " + w.To.String()
	}
	return w.From.String() + " ─▶"
}

// StateText writes a state's page for a terminal.
func StateText(o Options, s fsm.State) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s  %s\n", paint(s.String(), strong, o.Color), explain.State(o.Lang, s).Line)
	for _, sec := range sections(o, s) {
		if sec.text == "" && len(sec.ways) == 0 {
			continue
		}
		head := paint(sec.head, strong, o.Color)
		if len(sec.ways) > 0 {
			head += spaces(2+wayW+2-width(sec.head)) + paint(o.say("row  RFC 9293", " 行  出处"), faint, o.Color)
		}
		out.WriteString("\n" + head + "\n")
		for _, line := range wrap(sec.text, min(o.width(), 88)-2) {
			out.WriteString("  " + line + "\n")
		}
		for _, w := range sec.ways {
			wayText(&out, o, w, s)
		}
	}
	return out.String()
}

// wayW is the columns for a way's state, cause and action.
const wayW = 71

// wayText writes one way: the other state, cause and action, the row, and where
// it is written.
func wayText(out *strings.Builder, o Options, w explain.Way, s fsm.State) {
	const stateW, allW, refW = 14, wayW, 20
	name := other(w, s)
	if name != "" {
		name = pad(name, stateW) + " "
	}
	what := wrap(describe(o.Lang, w), allW-width(name))
	refs := wrap(ref(w), refW)
	for i := range max(len(what), len(refs)) {
		left, right := spaces(width(name)), ""
		if i < len(what) {
			left += what[i]
		}
		if i < len(refs) {
			right = spaces(5) + refs[i]
		}
		if i == 0 {
			left, right = name+what[0], fmt.Sprintf("%3d  %s", w.Row, refs[0])
		}
		out.WriteString(strings.TrimRight("  "+pad(left, allW)+"  "+paint(right, faint, o.Color), " ") + "\n")
	}
}

// StateMarkdown writes a state's page in Markdown.
func StateMarkdown(o Options, s fsm.State) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %v\n\n%s\n", s, explain.State(o.Lang, s).Line)
	for _, sec := range sections(o, s) {
		if sec.text == "" && len(sec.ways) == 0 {
			continue
		}
		fmt.Fprintf(&out, "\n## %s\n\n", sec.head)
		if sec.text != "" {
			out.WriteString(sec.text + "\n")
		}
		for _, w := range sec.ways {
			name := other(w, s)
			if name != "" {
				name = "`" + strings.NewReplacer("─▶", "→").Replace(name) + "` "
			}
			fmt.Fprintf(&out, "- %s%s (%s)\n", name, describe(o.Lang, w), ref(w))
		}
	}
	return out.String()
}

// A statePage is a state's page for programs.
type statePage struct {
	State   fsm.State `json:"state"`
	Line    string    `json:"line"`
	Meaning string    `json:"meaning"`
	Ends    string    `json:"ends"`
	In      []wayPage `json:"in"`
	Out     []wayPage `json:"out"`
	Stay    []wayPage `json:"stay"`
	Timer   string    `json:"timer"`
	Seen    string    `json:"seen"`
	Trouble string    `json:"trouble"`
	Advice  string    `json:"advice"`
}

// A wayPage is a way into a state or out of it, for programs.
type wayPage struct {
	From  fsm.State `json:"from"`
	To    fsm.State `json:"to"`
	Event string    `json:"event"`
	If    string    `json:"if,omitempty"`
	Do    string    `json:"do,omitempty"`
	Row   int       `json:"row"`
	Ref   string    `json:"ref"`
}

// StateJSON writes a state's page as a JSON object.
func StateJSON(o Options, s fsm.State) string {
	p := explain.State(o.Lang, s)
	ways := func(in []explain.Way) []wayPage {
		out := []wayPage{}
		for _, w := range in {
			row := w.Transition()
			out = append(out, wayPage{w.From, w.To, explain.Event(o.Lang, row.On), explain.Guard(o.Lang, row.If), explain.Action(o.Lang, row.Do), w.Row, ref(w)})
		}
		return out
	}
	return indented(statePage{
		s, p.Line, p.Meaning, p.Ends, ways(explain.Into(s)), ways(explain.OutOf(s)), ways(explain.Staying(s)),
		p.Timer, p.Seen, p.Trouble, p.Advice,
	})
}
