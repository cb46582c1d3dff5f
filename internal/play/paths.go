package play

import (
	"slices"
	"time"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/trace"
)

// A Connection is what one end knew as one connection. Connections of the same
// two ports that follow one another are told apart, unless the later one
// reopens the earlier from TIME_WAIT.
type Connection struct {
	End   string
	Conn  trace.Conn
	Start time.Duration // of its first change of state
	Path  []fsm.State   // begins in LISTEN if a listener spawned it
	Rows  []int         // of fsm.Table, that of each change
}

// connections finds the connections in the order in which they appear.
// Listeners are none.
func connections(events []trace.Event) (all []Connection) {
	for i := range events {
		e := &events[i]
		if e.Kind != trace.State || e.Conn.IsListener() {
			continue
		}
		c := latest(all, e)
		if c == nil || c.over() && starts(e.From) {
			all = append(all, Connection{End: e.End, Conn: e.Conn, Start: e.Time, Path: []fsm.State{e.From}})
			c = &all[len(all)-1]
		}
		c.Path = append(c.Path, e.To)
		c.Rows = append(c.Rows, e.Row)
	}
	return all
}

// latest is the last connection with the end and the name of an event.
func latest(all []Connection, e *trace.Event) *Connection {
	for i := range slices.Backward(all) {
		if all[i].End == e.End && all[i].Conn == e.Conn {
			return &all[i]
		}
	}
	return nil
}

// over reports whether the connection has come to its end.
func (c *Connection) over() bool { return starts(c.Path[len(c.Path)-1]) }

// starts reports whether connections begin in a state; they end there too.
func starts(s fsm.State) bool { return s == fsm.Closed || s == fsm.Listen }

// path is the states of an end: its listener's until a connection comes of it,
// then those of its connection. The rows are those of the changes, nil if they
// are not known.
func path(events []trace.Event, all []Connection, end string) (way []fsm.State, rows []int) {
	first := firstOf(all, end)
	if first < 0 {
		return trace.Path(events, end), nil
	}
	way, rows = all[first].Path, all[first].Rows
	if way[0] != fsm.Listen {
		return way, rows
	}
	for _, e := range events {
		if e.Kind == trace.State && e.End == end && e.Conn.IsListener() && e.To == fsm.Listen {
			return append([]fsm.State{e.From}, way...), append([]int{e.Row}, rows...)
		}
	}
	return way, rows // it listened before the trace began
}

// firstOf is the first connection of an end that is the client's first too, or
// else its first at all; -1 if there is none.
func firstOf(all []Connection, end string) int {
	var conn trace.Conn
	for _, c := range slices.Backward(all) {
		if c.End == Client {
			conn = c.Conn
		}
	}
	shared := slices.IndexFunc(all, func(c Connection) bool {
		return c.End == end && (c.Conn == conn || c.Conn == conn.Reverse())
	})
	if shared >= 0 {
		return shared
	}
	return slices.IndexFunc(all, func(c Connection) bool { return c.End == end })
}

func equal(a, b []fsm.State) bool { return slices.Equal(a, b) }
