package diagram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/explain"
)

// A rowText is a row of fsm.Table in words.
type rowText struct {
	Row        int         `json:"row"`
	From       []fsm.State `json:"from"`
	Event      string      `json:"event"`
	If         string      `json:"if,omitempty"`
	To         *fsm.State  `json:"to"` // null: the state does not change
	Do         []string    `json:"do"`
	Figure5    bool        `json:"figure5"`
	Amends     bool        `json:"amends,omitempty"`     // from another document than RFC 9293 §3.10
	Superseded bool        `json:"superseded,omitempty"` // never taken, because a row that amends takes its place
	Ref        string      `json:"ref"`

	actions string // Do in one line
}

// rowsText is the table in words.
func rowsText(l explain.Lang) []rowText {
	out := make([]rowText, 0, len(fsm.Table))
	for i := range fsm.Table {
		row := &fsm.Table[i]
		r := rowText{
			Row: i + 1, From: slices.Collect(row.From.All()), Event: explain.Event(l, row.On), If: explain.Guard(l, row.If),
			Do: []string{}, Figure5: row.Fig5, Amends: fsm.Amends(i + 1), Superseded: fsm.Superseded(i + 1), Ref: row.Ref,
			actions: explain.Action(l, row.Do),
		}
		if row.To != fsm.Same {
			r.To = &row.To
		}
		for a := fsm.Action(1); a <= row.Do; a <<= 1 {
			if row.Do&a != 0 {
				r.Do = append(r.Do, explain.Action(l, a))
			}
		}
		out = append(out, r)
	}
	return out
}

// to is the next state, or "=" if it stays.
func (r rowText) to() string {
	if r.To == nil {
		return "="
	}
	return r.To.String()
}

// note is a mark for rows that are special: 5 drawn in figure 5, + amends, x
// superseded.
func (r rowText) note() string {
	switch {
	case r.Figure5:
		return "5"
	case r.Amends:
		return "+"
	case r.Superseded:
		return "x"
	}
	return ""
}

// event is the cause with its guard.
func (r rowText) event() string {
	if r.If == "" {
		return r.Event
	}
	return r.Event + " [" + r.If + "]"
}

// notes explains the marks of note.
func notes(o Options) string {
	return o.say(
		"5 drawn in figure 5   + another RFC amends §3.10   x superseded by a row with +   = the state stays",
		"5 图 5 画出   + 由其他 RFC 修订 §3.10   x 被带 + 的行取代   = 状态不变")
}

// RowsJSON writes the rows of the table as a JSON array.
func RowsJSON(o Options) string { return indented(rowsText(o.Lang)) }

// indented is v as JSON for people to read, with "<" and ">" as they are.
func indented(v any) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic("BUG: " + err.Error())
	}
	return buf.String()
}

// heads is the titles of the table's columns.
func heads(o Options) []string {
	if o.Lang == explain.ZH {
		return []string{"行", "", "状态", "事件 [条件]", "下一状态", "动作", "出处"}
	}
	return []string{"row", "", "in state", "event [condition]", "to", "action", "RFC 9293"}
}

// cells is a row's columns.
func (r rowText) cells() []string {
	from := fsm.In(r.From...).String()
	return []string{fmt.Sprintf("%3d", r.Row), r.note(), from, r.event(), r.to(), r.actions, r.Ref}
}

// RowsMarkdown writes the rows of the table as a Markdown table.
func RowsMarkdown(o Options) string {
	var out strings.Builder
	line := func(cells []string) {
		out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line(heads(o))
	line([]string{"--:", "---", "---", "---", "---", "---", "---"})
	for _, r := range rowsText(o.Lang) {
		line(r.cells())
	}
	return out.String() + "\n" + notes(o) + "\n"
}

// RowsText writes the rows of the table for a terminal.
func RowsText(o Options) string {
	var out strings.Builder
	widths := []int{3, 1, 22, 20, 11, 15, 20}
	line := func(cells []string, st style) {
		columns, high := make([][]string, len(cells)), 1
		for i, c := range cells {
			columns[i] = wrap(c, widths[i])
			if i == 0 {
				columns[i] = []string{c} // keeps its spaces
			}
			high = max(high, len(columns[i]))
		}
		for y := range high {
			text := ""
			for i, c := range columns {
				part := ""
				if y < len(c) {
					part = c[y]
				}
				text += pad(part, widths[i]) + " "
			}
			out.WriteString(paint(strings.TrimRight(text, " "), st, o.Color) + "\n")
		}
	}
	line(heads(o), strong)
	for _, r := range rowsText(o.Lang) {
		st := normal
		if r.Superseded {
			st = faint
		}
		line(r.cells(), st)
	}
	return out.String() + "\n" + notes(o) + "\n"
}
