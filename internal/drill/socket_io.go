package drill

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strings"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
)

func (l *lastack) read(s *socket, c *syscallArgs) (syscallResult, bool) {
	if other := c.flags &^ (msgPeek | msgDontWait | msgNoSignal); other != 0 {
		return syscallResult{missing: need("recv with " + flagNames(other))}, true
	}
	if s.conn == nil {
		return errno("ENOTCONN"), true
	}
	if c.flags&msgPeek != 0 && s.conn.Unread() > 0 {
		return value(int64(min(s.conn.Unread(), c.size))), true
	}
	n, err := s.conn.Read(l.time, make([]byte, c.size))
	switch {
	case err == io.EOF, s.readShut && n == 0:
		return value(0), true
	case err != nil && (s.told || s.conn.Err() == nil):
		return value(0), true // the error was told before: now it is the end
	case err != nil:
		s.told = true
		return errnoOf(err), true
	case n == 0 && c.size > 0:
		return errno("EAGAIN"), s.nonblock || c.flags&msgDontWait != 0
	}
	return value(int64(n)), true
}

// write sends zeros. A call that blocks goes on until all is taken; what it has
// sent so far is kept in size.
func (l *lastack) write(s *socket, c *syscallArgs) (syscallResult, bool) {
	if other := c.flags &^ (msgOOB | msgDontWait | msgNoSignal | msgMore | msgFastOpen); other != 0 {
		return syscallResult{missing: need("send with " + flagNames(other))}, true
	}
	if c.flags&msgFastOpen != 0 && (s.conn == nil || s.opening) {
		return l.openFast(s, c, c.addr)
	}
	if s.opensAt.IsValid() && (s.conn == nil || s.opening) {
		return l.openFast(s, c, s.opensAt)
	}
	if s.conn == nil || s.sendShut {
		return errno("EPIPE"), true
	}
	wait := !s.nonblock && c.flags&msgDontWait == 0
	opening := s.conn.State() == fsm.SynSent || s.conn.State() == fsm.SynReceived && !s.conn.FastOpened()
	if opening {
		return errno("EAGAIN"), !wait
	}
	if s.conn.State() == fsm.Closed {
		return s.fault("EPIPE"), true
	}
	n, err := l.send(s, c.flags, c.size-int(c.optVal))
	c.optVal += int64(n)
	switch {
	case err != nil && c.optVal == 0:
		return errnoOf(err), true
	case c.optVal == 0 && c.size > 0:
		return errno("EAGAIN"), !wait
	case int(c.optVal) < c.size && wait && err == nil:
		return syscallResult{}, false
	}
	return value(c.optVal), true
}

// send gives the connection n bytes of zeros, or as many as it takes.
func (l *lastack) send(s *socket, flags int64, n int) (int, error) {
	s.conn.SetMore(s.cork || flags&msgMore != 0)
	if flags&msgOOB != 0 {
		return s.conn.WriteUrgent(l.time, make([]byte, n))
	}
	return s.conn.Write(l.time, make([]byte, n))
}

// flagNames is the names of the flags of send and recv, for people.
func flagNames(flags int64) string {
	var names []string
	for name, v := range constants {
		if strings.HasPrefix(name, "MSG_") && flags&v != 0 {
			names = append(names, name)
			flags &^= v
		}
	}
	if flags != 0 {
		names = append(names, fmt.Sprintf("%#x", flags))
	}
	slices.Sort(names)
	return strings.Join(names, "|")
}

func (s *socket) fcntl(c *syscallArgs) syscallResult {
	switch {
	case c.nums[0] == fGetFL && s.nonblock:
		return value(oRDWR | oNonblock)
	case c.nums[0] == fGetFL:
		return value(oRDWR)
	case c.nums[0] == fSetFL && len(c.nums) == 2:
		s.nonblock = c.nums[1]&oNonblock != 0
		return value(0)
	}
	return errno("EINVAL")
}

func (s *socket) ioctl(c *syscallArgs) syscallResult {
	if s.conn == nil {
		return errno("EINVAL")
	}
	info := s.conn.Info()
	switch c.nums[0] {
	case sioInQ:
		return syscallResult{out: int64(info.RecvQueue), hasOut: true}
	case sioOutQ:
		return syscallResult{out: int64(info.SendQueue), hasOut: true}
	case sioOutQNSD:
		return syscallResult{out: int64(info.Unsent), hasOut: true}
	}
	return errno("EINVAL")
}

// poll looks at what could be done without waiting.
func (l *lastack) poll(c *syscallArgs) (syscallResult, bool) {
	if c.timeout > 0 && l.wake == clock.Never {
		l.wake = l.time.Add(c.timeout)
	}
	r := syscallResult{revents: make([]int64, len(c.polls))}
	for i, p := range c.polls {
		s := l.socks[p.fd]
		if s == nil {
			r.revents[i] = 32 // POLLNVAL
		} else {
			r.revents[i] = s.ready() & (p.events | pollErr | pollHup)
		}
		if r.revents[i] != 0 {
			r.ret++
		}
	}
	timedOut := c.timeout == 0 || !l.time.Before(l.wake)
	return r, r.ret > 0 || timedOut
}

// ready is the events of a socket, as Linux's tcp_poll has them.
func (s *socket) ready() (events int64) {
	if s.ln != nil {
		if _, waiting, _ := s.ln.Queues(); waiting > 0 {
			return pollIn
		}
		return 0
	}
	if s.conn == nil {
		return pollOut | pollHup
	}
	state := s.conn.State()
	peerDone := fsm.In(fsm.CloseWait, fsm.LastAck, fsm.Closing, fsm.TimeWait, fsm.Closed).Has(state) || s.readShut
	sendDone := s.sendShut || state == fsm.Closed
	switch {
	case state == fsm.SynSent, state == fsm.SynReceived && !s.conn.FastOpened():
		return 0
	case peerDone && sendDone:
		events |= pollHup
	}
	if peerDone {
		events |= pollIn | pollRDHup
	}
	if s.conn.Unread() > 0 {
		events |= pollIn
	}
	if s.conn.Room() > 0 && s.conn.Unsent() < s.lowat() || sendDone {
		events |= pollOut
	}
	if err := s.conn.Err(); err != nil && !s.told && !errors.Is(err, net.ErrClosed) {
		events |= pollErr
	}
	return events
}

// lowat is TCP_NOTSENT_LOWAT: with so many bytes unsent the socket is not
// writable.
func (s *socket) lowat() int {
	if v := s.opts[[2]int64{solTCP, tcpNotSentLowat}]; v > 0 {
		return int(v)
	}
	return math.MaxInt
}
