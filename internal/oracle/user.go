package oracle

// call makes a call, if there is something to make it on. What the user has is
// decided here and not by the systems, so that they are used alike. To keep
// words comparable, he opens once in a word, and sends only when the tester has
// acknowledged what he sent before.
func (t *Tester) call(c Call) Result {
	u := &t.user
	if !u.may(c) {
		return NoObject
	}
	r := t.System.Call(c)
	t.note(Event{Call: c, Result: r})
	switch c {
	case Listen:
		u.opened, u.listener = true, true
	case Connect:
		if r == OK {
			u.opened, u.conn, u.listener = true, true, false
		}
	case Accept:
		u.conn = r == OK
		u.told, u.unacked = false, false
	case Send:
		u.unacked = r == OK
	case Close, Abort:
		if !u.conn {
			u.listener = false
		}
		u.conn = false
		return OK // whatever is left of the connection, the user is rid of it
	case Shutdown:
		return OK // systems disagree on what to call it when there is nothing to shut down
	case Read, NoCall:
	}
	return u.once(c, r)
}

// may reports whether there is something that the call can be made on.
func (u *user) may(c Call) bool {
	switch c {
	case Listen:
		return !u.opened
	case Connect:
		return !u.opened || u.listener && !u.conn
	case Accept:
		return u.listener && !u.conn
	case Close:
		return u.conn || u.listener
	case Send:
		return u.conn && !u.unacked
	default:
		return u.conn
	}
}

// once makes results comparable when the connection has ended: the first call
// says why, and how often it is said again is up to the interface.
func (u *user) once(c Call, r Result) Result {
	if c != Send && c != Read {
		return r
	}
	if u.told {
		return Dead
	}
	switch r {
	case OK, Text, EOF, NotYet, Closing:
	default:
		u.told = true
	}
	return r
}
