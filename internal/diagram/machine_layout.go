package diagram

import "github.com/lastack/lastack/fsm"

// The layout of the state diagram is chosen by hand, after figure 5, in the
// character cells of a terminal. SVG uses the same places, a cell being
// cellW by cellH pixels.

// A point is a character cell: column and line.
type point struct{ x, y int }

// A place is where a state's box stands. Boxes are boxW by boxH cells.
type place struct {
	state fsm.State
	at    point // the top left corner
}

const (
	boxW, boxH = 15, 3
	pictureW   = 98
	pictureH   = 42
	reopenedH  = 2 // more of it for the label of the arrow from TIME_WAIT to SYN_RCVD

	left, middle, right = 4, 41, 78 // the boxes' columns
)

// places is the boxes. CLOSED is there twice, as in figure 5: where connections
// begin and where they end.
var places = []place{
	{fsm.Closed, point{middle, 0}},
	{fsm.Listen, point{middle, 8}},
	{fsm.SynReceived, point{left, 13}},
	{fsm.SynSent, point{right, 13}},
	{fsm.Established, point{middle, 18}},
	{fsm.FinWait1, point{left, 25}},
	{fsm.CloseWait, point{right, 25}},
	{fsm.FinWait2, point{left, 31}},
	{fsm.Closing, point{middle, 31}},
	{fsm.LastAck, point{right, 31}},
	{fsm.TimeWait, point{middle, 37}},
	{fsm.Closed, point{right, 37}},
}

// A route is the line of an arrow: from the edge of the first box over corners
// to the edge of the second. The points are the first and last cell outside the
// boxes and the corners between.
type route struct {
	from, to fsm.State
	line     []point
	label    label
	both     bool // stands for the way back as well; its label has a line for each
	final    bool // ends in a mark that stands for CLOSED
}

// A label is where a route's text stands. On a horizontal line the cause is
// above it and the action below, as in figure 5; beside a vertical one they
// stand below each other.
type label struct {
	at    point // of the cause; for a label that ends there, its last column
	ends  bool
	split bool // the action is two lines below the cause, with the arrow between
	width int  // the columns there are
}

// routes is the lines of the arrows of figure 5.
var routes = []route{
	{from: fsm.Closed, to: fsm.Listen, line: []point{{46, 3}, {46, 7}}, label: label{at: point{44, 3}, ends: true, width: 30}},
	{from: fsm.Listen, to: fsm.Closed, line: []point{{50, 7}, {50, 3}}, label: label{at: point{52, 6}, width: 24}},
	{from: fsm.Closed, to: fsm.SynSent, line: []point{{56, 1}, {90, 1}, {90, 12}}, label: label{at: point{60, 0}, split: true, width: 28}},
	{from: fsm.SynSent, to: fsm.Closed, line: []point{{85, 12}, {85, 4}, {54, 4}, {54, 3}}, label: label{at: point{60, 3}, split: true, width: 24}},
	{from: fsm.Listen, to: fsm.SynSent, line: []point{{56, 9}, {80, 9}, {80, 12}}, label: label{at: point{58, 8}, split: true, width: 21}},
	{from: fsm.Listen, to: fsm.SynReceived, line: []point{{40, 9}, {14, 9}, {14, 12}}, label: label{at: point{18, 8}, split: true, width: 21}},
	{from: fsm.SynReceived, to: fsm.Listen, line: []point{{8, 12}, {8, 5}, {43, 5}, {43, 7}}, label: label{at: point{12, 4}, split: true, width: 28}},
	{from: fsm.SynSent, to: fsm.SynReceived, line: []point{{77, 14}, {19, 14}}, label: label{at: point{43, 13}, split: true, width: 30}},
	{from: fsm.SynReceived, to: fsm.Established, line: []point{{16, 16}, {16, 19}, {40, 19}}, label: label{at: point{20, 18}, split: true, width: 19}},
	{from: fsm.SynSent, to: fsm.Established, line: []point{{82, 16}, {82, 19}, {56, 19}}, label: label{at: point{59, 18}, split: true, width: 22}},
	{from: fsm.SynReceived, to: fsm.FinWait1, line: []point{{8, 16}, {8, 24}}, label: label{at: point{10, 20}, width: 12}},
	{from: fsm.Established, to: fsm.FinWait1, line: []point{{45, 21}, {45, 23}, {14, 23}, {14, 24}}, label: label{at: point{25, 22}, split: true, width: 19}},
	{from: fsm.Established, to: fsm.CloseWait, line: []point{{51, 21}, {51, 23}, {85, 23}, {85, 24}}, label: label{at: point{57, 22}, split: true, width: 27}},
	{from: fsm.FinWait1, to: fsm.FinWait2, line: []point{{11, 28}, {11, 30}}, label: label{at: point{13, 28}, width: 18}},
	{from: fsm.FinWait1, to: fsm.Closing, line: []point{{19, 26}, {48, 26}, {48, 30}}, label: label{at: point{22, 25}, split: true, width: 25}},
	{from: fsm.CloseWait, to: fsm.LastAck, line: []point{{85, 28}, {85, 30}}, label: label{at: point{83, 28}, ends: true, width: 24}},
	{from: fsm.FinWait2, to: fsm.TimeWait, line: []point{{11, 34}, {11, 38}, {40, 38}}, label: label{at: point{14, 37}, split: true, width: 26}},
	{from: fsm.Closing, to: fsm.TimeWait, line: []point{{48, 34}, {48, 36}}, label: label{at: point{50, 34}, width: 16}},
	{from: fsm.LastAck, to: fsm.Closed, line: []point{{85, 34}, {85, 36}}, label: label{at: point{83, 34}, ends: true, width: 16}},
	{from: fsm.TimeWait, to: fsm.Closed, line: []point{{56, 38}, {77, 38}}, label: label{at: point{59, 37}, split: true, width: 18}},
}

// moreRoutes is the lines of the arrows that figure 5 leaves out. What ends a
// connection at once goes to a mark beside the box, so that long lines to CLOSED
// do not hide the rest; a state whose arrow to CLOSED is in figure 5 has one for
// its other ways there.
var moreRoutes = []route{
	{from: fsm.SynReceived, to: fsm.Closed, line: []point{{12, 16}, {12, 17}}, final: true},
	{from: fsm.Established, to: fsm.Closed, line: []point{{48, 21}, {48, 22}}, final: true},
	{from: fsm.FinWait1, to: fsm.Closed, line: []point{{3, 26}, {2, 26}}, final: true},
	{from: fsm.FinWait2, to: fsm.Closed, line: []point{{3, 32}, {2, 32}}, final: true},
	{from: fsm.CloseWait, to: fsm.Closed, line: []point{{93, 26}, {94, 26}}, final: true},
	{from: fsm.Closing, to: fsm.Closed, line: []point{{56, 32}, {57, 32}}, final: true},
	{from: fsm.Listen, to: fsm.Closed, line: []point{{48, 11}, {48, 12}}, final: true},
	{from: fsm.SynSent, to: fsm.Closed, line: []point{{93, 14}, {94, 14}}, final: true},
	{from: fsm.LastAck, to: fsm.Closed, line: []point{{93, 32}, {94, 32}}, final: true},
	{from: fsm.TimeWait, to: fsm.Closed, line: []point{{52, 40}, {52, 41}}, final: true},
	{from: fsm.TimeWait, to: fsm.SynReceived, line: []point{{48, 40}, {48, 41}, {1, 41}, {1, 14}, {3, 14}}, label: label{at: point{3, 42}}, both: true},
}
