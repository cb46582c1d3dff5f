package drill

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"github.com/lastack/lastack/fsm"
	"github.com/lastack/lastack/internal/clock"
	"github.com/lastack/lastack/internal/stack"
)

// A socket is a descriptor of the lastack target: what Linux's socket calls
// make of a listener or a connection.
type socket struct {
	fd       int
	nonblock bool
	bound    netip.AddrPort
	ln       *stack.Listener
	conn     *stack.Conn
	opening  bool           // connect has not told its end yet
	opensAt  netip.AddrPort // where the first write opens a connection
	told     bool           // the error of the connection has been reported
	readShut bool           // no more is read
	sendShut bool           // no more is sent
	linger   *int64
	cork     bool       // TCP_CORK
	epoll    *epoll     // not nil: it is no connection, but watches some
	until    clock.Time // when a lingering close gives up
	opts     map[[2]int64]int64
	control  string // TCP_CONGESTION; empty: not set
}

// syscall makes a call. ok is false as long as it would block.
func (l *lastack) syscall(c *syscallArgs) (r syscallResult, ok bool) {
	if c.name == "socket" {
		return l.newSocket(c), true
	}
	switch c.name {
	case "poll":
		return l.poll(c)
	case "epoll_create", "epoll_create1":
		return l.epollCreate(), true
	}
	s := l.socks[c.fd]
	if s == nil {
		return errno("EBADF"), true
	}
	if s.epoll != nil && c.name != "epoll_ctl" && c.name != "epoll_wait" && c.name != "close" {
		return errno("EINVAL"), true
	}
	if c.null && c.size > 0 && s.conn != nil {
		return errno("EFAULT"), true
	}
	switch c.name {
	case "epoll_ctl":
		return l.epollCtl(s, c), true
	case "epoll_wait":
		return l.epollWait(s, c)
	case "bind":
		return l.bind(s, c), true
	case "listen":
		return l.listen(s, c), true
	case "accept", "accept4":
		return l.accept(s, c)
	case "connect":
		return l.connect(s, c)
	case "read", "readv", "recv", "recvfrom", "recvmsg":
		return l.read(s, c)
	case "write", "writev", "send", "sendto", "sendmsg":
		return l.write(s, c)
	case "close":
		return l.closeSocket(s)
	case "shutdown":
		return l.shutdown(s, c.nums[0]), true
	case "fcntl":
		return s.fcntl(c), true
	case "setsockopt":
		return l.setOption(s, c), true
	case "getsockopt":
		return l.getOption(s, c), true
	case "ioctl":
		return s.ioctl(c), true
	}
	return syscallResult{missing: need("the system call " + c.name)}, true
}

// value is a result without an error.
func value(n int64) syscallResult { return syscallResult{ret: n} }

// errno is a result with an error.
func errno(name string) syscallResult { return syscallResult{ret: -1, errno: name} }

// errnoOf is the result that an error of the stack is.
func errnoOf(err error) syscallResult {
	var n syscall.Errno
	switch {
	case errors.Is(err, net.ErrClosed):
		return errno("EPIPE")
	case errors.As(err, &n):
		if name, ok := errnoNames[n]; ok {
			return errno(name)
		}
	}
	return errno("EIO")
}

// errnoNames is the errors that the stack has.
var errnoNames = map[syscall.Errno]string{
	syscall.ECONNRESET: "ECONNRESET", syscall.ECONNREFUSED: "ECONNREFUSED", syscall.ETIMEDOUT: "ETIMEDOUT",
	syscall.EPIPE: "EPIPE", syscall.ENOTCONN: "ENOTCONN", syscall.EISCONN: "EISCONN", syscall.EHOSTUNREACH: "EHOSTUNREACH",
	syscall.ENETUNREACH: "ENETUNREACH", syscall.ENOPROTOOPT: "ENOPROTOOPT", syscall.EACCES: "EACCES", syscall.EPROTO: "EPROTO",
	syscall.EADDRINUSE: "EADDRINUSE", syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.EINVAL: "EINVAL",
}

func (l *lastack) newSocket(c *syscallArgs) syscallResult {
	if len(c.nums) != 3 || c.nums[1]&0xf != constants["SOCK_STREAM"] || c.nums[2] != solTCP && c.nums[2] != 0 {
		return syscallResult{missing: need("sockets other than TCP's")}
	}
	return value(int64(l.add(&socket{nonblock: c.nums[1]&sockNonblock != 0}).fd))
}

// add gives a socket a descriptor.
func (l *lastack) add(s *socket) *socket {
	l.last++
	s.fd = l.last
	s.opts = map[[2]int64]int64{}
	l.socks[s.fd] = s
	return s
}

func (l *lastack) bind(s *socket, c *syscallArgs) syscallResult {
	if s.bound.IsValid() || s.conn != nil || s.ln != nil {
		return errno("EINVAL")
	}
	s.bound = c.addr
	return value(0)
}

