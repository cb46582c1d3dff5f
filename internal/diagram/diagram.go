// Package diagram draws: the state diagram of fsm.Table, and the sequence
// (ladder) diagram of any list of events. As text for a terminal, SVG, Mermaid,
// DOT, Markdown, JSON and self-contained HTML pages.
//
// Everything in a picture comes from the rows of the table or from the events;
// only the places of the eleven states are chosen by hand. The same input
// always gives the same picture.
package diagram

import (
	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// DefaultWidth is the width of text in columns if Options does not tell.
const DefaultWidth = 100

// Options is how a picture is to look.
type Options struct {
	Lang  explain.Lang
	Color bool   // text: with ANSI colours
	Width int    // text: columns, DefaultWidth if 0; ladders need at least 80
	Title string // above the picture; a fitting one if empty
	Text  string // HTML: paragraphs of explanation, separated by empty lines

	bare bool // SVG: without the title, because a page has it
}

func (o Options) width() int {
	if o.Width == 0 {
		return DefaultWidth
	}
	return max(o.Width, 80)
}

// say chooses between two languages.
func (o Options) say(en, zh string) string {
	if o.Lang == explain.ZH {
		return zh
	}
	return en
}

// A Path is a way through the state diagram, to be marked in it.
type Path struct {
	Name   string // "client"
	States []fsm.State
	Rows   []int // of fsm.Table, that of each step; not known if 0 or missing
	Dashed bool  // to tell two paths apart; textbooks draw the server's so
}

// row is the row of fsm.Table that leads to the path's nth state, 0 if it is not
// known.
func (p Path) row(nth int) int {
	if nth < 1 || nth > len(p.Rows) {
		return 0
	}
	return p.Rows[nth-1]
}

// offFigure reports whether the step to the nth state is known to be by a row
// that figure 5 does not draw.
func (p Path) offFigure(nth int) bool { return p.row(nth) != 0 && !fsm.Row(p.row(nth)).Fig5 }

// NormalPaths is the two paths of the usual connection, in which the client
// closes first: the client's solid, the server's dashed.
func NormalPaths(o Options) []Path {
	return []Path{
		{Name: o.say("client", "客户端"), States: []fsm.State{
			fsm.Closed, fsm.SynSent, fsm.Established, fsm.FinWait1, fsm.FinWait2, fsm.TimeWait, fsm.Closed,
		}},
		{Name: o.say("server", "服务端"), Dashed: true, States: []fsm.State{
			fsm.Closed, fsm.Listen, fsm.SynReceived, fsm.Established, fsm.CloseWait, fsm.LastAck, fsm.Closed,
		}},
	}
}

// MachineOptions is how the state diagram is to look.
type MachineOptions struct {
	Options
	All   bool   // every arrow of the table, not only those of figure 5
	Paths []Path // ways to be marked
}
