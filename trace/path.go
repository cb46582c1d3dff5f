package trace

import "github.com/lastack/lastack/fsm"

// Path is the states that an end went through, from the first to the last: its
// listener's until a connection comes of it, then those of that end's first
// connection, which starts in LISTEN if the listener spawned it. Neighbours
// that are equal count once. An end to which nothing happened is in CLOSED.
//
// Later connections of the same end are not in it; see Conns and PathOf.
func Path(events []Event, end string) []fsm.State {
	var listener, conn Conn
	for _, e := range events {
		switch {
		case e.End != end || e.Kind != State:
		case e.Conn.IsListener() && listener == Conn{}:
			listener = e.Conn
		case !e.Conn.IsListener() && conn == Conn{}:
			conn = e.Conn
		}
	}
	own := states(nil, events, end, conn)
	if len(own) == 0 || own[0] == fsm.Listen {
		opened := states(nil, events, end, listener)
		if len(own) > 0 {
			opened = upToListen(opened)
		}
		own = merge(opened, own...)
	}
	return orClosed(own)
}

// PathOf is the states of one connection at one end, named as that end sees
// it. A connection that a listener spawned starts in LISTEN; one to which
// nothing happened is in CLOSED.
func PathOf(events []Event, end string, conn Conn) []fsm.State {
	return orClosed(states(nil, events, end, conn))
}

// Conns is the connections of an end in the order in which they first appear,
// without listeners.
func Conns(events []Event, end string) (conns []Conn) {
	seen := map[Conn]bool{}
	for _, e := range events {
		if e.End == end && !e.Conn.IsListener() && !seen[e.Conn] {
			seen[e.Conn] = true
			conns = append(conns, e.Conn)
		}
	}
	return conns
}

// states appends the states of one connection to path.
func states(path []fsm.State, events []Event, end string, conn Conn) []fsm.State {
	for _, e := range events {
		if e.Kind == State && e.End == end && e.Conn == conn {
			path = merge(path, e.From, e.To)
		}
	}
	return path
}

// merge appends states to path, leaving out those equal to the one before.
func merge(path []fsm.State, more ...fsm.State) []fsm.State {
	for _, s := range more {
		if len(path) == 0 || path[len(path)-1] != s {
			path = append(path, s)
		}
	}
	return path
}

// upToListen cuts a listener's path after its first LISTEN: what the listener
// does later is not the connection's.
func upToListen(path []fsm.State) []fsm.State {
	for i, s := range path {
		if s == fsm.Listen {
			return path[:i+1]
		}
	}
	return path
}

func orClosed(path []fsm.State) []fsm.State {
	if len(path) == 0 {
		return []fsm.State{fsm.Closed}
	}
	return path
}