// listen begins to listen. Linux lets one connection more wait than the
// backlog says.
func (l *lastack) listen(s *socket, c *syscallArgs) syscallResult {
	if s.ln != nil {
		return value(0)
	}
	if s.conn != nil {
		return errno("EINVAL")
	}
	ln, err := l.stack().Listen(l.time, s.bound, int(c.nums[0])+1)
	if err != nil {
		return errnoOf(err)
	}
	s.ln = ln
	l.listensFast(s)
	if tos := s.opts[[2]int64{solIP, ipTOS}] | s.opts[[2]int64{solIPv6, ipv6TClass}]; tos != 0 {
		_ = ln.SetDSCP(uint8(tos) >> 2)
	}
	return value(0)
}

func (l *lastack) accept(s *socket, c *syscallArgs) (syscallResult, bool) {
	if s.ln == nil {
		return errno("EINVAL"), true
	}
	conn := s.ln.Accept(l.time)
	if conn == nil {
		return errno("EAGAIN"), s.nonblock
	}
	child := l.add(&socket{conn: conn, nonblock: c.nonblock, control: s.control})
	l.applyCongestion(child)
	l.fitRecvSpace(child)
	for k, v := range s.opts {
		l.apply(child, k, v)
	}
	return syscallResult{ret: int64(child.fd), peer: conn.Remote()}, true
}

// connect opens, or tells how far an opening has come.
func (l *lastack) connect(s *socket, c *syscallArgs) (syscallResult, bool) {
	if s.ln != nil {
		return errno("EISCONN"), true
	}
	if s.conn == nil && l.waitsToOpen(s, c.addr) {
		s.opensAt = c.addr
		return value(0), true
	}
	if s.conn == nil {
		conn, err := l.dial(s, c.addr)
		if err != nil {
			return errnoOf(err), true
		}
		l.opens(s, conn)
		return errno("EINPROGRESS"), s.nonblock
	}
	switch state := s.conn.State(); {
	case !s.opening:
		return errno("EISCONN"), true
	case state == fsm.SynSent || state == fsm.SynReceived:
		return errno("EALREADY"), s.nonblock
	case state == fsm.Closed:
		s.opening = false
		return s.fault("ECONNABORTED"), true
	}
	s.opening = false
	return value(0), true
}

// dial begins to connect, with a wish for a cookie if the socket is to open fast.
func (l *lastack) dial(s *socket, to netip.AddrPort) (*stack.Conn, error) {
	if s.opts[[2]int64{solTCP, tcpFastOpenConnect}] != 0 {
		conn, _, err := l.stack().DialFast(l.time, s.bound, to, nil)
		return conn, err
	}
	return l.stack().Dial(l.time, s.bound, to)
}

// fault reports the error of the connection, once; afterwards there is another
// one.
func (s *socket) fault(otherwise string) syscallResult {
	err := s.conn.Err()
	if err == nil || s.told || errors.Is(err, net.ErrClosed) {
		return errno(otherwise)
	}
	s.told = true
	return errnoOf(err)
}

// closeSocket closes a descriptor. One that lingers waits until the peer has
// everything.
func (l *lastack) closeSocket(s *socket) (syscallResult, bool) {
	l.forget(s)
	switch {
	case s.ln != nil:
		s.ln.Close(l.time)
	case s.conn == nil:
	case s.until != 0:
		return value(0), l.lingered(s)
	case s.linger != nil && *s.linger == 0:
		s.conn.Abort(l.time)
	case s.linger != nil:
		s.conn.Release(l.time)
		s.until = l.time.Add(seconds64(*s.linger))
		l.wake = s.until
		return value(0), l.lingered(s)
	default:
		s.conn.Release(l.time)
	}
	delete(l.socks, s.fd)
	return value(0), true
}

// lingered reports whether a close that lingers may return.
func (l *lastack) lingered(s *socket) bool {
	done := s.conn.Acked() || s.conn.State() == fsm.Closed || !l.time.Before(s.until)
	if done {
		delete(l.socks, s.fd)
	}
	return done
}

// shutdown ends one direction, or both.
func (l *lastack) shutdown(s *socket, how int64) syscallResult {
	switch {
	case s.ln != nil && how != shutWR:
		s.ln.Close(l.time)
		s.ln = nil
		return value(0)
	case s.conn == nil, s.conn.State() == fsm.Closed:
		return errno("ENOTCONN")
	}
	if how == shutRD || how == shutRDWR {
		s.readShut = true
		s.conn.CloseRead(l.time)
	}
	if (how == shutWR || how == shutRDWR) && !s.sendShut {
		s.sendShut = true
		_ = s.conn.Close(l.time) // refused if a CLOSE has been before: Linux does not mind
	}
	return value(0)
}
