package drill

import (
	"slices"

	"github.com/lastack/lastack/internal/clock"
)

// An epoll is a descriptor of epoll_create on the lastack target: the sockets
// that it watches, in the order in which they were added.
type epoll struct{ items []*epollItem }

// An epollItem is one socket that is watched.
type epollItem struct {
	sock   *socket
	events int64 // asked for, with EPOLLET
	told   int64 // edge-triggered: what was told and has been so since
	unread int   // bytes that could be read when EPOLLIN was told
}

func (l *lastack) epollCreate() syscallResult {
	return value(int64(l.add(&socket{epoll: &epoll{}}).fd))
}

// epollCtl adds, changes or removes a socket.
func (l *lastack) epollCtl(s *socket, c *syscallArgs) syscallResult {
	target := l.socks[c.polls[0].fd]
	if target == nil {
		return errno("EBADF")
	}
	if s.epoll == nil || target == s {
		return errno("EINVAL")
	}
	at := -1
	for i, item := range s.epoll.items {
		if item.sock == target {
			at = i
		}
	}
	fresh := &epollItem{sock: target, events: c.polls[0].events}
	switch op := c.nums[0]; {
	case op == epollCtlAdd && at >= 0:
		return errno("EEXIST")
	case op == epollCtlAdd:
		s.epoll.items = append(s.epoll.items, fresh)
	case at < 0:
		return errno("ENOENT")
	case op == epollCtlMod:
		s.epoll.items[at] = fresh
	case op == epollCtlDel:
		s.epoll.items = append(s.epoll.items[:at], s.epoll.items[at+1:]...)
	default:
		return errno("EINVAL")
	}
	return value(0)
}

// epollWait tells what has happened to the sockets that are watched.
func (l *lastack) epollWait(s *socket, c *syscallArgs) (syscallResult, bool) {
	if s.epoll == nil {
		return errno("EINVAL"), true
	}
	if c.timeout > 0 && l.wake == clock.Never {
		l.wake = l.time.Add(c.timeout)
	}
	r := syscallResult{revents: make([]int64, len(c.polls))}
	for _, item := range s.epoll.items {
		if r.ret == c.nums[0] {
			break
		}
		events := item.due()
		if events == 0 {
			continue
		}
		r.ret++
		item.told, item.unread = events, item.sock.unread()
		for i := range c.polls {
			if c.polls[i].fd == item.sock.fd {
				r.revents[i] = events
			}
		}
	}
	if r.ret == 0 {
		r.revents = nil // whatever the script shows was not written
	}
	return r, r.ret > 0 || c.timeout == 0 || !l.time.Before(l.wake)
}

// due is the events to be told now: all that hold, or with EPOLLET all if one
// of them is new since they were last told, or more has come to be read.
func (i *epollItem) due() int64 {
	ready := i.sock.ready() & (i.events | pollErr | pollHup)
	edge := ready&^i.told != 0 || ready&pollIn != 0 && i.sock.unread() > i.unread
	if i.events&epollET != 0 && !edge {
		return 0
	}
	return ready
}

// watch notes what no longer holds, so that it is news when it holds again.
func (l *lastack) watch() {
	for _, s := range l.socks {
		if s.epoll == nil {
			continue
		}
		for _, item := range s.epoll.items {
			item.told &= item.sock.ready()
			item.unread = min(item.unread, item.sock.unread())
		}
	}
}

// forget takes a socket that is closed out of whatever watches it.
func (l *lastack) forget(s *socket) {
	for _, other := range l.socks {
		if other.epoll != nil {
			other.epoll.items = slices.DeleteFunc(other.epoll.items, func(i *epollItem) bool { return i.sock == s })
		}
	}
}

// unread is the bytes that could be read.
func (s *socket) unread() int {
	if s.conn == nil {
		return 0
	}
	return s.conn.Unread()
}
